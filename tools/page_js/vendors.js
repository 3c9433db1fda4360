// The scripts of Pyodide and onnxruntime-web. In the app, they are one classic script: browsers store compiled code of
// classic scripts, but not of modules, and compiling these scripts took a fifth of a start. Other pages import them as
// modules, of which they have the original files. The app also has them with the JavaScript of the WebAssembly module.
import { folders } from "./site.js";

// Returns `loadPyodide` and `createPyodide`, the functions of pyodide.mjs and pyodide.asm.mjs, and `ort`, which is
// onnxruntime-web, with the addresses of its files. address: a function that returns the address of a file from its path.
export async function loadVendors(address) {
  if (folders.vendors) {
    if (!globalThis.vendors) await import(address(`${folders.vendors}vendors.js`)); // in a worker, or once more
    const { ort } = globalThis.vendors;
    ort.env.wasm.wasmPaths = { wasm: address(`${folders.onnxruntime}ort-wasm-simd-threaded.wasm`) };
    return globalThis.vendors;
  }
  const scripts = [`${folders.pyodide}pyodide.mjs`, `${folders.pyodide}pyodide.asm.mjs`, `${folders.onnxruntime}ort.wasm.min.mjs`];
  const [{ loadPyodide }, { default: createPyodide }, ort] = await Promise.all(scripts.map((path) => import(address(path))));
  ort.env.wasm.wasmPaths = address(folders.onnxruntime);
  return { loadPyodide, createPyodide, ort };
}
