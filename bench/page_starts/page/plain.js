// Starts Python as Pyodide's documentation has it: the releases as they are, our packages unpacked.
// It takes the place of python.js, and does what the page asks of that.

const address = (path) => new URL(path, document.baseURI).href;
const built = (file) => address(`built/${file}`);

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

export function endStart() {}

export const retry = () => location.reload();
