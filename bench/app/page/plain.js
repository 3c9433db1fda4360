// Starts Python as in Pyodide's documentation: it loads the unmodified releases, then unpacks the
// app's Python packages. This file replaces built/python.js, so it exports every name that boot.js
// imports from there.

const built = (file) => new URL(`built/${file}`, document.baseURI).href;
const WORKER = "service-worker.js";

export async function startPython() {
  const { loadPyodide } = await import(built("pyodide.mjs"));
  const ort = await import(built("ort.wasm.min.mjs"));
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: built("") });
  const pyodide = await loadPyodide({ indexURL: built("") });
  pyodide.unpackArchive(await (await fetch(built("packages.zip"))).arrayBuffer(), "zip");
  pyodide.registerJsModule("onnxruntime_web", ort);
  return pyodide;
}

export const missingFeature = () => "";

// The page's Content Security Policy lists the names of the Trusted Types policies that it allows.
// Therefore this policy needs the name "service-worker".
export function registerWorker() {
  const policy = trustedTypes.createPolicy("service-worker", { createScriptURL: () => WORKER });
  return navigator.serviceWorker.register(policy.createScriptURL(WORKER));
}

export async function doDeferredWork() {}

export const retry = () => location.reload();
