// Writes the zip from which Python imports in a page:
// node library.mjs PYODIDE PACKAGES.zip PAGE_PYTHON.zip MODULE all|imported LIBRARY.zip
//
// The zip has the modules of PACKAGES.zip and of the standard library that MODULE's package imports, compiled and
// without docstrings. With "all", it also has all other modules of PACKAGES.zip and of the standard library, as source.
// The zip always has the files of PACKAGES.zip that are not Python, and the files of PAGE_PYTHON.zip, compiled, in place
// of those of the standard library with the same names, or beside them.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, packages, pagePython, module, extent, target] = process.argv.slice(2);

// JavaScript globals that Python modules import, and that exist in a page but not in Node.
const pageGlobals = new Set(["IDBKeyRange", "ImageData", "MutationObserver", "ResizeObserver", "document", "getComputedStyle", "location", "navigator", "window"]);
const globals = new Proxy(globalThis, {
  get: (own, name) => own[name] ?? (pageGlobals.has(name) ? {} : undefined),
  has: (own, name) => name in own || pageGlobals.has(name),
});

const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ jsglobals: globals });
pyodide.FS.writeFile("/packages.zip", readFileSync(packages));
pyodide.FS.writeFile("/page_python.zip", readFileSync(pagePython));
pyodide.runPython(readFileSync(new URL("write_library.py", import.meta.url), "utf8"));
const full_library = extent === "all";
const bytes = pyodide.globals.get("write").callKwargs("/packages.zip", "/page_python.zip", module, { full_library });
writeFileSync(target, bytes.toJs());
process.exit(0); // otherwise Pyodide keeps Node running
