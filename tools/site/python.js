// Starts Python and onnxruntime-web in a page, from the files beside this one.
import { address, askAgain, begin, broken, give, start, stop } from "./download.js";
import { folders, lock, module } from "./site.js";
import { find, forget, keep, making, restoring, take } from "./snapshot.js";

export { total } from "./download.js";

const LIBRARY = `${folders.python}library.zip`;
const PLACE = "/lib/python314.zip"; // where Pyodide puts it, and Python 3.14 looks first
const INTERPRETER = ["pyodide.mjs", "pyodide.asm.mjs"].map((name) => folders.pyodide + name);

let python, made;
let libraryIsLeft = false;

// Gives Pyodide, with our packages, and onnxruntime-web, which Python can import as
// `onnxruntime_web`. told is called with the bytes that have come, until the start has ended. <html>
// gets data-python: "restored" from a snapshot, "made" with a new one, or "plain" without.
export async function startPython(told = () => {}) {
  start(told);
  const finding = find().catch(lost);
  // Pyodide switches stacks where it can, for `run_sync`, which not every browser has. In Chromium
  // the start takes longer with it, and a page may crash (pyodide#5702, pyodide#6106).
  delete WebAssembly.Suspending;
  const atHand = Boolean(navigator.serviceWorker?.controller);
  const coming = [begin(`${folders.pyodide}pyodide.asm.wasm`)];
  if (!atHand) coming.push(begin(LIBRARY));
  const scripts = [`${folders.onnxruntime}ort.wasm.min.mjs`, ...INTERPRETER].map(address);
  const [ort, { loadPyodide }] = await Promise.all(scripts.map((script) => import(script)));
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: address(folders.onnxruntime) });
  // Over a network, what Python starts with comes first, and it starts while the rest comes.
  if (atHand) startRuntime(ort);
  else Promise.all(coming).then(() => startRuntime(ort));
  python = await load(loadPyodide, await finding, atHand);
  python.registerJsModule("onnxruntime_web", ort);
  return python;
}

function startRuntime(ort) {
  begin(`${folders.onnxruntime}ort-wasm-simd-threaded.wasm`, false);
  // It refuses this model, and by then it has started. Why it can't, the first real model will tell.
  ort.InferenceSession.create(new Uint8Array(0)).catch(() => {});
}

async function load(loadPyodide, snapshot, atHand) {
  const options = {
    indexURL: address(folders.pyodide),
    stdLibURL: address(LIBRARY),
    lockFileContents: lock,
  };
  const begun = (more) => Promise.race([loadPyodide({ ...options, ...more }), broken]);
  const tell = (how) => (document.documentElement.dataset.python = how);
  tell(snapshot ? "restored" : "made");
  try {
    if (!snapshot) {
      if (atHand) begin(LIBRARY);
      const maker = await begun(making);
      maker.pyimport(module).destroy();
      made = snapshot = take(maker);
    } else if (atHand) {
      give(LIBRARY, new ArrayBuffer(0)); // what the start imports is in the snapshot
      libraryIsLeft = true;
    }
    const restored = await begun(restoring(snapshot));
    restored.pyimport("random").seed(); // else it would give the same numbers after every start
    return restored;
  } catch (error) {
    made = undefined;
    libraryIsLeft = false;
    await lost(error);
    tell("plain");
    begin(LIBRARY);
    return begun();
  }
}

async function lost(error) {
  console.warn("Python starts without a snapshot of its memory.", error);
  await forget().catch(() => {});
}

// To be called when the page reads what is drawn, or has failed: what is left to do has time.
export async function endStart() {
  stop();
  if (made) keep(made).catch((error) => console.warn("Python's snapshot is not kept.", error));
  made = undefined;
  if (libraryIsLeft) {
    libraryIsLeft = false;
    const response = await fetch(address(LIBRARY));
    python.FS.writeFile(PLACE, new Uint8Array(await response.arrayBuffer()));
  }
}

export async function retry() {
  await askAgain();
  location.reload();
}
