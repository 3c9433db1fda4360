// Joins Pyodide's and onnxruntime-web's scripts into one classic script, which sets `vendors`: see vendors.js.
// node join_vendors.mjs PYODIDE.mjs PYODIDE.asm.mjs ORT.mjs OUT
import { writeFileSync } from "node:fs";
import { rollup } from "rollup";
import { minify } from "terser";

const [loader, interpreter, runtime, target] = process.argv.slice(2);
const ENTRY = "entry";
const source = `
import { loadPyodide } from ${JSON.stringify(loader)};
import createPyodide from ${JSON.stringify(interpreter)};
import * as ort from ${JSON.stringify(runtime)};
globalThis.vendors = { loadPyodide, createPyodide, ort };`;
const bundle = await rollup({
  input: ENTRY,
  plugins: [
    {
      name: "vendors",
      resolveId: (id) => (id === ENTRY ? id : undefined),
      load: (id) => (id === ENTRY ? source : undefined),
      resolveDynamicImport: () => false, // what they import later stays as it is
      resolveImportMeta: () => "location.href", // the page passes the addresses of all files
    },
  ],
  treeshake: false,
  onwarn: () => {}, // the vendors' own code
});
const { output } = await bundle.generate({ format: "iife", inlineDynamicImports: true });
const { code } = await minify(output[0].code, { compress: false });
// The comment makes Chromium compile all functions in the background, and store them in its cache of compiled code:
// https://v8.dev/blog/explicit-compile-hints
writeFileSync(target, `//# allFunctionsCalledOnLoad\n${code}`);
