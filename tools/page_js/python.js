// Starts Python and onnxruntime-web in a page, from the files beside this one.
import { address, askAgain, begin, begunWith, broken, give, preparing, start, stop } from "./download.js";
import { fill } from "./memory.js";
import { linking } from "./rest.js";
import { folders, lock, module, sizes } from "./site.js";
import { find, forget, keep, making, restoring, take } from "./snapshot.js";

export { total } from "./download.js";

const LIBRARY = `${folders.python}library.zip`;
const PLACE = "/lib/python314.zip"; // where Pyodide puts it, and Python 3.14 looks first
const INTERPRETER = ["pyodide.mjs", "pyodide.asm.mjs"].map((name) => folders.pyodide + name);
const [CODE, REST, DATA] = ["asm.wasm", "rest.wasm", "data"].map((kind) => `${folders.pyodide}pyodide.${kind}`);
const [RUNTIME, RUNTIME_DATA] = ["wasm", "data"].map((kind) => `${folders.onnxruntime}ort-wasm-simd-threaded.${kind}`);
const WORKER = "service-worker.js";
const PARTS = [CODE, DATA, REST].filter((path) => path in sizes);

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)): code with SIMD.
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

let python, runtime, made;
let libraryIsLeft = false;
let link;

// Gives Pyodide, with our packages, and onnxruntime-web, which Python can import as
// `onnxruntime_web`, and what gives another as `isolated_onnxruntime_web`. told is called with the bytes that have come, until the start has ended. <html>
// gets data-python: "restored" from a snapshot, "created" with a new one, "not_stored" if that could not be
// kept, or "plain" without.
export async function startPython(told = () => {}) {
  const missing = lacking();
  if (missing) throw new Error(`This browser can't run the page: ${missing} is missing. Update it, or use another.`);
  start(told);
  const finding = find();
  // Pyodide switches stacks where it can, for `run_sync`, which not every browser has. In Chromium
  // the start takes longer with it, and a page may crash (pyodide#5702, pyodide#6106).
  delete WebAssembly.Suspending;
  const atHand = Boolean(navigator.serviceWorker?.controller);
  const coming = [...PARTS, ...(atHand ? [] : [LIBRARY])].map((path) => begin(path));
  const scripts = INTERPRETER.map((path) => import(address(path)));
  const [ort, { loadPyodide }] = await Promise.all([runtimeIn(folders.onnxruntime), ...scripts]);
  // Over a network, what Python starts with comes first, and it starts while the rest comes.
  if (atHand) startRuntime(ort);
  else Promise.all(coming).then(() => startRuntime(ort));
  python = await load(loadPyodide, await finding, atHand);
  python.registerJsModule("onnxruntime_web", ort);
  python.registerJsModule("isolated_onnxruntime_web", { isolatedRuntime });
  return python;
}

// Names what Python and onnxruntime-web can't do without and the browser lacks; "" if it has all.
export function lacking() {
  if (!globalThis.WebAssembly) return "WebAssembly";
  return WebAssembly.validate(SIMD) ? "" : "WebAssembly SIMD";
}

const tell = (how) => (document.documentElement.dataset.python = how);

async function runtimeIn(folder) {
  const ort = await import(address(`${folder}ort.wasm.min.mjs`));
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: address(folder) });
  return ort;
}

// Gives an onnxruntime-web for any model that anybody hands to the page: see isolated.js.
async function isolatedRuntime() {
  const { isolated } = await import(address(`${folders.release ?? folders.onnxruntime}isolated.js`));
  return isolated();
}

function startRuntime(ort) {
  begin(RUNTIME, false);
  if (RUNTIME_DATA in sizes) {
    begin(RUNTIME_DATA, false);
    preparing(RUNTIME, async (instance, imports) => {
      const [memory] = Object.values(imports.a).filter((each) => each instanceof WebAssembly.Memory);
      fill(new Uint8Array(memory.buffer), await bytes(RUNTIME_DATA));
    });
  }
  // It refuses this model, and by then it has started. Why it can't, the first real model will tell.
  runtime = ort.InferenceSession.create(new Uint8Array(0)).catch(() => {});
}

// kept: the snapshot of an earlier start, if there is one.
async function load(loadPyodide, kept, atHand) {
  const options = {
    indexURL: address(folders.pyodide),
    stdLibURL: address(LIBRARY),
    lockFileContents: lock,
  };
  const begun = (more) => Promise.race([loadPyodide({ ...options, ...more }), broken]);
  if (REST in sizes) preparing(CODE, prepare);
  let whole = false;

  // The module has neither all of its code nor what its memory begins with.
  async function prepare(instance, imports) {
    fill(new Uint8Array(instance.exports.memory.buffer), await bytes(DATA));
    link = linking(instance, imports, await bytes(REST));
    if (whole) await linked();
  }

  async function restored(snapshot) {
    const pyodide = await begun(restoring(snapshot));
    pyodide.pyimport("random").seed(); // else it would give the same numbers after every start
    return pyodide;
  }

  if (kept) {
    tell("restored");
    if (atHand) give(LIBRARY, new ArrayBuffer(0)); // what the start imports is in the snapshot
    try {
      const pyodide = await restored(kept.coming);
      libraryIsLeft = atHand;
      return pyodide;
    } catch (error) {
      await lost(error);
    }
  }
  whole = true; // from here on it is not a start that has been watched
  if (atHand) begin(LIBRARY);
  try {
    tell("created");
    const maker = await begun(making);
    maker.pyimport(module).destroy();
    made = take(maker, await bytes(DATA));
    return await restored(made);
  } catch (error) {
    made = undefined;
    await lost(error);
    tell("plain");
    return begun();
  }
}

const bytes = async (path) => (path in sizes ? new Uint8Array(await begunWith(path)) : undefined);

// Has all of Python's code there.
async function linked() {
  await link?.();
  link = undefined;
}

function notKept(error) {
  console.warn("Python's snapshot is not kept.", error);
  tell("not_stored");
}

async function lost(error) {
  console.warn("Python starts without a snapshot of its memory.", error);
  await forget().catch(() => {});
}

// To be called when the page reads what is drawn, or has failed: what is left to do has time.
export async function endStart() {
  if (made) keep(made).catch(notKept);
  made = undefined;
  linked().catch((error) => console.warn("The rest of Python's code waits until it is called.", error));
  await runtime; // it may still begin with what has been begun for it
  stop();
  if (libraryIsLeft) {
    libraryIsLeft = false;
    const response = await fetch(address(LIBRARY));
    python.FS.writeFile(PLACE, new Uint8Array(await response.arrayBuffer()));
  }
}

// Has the service worker keep the page. Nothing here ever makes a script of a string, but for this
// address: so that a page's policy can forbid that (Trusted Types), and allow this one.
export function registerWorker() {
  const types = globalThis.trustedTypes?.createPolicy("service-worker", { createScriptURL: () => WORKER });
  return navigator.serviceWorker.register(types?.createScriptURL(WORKER) ?? WORKER);
}

export async function retry() {
  await askAgain();
  location.reload();
}
