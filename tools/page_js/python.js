// Starts Python and onnxruntime-web in a page, from the files beside this one.
import { address, begin, downloadAgain, downloaded, failed, prepareWith } from "./download.js";
import { provide, replaceFetch, restoreFetch } from "./download.js";
import { FirstVisitWorker } from "./first_visit.js";
import { fill, pause } from "./memory.js";
import { prepareLink } from "./rest.js";
import { folders, lock, sizes } from "./site.js";
import { findSnapshot, removeSnapshot, restoreOptions, storeSnapshot } from "./snapshot.js";
import { loadVendors } from "./vendors.js";

const LIBRARY = `${folders.python}library.zip`;
const LIBRARY_IN_PYTHON = "/lib/python314.zip"; // the first entry of Python's search path
const [CODE, REST, DATA] = ["asm.wasm", "rest.wasm", "data"].map((kind) => `${folders.pyodide}pyodide.${kind}`);
const [RUNTIME, RUNTIME_DATA] = ["wasm", "data"].map((kind) => `${folders.onnxruntime}ort-wasm-simd-threaded.${kind}`);
const SERVICE_WORKER = "service-worker.js";
const FIRST_VISIT_WORKER = "built/first_visit_worker.js";
const PYTHON_WORKER = "built/python_worker.js";
const PYTHON_FILES = [CODE, DATA, REST].filter((path) => path in sizes);

// A module that needs SIMD: (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)).
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

let python, runtime, newSnapshot, worker;
let isLibraryMissing = false; // whether Python started without its library, which `doDeferredWork` then loads
let link; // links the second part of Python's code

// Starts Pyodide with this project's packages and returns it. In Python, the module `onnxruntime_web` is
// onnxruntime-web, and `isolated_onnxruntime_web.isolatedRuntime` returns a runtime for untrusted models.
// progress(done, total): called with the bytes loaded so far and in total: as sent over the network, usually
// compressed, or as stored on the device.
// The attribute data-python of <html> says how Python started: "restored" from a stored snapshot, "created" with a
// new snapshot, "not_stored" if the new snapshot could not be stored, or "plain", without a snapshot.
export async function startPython(progress = () => {}) {
  checkFeatures();
  replaceFetch(progress);
  const searching = findSnapshot().then((found) => found ?? startWorker());
  // Pyodide uses WebAssembly.Suspending for `run_sync`. In Chromium this makes the start slower and may
  // crash the page (pyodide#5702, pyodide#6106).
  delete WebAssembly.Suspending;
  const isStored = Boolean(navigator.serviceWorker?.controller);
  const downloads = [...PYTHON_FILES, ...(isStored ? [] : [LIBRARY])].map((path) => begin(path));
  const { loadPyodide, createPyodide, ort } = await loadVendors(address);
  ort.env.wasm.numThreads = 1;
  // From a network, download Python's files first, so that Python starts during the other downloads.
  if (isStored) startRuntime(ort);
  else Promise.all(downloads).then(() => startRuntime(ort));
  python = await load({ loadPyodide, createPyodide }, await searching, isStored);
  await pause();
  python.registerJsModule("onnxruntime_web", worker && RUNTIME_DATA in sizes ? withWarmUp(ort) : ort);
  python.registerJsModule("isolated_onnxruntime_web", { isolatedRuntime });
  return python;
}

// Throws an error if the browser lacks a feature that Python and onnxruntime-web need.
export function checkFeatures() {
  const missing = missingFeature();
  if (missing) throw new Error(`This browser can't run the page: ${missing} is missing. Update it, or use another.`);
}

// Returns the name of a feature that Python and onnxruntime-web need and the browser lacks, or "".
export function missingFeature() {
  if (!globalThis.WebAssembly) return "WebAssembly";
  return WebAssembly.validate(SIMD) ? "" : "WebAssembly SIMD";
}

const setState = (how) => (document.documentElement.dataset.python = how);

// Returns an onnxruntime-web for untrusted models: see isolated.js.
async function isolatedRuntime(limits) {
  const { isolated } = await import(address(`${folders.release ?? folders.onnxruntime}isolated.js`));
  return isolated(limits);
}

function startWorker() {
  worker = new FirstVisitWorker(() => workerUrl(FIRST_VISIT_WORKER));
}

// Returns onnxruntime-web, changed so that the worker runs the first model before the page does. The page then finds
// the code compiled.
function withWarmUp(ort) {
  async function create(content, ...options) {
    await worker.ask("runModel", content).catch(() => {}); // if this fails, the page compiles the code itself
    worker.end();
    return ort.InferenceSession.create(content, ...options);
  }
  return { ...ort, InferenceSession: { create } };
}

function startRuntime(ort) {
  begin(RUNTIME, false);
  if (RUNTIME_DATA in sizes) {
    begin(RUNTIME_DATA, false);
    prepareWith(RUNTIME, async (instance, imports) => {
      const [memory] = Object.values(imports.a).filter((each) => each instanceof WebAssembly.Memory);
      await fill(new Uint8Array(memory.buffer), await bytes(RUNTIME_DATA));
    });
    if (worker) startRuntimeInWorker().catch(() => {});
  }
  // An empty model is refused, but it makes the runtime start. If the start fails, opening the first model reports it.
  runtime = ort.InferenceSession.create(new Uint8Array(0)).catch(() => {});
}

async function startRuntimeInWorker() {
  const [code, data] = await Promise.all([downloaded(RUNTIME), bytes(RUNTIME_DATA)]);
  await worker.ask("startRuntime", { code, data });
}

// found: the result of `findSnapshot`. isStored: whether the service worker has stored the page's files.
async function load({ loadPyodide, createPyodide }, found, isStored) {
  const options = {
    indexURL: address(folders.pyodide),
    stdLibURL: address(LIBRARY),
    lockFileContents: lock,
    packageBaseUrl: folders.packages && address(folders.packages),
    createPyodideModule: createPyodide,
  };
  const start = (more) => Promise.race([loadPyodide({ ...options, ...more }), failed]);
  if (REST in sizes) prepareWith(CODE, prepare);
  let needsAllCode = false;
  let compiledRest; // shared with the worker: functions that it calls are then compiled for the page, too

  // Completes an instance of the module with its initial memory and the second part of its code.
  async function prepare(instance, imports) {
    await fill(new Uint8Array(instance.exports.memory.buffer), await bytes(DATA));
    link = prepareLink(instance, imports, (await compiledRest) ?? (await bytes(REST)));
    if (needsAllCode) await linkRest();
  }

  async function restore(snapshot) {
    const pyodide = await start(restoreOptions(createPyodide, snapshot));
    // A snapshot with this module has its state, so every start would have the same random numbers.
    pyodide.pyimport("sys").modules.get("random")?.seed();
    return pyodide;
  }

  async function createSnapshot() {
    compiledRest = bytes(REST).then((content) => content && WebAssembly.compile(content));
    const files = [downloaded(CODE), bytes(DATA), compiledRest, bytes(LIBRARY)];
    const [code, data, rest, library] = await Promise.all(files);
    const descriptors = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
    const pageGlobals = new Map(descriptors.map(([name, { value }]) => [name, typeof value === "function"]));
    return worker.ask("createSnapshot", { code, data, rest, library, pageGlobals });
  }

  if (found) {
    setState("restored");
    if (isStored) provide(LIBRARY, new ArrayBuffer(0)); // the snapshot has all modules that the start imports
    try {
      const pyodide = await restore(found.snapshot);
      isLibraryMissing = isStored;
      return pyodide;
    } catch (error) {
      await dropSnapshot(error);
      startWorker();
    }
  }
  if (isStored) begin(LIBRARY);
  try {
    setState("created");
    const creating = createSnapshot();
    creating.catch(() => {}); // `restore` throws the error
    const pyodide = await restore(creating);
    newSnapshot = await creating;
    return pyodide;
  } catch (error) {
    await dropSnapshot(error);
    setState("plain");
    needsAllCode = true; // the first part has only the functions that a start from a snapshot calls
    return start();
  }
}

const bytes = async (path) => (path in sizes ? new Uint8Array(await downloaded(path)) : undefined);

// Links the second part of Python's code, if it is not linked yet.
async function linkRest() {
  await link?.();
  link = undefined;
}

function warnNotStored(error) {
  console.warn("Python's snapshot could not be stored.", error);
  setState("not_stored");
}

async function dropSnapshot(error) {
  await Promise.race([failed, undefined]); // throws if a download has failed: the snapshot may be intact
  console.warn("Python starts without a snapshot of its memory.", error);
  await removeSnapshot().catch(() => {});
}

// Does work that can wait. The page calls this function when it is usable or has failed.
export async function doDeferredWork() {
  await pause(); // lets the browser show the first digit
  if (newSnapshot) storeSnapshot(newSnapshot).catch(warnNotStored);
  newSnapshot = undefined;
  await pause();
  await linkRest().catch((error) => console.warn("The rest of Python's code is linked when it is called.", error));
  performance.mark("rest-linked"); // `build.py watch` records the functions that are called before
  await runtime; // because `restoreFetch` discards the runtime's downloads
  worker?.end();
  restoreFetch();
  if (isLibraryMissing) {
    isLibraryMissing = false;
    const response = await fetch(address(LIBRARY));
    python.FS.writeFile(LIBRARY_IN_PYTHON, new Uint8Array(await response.arrayBuffer()));
  }
}

// Registers the service worker, which stores the page; rejects if that fails.
export const registerWorker = async () => navigator.serviceWorker.register(workerUrl(SERVICE_WORKER));

// Starts the worker in which a page other than the app runs Python: see run.js.
export const createPythonWorker = () => new Worker(workerUrl(PYTHON_WORKER), { type: "module" });

// Returns the URL of a worker's script. A page's Content Security Policy can allow these URLs by the name of the
// Trusted Types policy and forbid all others.
let policy;
function workerUrl(path) {
  const scripts = [SERVICE_WORKER, FIRST_VISIT_WORKER, PYTHON_WORKER];
  const createScriptURL = (path) => (scripts.includes(path) ? path : "");
  policy ??= globalThis.trustedTypes?.createPolicy("service-worker", { createScriptURL });
  return policy?.createScriptURL(path) ?? path;
}

export async function retry() {
  const again = folders.vendors && fetch(address(`${folders.vendors}vendors.js`), { cache: "reload" });
  await Promise.allSettled([downloadAgain(), again]);
  location.reload();
}
