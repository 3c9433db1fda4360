// Starts Python and onnxruntime-web in a page, from the files beside this one.
import { folders, sizes } from "./site.js";

const address = (path) => new URL(path, document.baseURI).href;

// Every download of the start goes through `fetch`, so that is where its bytes are counted.
export const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
const expected = new Set(Object.keys(sizes).map(address));
const plainFetch = window.fetch;
let done = 0;

// Pyodide waits for ever for a file that does not come: `broken` ends the wait.
const suspects = new Set();
let refuse;
const broken = new Promise((_, reject) => (refuse = reject));
broken.catch(() => {});

function giveUp(url, reason) {
  suspects.add(url);
  refuse(new Error(`${url.split("/").pop()}: ${reason}.`));
}

function countingFetch(onBytes) {
  return async (resource, options) => {
    const url = address(resource.url ?? resource);
    if (!expected.has(url)) return plainFetch(resource, options);
    const response = await plainFetch(resource, options).catch((error) => {
      giveUp(url, error.message);
      throw error;
    });
    if (!response.ok) {
      giveUp(url, `status ${response.status}`);
      return response;
    }
    const count = new TransformStream({
      transform(piece, out) {
        done += piece.byteLength;
        onBytes(done);
        out.enqueue(piece);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(count), { status, statusText, headers });
  };
}

// Gives Pyodide, with the packages of the lock file installed, and onnxruntime-web, which Python
// can import as `onnxruntime_web`. onBytes is called with the bytes that have come, until stopCounting.
export async function startPython(packages, onBytes = () => {}) {
  window.fetch = countingFetch(onBytes);
  // Pyodide switches stacks where it can, for `run_sync`, which not every browser has. In Chromium
  // the start takes longer with it, and a page may crash (pyodide#5702, pyodide#6106).
  delete WebAssembly.Suspending;
  const modules = [folders.pyodide + "pyodide.mjs", folders.onnxruntime + "ort.wasm.min.mjs"];
  const [{ loadPyodide }, ort] = await Promise.all(modules.map((path) => import(address(path))));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = address(folders.onnxruntime);
  const starting = loadPyodide({
    indexURL: address(folders.pyodide),
    lockFileURL: address(folders.python + "pyodide-lock.json"),
    packages,
  });
  const pyodide = await Promise.race([starting, broken]);
  pyodide.registerJsModule("onnxruntime_web", ort);
  return pyodide;
}

export function stopCounting() {
  window.fetch = plainFetch;
}

export async function retry() {
  // What came wrong may have been kept by the browser's cache: ask the server again.
  await Promise.allSettled([...suspects].map((url) => plainFetch(url, { cache: "reload" })));
  location.reload();
}
