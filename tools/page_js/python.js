// Starts Python and onnxruntime-web in a page, from the files beside this one.
import { address, begin, downloadAgain, downloaded, failed, prepareWith, provide, start, stop } from "./download.js";
import { fill } from "./memory.js";
import { prepareLink } from "./rest.js";
import { folders, lock, module, sizes } from "./site.js";
import { find, remove, restoreOptions, snapshotOptions, store, take } from "./snapshot.js";

export { total } from "./download.js";

const LIBRARY = `${folders.python}library.zip`;
const LIBRARY_IN_PYTHON = "/lib/python314.zip"; // where Pyodide writes it and Python 3.14 looks first
const INTERPRETER = ["pyodide.mjs", "pyodide.asm.mjs"].map((name) => folders.pyodide + name);
const [CODE, REST, DATA] = ["asm.wasm", "rest.wasm", "data"].map((kind) => `${folders.pyodide}pyodide.${kind}`);
const [RUNTIME, RUNTIME_DATA] = ["wasm", "data"].map((kind) => `${folders.onnxruntime}ort-wasm-simd-threaded.${kind}`);
const WORKER = "service-worker.js";
const PARTS = [CODE, DATA, REST].filter((path) => path in sizes);

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)): a module that needs SIMD.
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

let python, runtime, newSnapshot;
let isLibraryMissing = false;
let link;

// Starts Pyodide with our packages; returns it. Python can import onnxruntime-web as `onnxruntime_web`, and
// one for untrusted models through `isolated_onnxruntime_web`. progress is called with the number of bytes
// downloaded so far. <html> gets data-python: "restored" from a snapshot, "created" with a new one,
// "not_stored" if the new one could not be stored, or "plain" without any.
export async function startPython(progress = () => {}) {
  const missing = lacking();
  if (missing) throw new Error(`This browser can't run the page: ${missing} is missing. Update it, or use another.`);
  start(progress);
  const finding = find();
  // Where it exists, Pyodide uses it for `run_sync`. In Chromium that makes the start slower, and a page
  // may crash (pyodide#5702, pyodide#6106).
  delete WebAssembly.Suspending;
  const isStored = Boolean(navigator.serviceWorker?.controller);
  const downloads = [...PARTS, ...(isStored ? [] : [LIBRARY])].map((path) => begin(path));
  const scripts = INTERPRETER.map((path) => import(address(path)));
  const [ort, { loadPyodide }] = await Promise.all([runtimeIn(folders.onnxruntime), ...scripts]);
  // Over a network, Python's files are downloaded first, and it starts while the runtime's are.
  if (isStored) startRuntime(ort);
  else Promise.all(downloads).then(() => startRuntime(ort));
  python = await load(loadPyodide, await finding, isStored);
  python.registerJsModule("onnxruntime_web", ort);
  python.registerJsModule("isolated_onnxruntime_web", { isolatedRuntime });
  return python;
}

// Returns the name of what Python and onnxruntime-web need and the browser lacks; "" if it lacks nothing.
export function lacking() {
  if (!globalThis.WebAssembly) return "WebAssembly";
  return WebAssembly.validate(SIMD) ? "" : "WebAssembly SIMD";
}

const setState = (how) => (document.documentElement.dataset.python = how);

async function runtimeIn(folder) {
  const ort = await import(address(`${folder}ort.wasm.min.mjs`));
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: address(folder) });
  return ort;
}

// Returns an onnxruntime-web for untrusted models: see isolated.js.
async function isolatedRuntime() {
  const { isolated } = await import(address(`${folders.release ?? folders.onnxruntime}isolated.js`));
  return isolated();
}

function startRuntime(ort) {
  begin(RUNTIME, false);
  if (RUNTIME_DATA in sizes) {
    begin(RUNTIME_DATA, false);
    prepareWith(RUNTIME, async (instance, imports) => {
      const [memory] = Object.values(imports.a).filter((each) => each instanceof WebAssembly.Memory);
      fill(new Uint8Array(memory.buffer), await bytes(RUNTIME_DATA));
    });
  }
  // An empty model is refused, but starts the runtime. If that fails, the first real model gets the error.
  runtime = ort.InferenceSession.create(new Uint8Array(0)).catch(() => {});
}

// found: the snapshot of an earlier start, if there is one, as a promise in an object. isStored: whether the
// service worker has the page's files.
async function load(loadPyodide, found, isStored) {
  const options = {
    indexURL: address(folders.pyodide),
    stdLibURL: address(LIBRARY),
    lockFileContents: lock,
  };
  const loaded = (more) => Promise.race([loadPyodide({ ...options, ...more }), failed]);
  if (REST in sizes) prepareWith(CODE, prepare);
  let needsAllCode = false;

  // The module lacks a part of its code and its initial memory.
  async function prepare(instance, imports) {
    fill(new Uint8Array(instance.exports.memory.buffer), await bytes(DATA));
    link = prepareLink(instance, imports, await bytes(REST));
    if (needsAllCode) await linked();
  }

  async function restored(snapshot) {
    const pyodide = await loaded(restoreOptions(snapshot));
    pyodide.pyimport("random").seed(); // else every start would have the same random numbers
    return pyodide;
  }

  if (found) {
    setState("restored");
    if (isStored) provide(LIBRARY, new ArrayBuffer(0)); // the snapshot has what the start imports
    try {
      const pyodide = await restored(found.snapshot);
      isLibraryMissing = isStored;
      return pyodide;
    } catch (error) {
      await dropSnapshot(error);
    }
  }
  needsAllCode = true; // only starts from a snapshot were recorded
  if (isStored) begin(LIBRARY);
  try {
    setState("created");
    const pyodide = await loaded(snapshotOptions);
    pyodide.pyimport(module).destroy();
    newSnapshot = take(pyodide, await bytes(DATA));
    return await restored(newSnapshot);
  } catch (error) {
    newSnapshot = undefined;
    await dropSnapshot(error);
    setState("plain");
    return loaded();
  }
}

const bytes = async (path) => (path in sizes ? new Uint8Array(await downloaded(path)) : undefined);

// Links the rest of Python's code.
async function linked() {
  await link?.();
  link = undefined;
}

function notStored(error) {
  console.warn("Python's snapshot could not be stored.", error);
  setState("not_stored");
}

async function dropSnapshot(error) {
  console.warn("Python starts without a snapshot of its memory.", error);
  await remove().catch(() => {});
}

// Does what may wait until the page works or has failed; the page calls it then.
export async function endStart() {
  if (newSnapshot) store(newSnapshot).catch(notStored);
  newSnapshot = undefined;
  linked().catch((error) => console.warn("The rest of Python's code waits until it is called.", error));
  await runtime; // it may still need its downloads
  stop();
  if (isLibraryMissing) {
    isLibraryMissing = false;
    const response = await fetch(address(LIBRARY));
    python.FS.writeFile(LIBRARY_IN_PYTHON, new Uint8Array(await response.arrayBuffer()));
  }
}

// Registers the service worker, which stores the page; rejects if that fails. Its address is the only string
// that becomes a script, so that a page's policy can forbid all others (Trusted Types).
export function registerWorker() {
  const types = globalThis.trustedTypes?.createPolicy("service-worker", { createScriptURL: () => WORKER });
  return navigator.serviceWorker.register(types?.createScriptURL(WORKER) ?? WORKER);
}

export async function retry() {
  await downloadAgain();
  location.reload();
}
