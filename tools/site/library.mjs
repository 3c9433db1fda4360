// Writes what Python can import in a page, as one zip:
// node library.mjs PYODIDE PACKAGES.zip MODULE all|imported LIBRARY.zip
//
// What MODULE needs, of our packages and of the standard library, is compiled and without docstrings,
// so that Python has only to read it; with "all" the rest is in it too, as source.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, packages, module, which, target] = process.argv.slice(2);

// What a page has and Node has not, for modules to import.
const page = new Set(["IDBKeyRange", "ImageData", "ResizeObserver", "document", "getComputedStyle", "location", "navigator", "window"]);
const names = new Proxy(globalThis, {
  get: (own, name) => own[name] ?? (page.has(name) ? {} : undefined),
  has: (own, name) => name in own || page.has(name),
});

const WRITE = `
import importlib, importlib.util, io, marshal, sys, zipfile

def write(packages, module, everything):
    """Give the zip's bytes. Its path in the page is that of the standard library here."""
    path = next(part for part in sys.path if part.endswith(".zip"))
    sys.path.append(packages)
    importlib.import_module(module)
    files = [str(getattr(each, "__file__", None)) for each in list(sys.modules.values())]
    imported = {file.removeprefix(root + "/") for file in files for root in (path, packages)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as library:
        for source in (path, packages):
            for entry in sorted(zipfile.ZipFile(source).infolist(), key=lambda entry: entry.filename):
                name, data = entry.filename, zipfile.ZipFile(source).read(entry)
                if name in imported:
                    code = compile(data, f"{path}/{name}", "exec", dont_inherit=True, optimize=2)
                    header = importlib.util.MAGIC_NUMBER + bytes(12)
                    name, data = name + "c", header + marshal.dumps(code)
                elif not (everything or (source == packages and not name.endswith(".py"))):
                    continue
                library.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()

write
`;

const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ jsglobals: names });
pyodide.FS.writeFile("/packages.zip", readFileSync(packages));
const bytes = pyodide.runPython(WRITE)("/packages.zip", module, which === "all");
writeFileSync(target, bytes.toJs());
process.exit(0); // Pyodide would keep Node alive
