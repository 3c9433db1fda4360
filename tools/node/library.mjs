// Writes what Python can import in a page, as one zip:
// node library.mjs PYODIDE PACKAGES.zip MODULE all|imported LIBRARY.zip
//
// What MODULE and its package need, of our packages and of the standard library, is compiled and without
// docstrings, so that Python has only to read it; with "all" the rest is in it too, as source.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, packages, module, which, target] = process.argv.slice(2);

// What a page has and Node has not, for modules to import.
const page = new Set(["IDBKeyRange", "ImageData", "ResizeObserver", "document", "getComputedStyle", "location", "navigator", "window"]);
const names = new Proxy(globalThis, {
  get: (own, name) => own[name] ?? (page.has(name) ? {} : undefined),
  has: (own, name) => name in own || page.has(name),
});

const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ jsglobals: names });
pyodide.FS.writeFile("/packages.zip", readFileSync(packages));
pyodide.runPython(readFileSync(new URL("write_library.py", import.meta.url), "utf8"));
const whole = which === "all";
const bytes = pyodide.globals.get("write").callKwargs("/packages.zip", module, { whole });
writeFileSync(target, bytes.toJs());
process.exit(0); // Pyodide would keep Node alive
