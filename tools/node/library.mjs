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

// Starts Python and runs a Python file of this folder in it.
async function start(file, options = {}) {
  const pyodide = await loadPyodide({ jsglobals: globals, ...options });
  run(pyodide, file);
  return pyodide;
}

const run = (pyodide, file) => pyodide.runPython(readFileSync(new URL(file, import.meta.url), "utf8"));

const pyodide = await start("imported_files.py");
const zips = { "/packages.zip": readFileSync(packages), "/page_python.zip": readFileSync(pagePython) };
for (const [path, content] of Object.entries(zips)) pyodide.FS.writeFile(path, content);
pyodide.pyimport("sys").path.append("/packages.zip");
const imported = pyodide.globals.get("imported_files")(module);
run(pyodide, "write_library.py");
const full_library = extent === "all";
let content = pyodide.globals.get("write").callKwargs(...Object.keys(zips), imported, { full_library });
writeFileSync(target, content.toJs());
if (!full_library) {
  // In Python that starts from the new zip, some modules run only when they are used (lazy_modules.py). A module whose
  // code does not run in this trial is left out.
  const other = await start("imported_files.py", { stdLibURL: target });
  const used = other.globals.get("imported_files")(module).toJs();
  content = pyodide.globals.get("only")(content, pyodide.toPy(used));
  writeFileSync(target, content.toJs());
}
process.exit(0); // otherwise Pyodide keeps Node running
