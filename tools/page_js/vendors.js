// The scripts of Pyodide and onnxruntime-web. In the app, they are one classic script: Chromium reuses its compiled code
// at later starts, which it did not do for the modules, and compiling those took a fifth of a start. Other pages import
// the modules. The app's script also contains ort-wasm-simd-threaded.mjs.
import { folders } from "./site.js";

// Returns `loadPyodide` and `createPyodide`, the functions of pyodide.mjs and pyodide.asm.mjs, and `ort`, which is
// onnxruntime-web, with the addresses of its files. address: a function that returns the address of a file from its path.
export async function loadVendors(address) {
  if (folders.vendors) {
    const path = `${folders.vendors}vendors.js`;
    if (!globalThis.vendors) await import(address(path)); // in a worker, or if the page's script element has failed
    if (!globalThis.vendors) throw new Error(`${path} is damaged.`);
    const { ort } = globalThis.vendors;
    ort.env.wasm.wasmPaths = { wasm: address(`${folders.onnxruntime}ort-wasm-simd-threaded.wasm`) };
    return globalThis.vendors;
  }
  const scripts = [`${folders.pyodide}pyodide.mjs`, `${folders.pyodide}pyodide.asm.mjs`, `${folders.onnxruntime}ort.wasm.min.mjs`];
  const [{ loadPyodide }, { default: createPyodide }, ort] = await Promise.all(scripts.map((path) => import(address(path))));
  ort.env.wasm.wasmPaths = address(folders.onnxruntime);
  return { loadPyodide, createPyodide, ort };
}
