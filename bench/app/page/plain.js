// Starts Python as Pyodide's documentation does: the releases as they are, our packages unpacked.
// It replaces built/python.js and exports everything that boot.js imports from there.

const address = (path) => new URL(path, document.baseURI).href;
const built = (file) => address(`built/${file}`);
const WORKER = "service-worker.js";

export const total = 1;

export async function startPython() {
  const { loadPyodide } = await import(built("pyodide.mjs"));
  const ort = await import(built("ort.wasm.min.mjs"));
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: built("") });
  const pyodide = await loadPyodide({ indexURL: built("") });
  pyodide.unpackArchive(await (await fetch(built("packages.zip"))).arrayBuffer(), "zip");
  pyodide.registerJsModule("onnxruntime_web", ort);
  return pyodide;
}

export const lacking = () => "";

// The page's policy allows this one address, by this name.
export function registerWorker() {
  const policy = trustedTypes.createPolicy("service-worker", { createScriptURL: () => WORKER });
  return navigator.serviceWorker.register(policy.createScriptURL(WORKER));
}

export function endStart() {}

export const retry = () => location.reload();
