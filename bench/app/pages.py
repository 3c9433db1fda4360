"""Build the compared pages: the app, the app on plain Pyodide, TensorFlow.js with each backend.

For warm starts, one server serves all pages. Each page has its own folder, and its own service
worker, which caches all files of the folder.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.harness.folders import GENERATED, PACKAGES, install_packages
from offline_onnx_page.site.sources import BUILT
from tools.env import npm
from tools.lean import interpreter, library, runtime
from tools.site import bundle, parts
from tools.site.page import INDEX

PAGES_FOLDER = GENERATED / "pages"
OURS, PLAIN = "ours", "plain"
BACKENDS = ("cpu", "wasm", "webgl")
TFJS_PAGES = [f"tfjs-{backend}" for backend in BACKENDS]
_SOURCES = Path(__file__).parent / "page"
_SCRIPT_OF_PART = re.compile(r' *<script defer src="built/\w+-[^>]*></script>\n')
"""The line of index.html with a script from a folder such as built/vendors-0123456789ab. The page
on plain Pyodide has no such folders."""
_PYODIDE_FILES = ("python_stdlib.zip", "pyodide-lock.json")
_HTML = """<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>TensorFlow.js</title>
  <link rel="icon" href="data:,">
  <canvas id="sheet" width="280" height="280"></canvas>
  <output id="digit"></output>
  <script defer src="page.js"></script>
</html>
"""


def build() -> None:
    """Build all pages in PAGES_FOLDER; delete the pages of an earlier build."""
    install_packages()
    bundle.bundle(bundle.WEB, bundle.MODEL)
    shutil.rmtree(PAGES_FOLDER, ignore_errors=True)
    shutil.copytree(bundle.WEB, PAGES_FOLDER / OURS)
    _build_plain(PAGES_FOLDER / PLAIN)
    for backend in BACKENDS:
        _build_tfjs_page(PAGES_FOLDER / f"tfjs-{backend}", backend)


def _build_plain(site: Path) -> None:
    """Build the app's page with the unmodified releases of Pyodide and onnxruntime-web."""
    shutil.copytree(bundle.WEB, site, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    built = site / BUILT
    for part in ("pyodide", "onnxruntime", "vendors", "python"):
        for folder in built.glob(f"{part}-*"):
            shutil.rmtree(folder)
    pyodide_files = [interpreter.RELEASE / name for name in _PYODIDE_FILES]
    for file in (*interpreter.files(), *pyodide_files, *runtime.files()):
        shutil.copyfile(file, built / file.name)
    library.pack(parts.APP_CODE.packages, built / "packages.zip")
    with TemporaryDirectory(dir=GENERATED) as scripts:
        for name, source in (("boot.js", parts.SCRIPTS), ("plain.js", _SOURCES)):
            copy = Path(scripts) / name.replace("plain", "python")  # which boot.js imports
            shutil.copyfile(source / name, copy)
        parts.join(Path(scripts) / "boot.js", built / "boot.js")
    index = site / INDEX
    index.write_text(_SCRIPT_OF_PART.sub("", index.read_text("utf-8")), "utf-8")
    bundle.write_service_worker(site, "offline-digits", is_app=True)


def _build_tfjs_page(site: Path, backend: str) -> None:
    """Build a page of TensorFlow.js with one backend, in a folder that does not exist yet."""
    site.mkdir(parents=True)
    (site / "index.html").write_text(_HTML, "utf-8")
    start = [f'import "@tensorflow/tfjs-backend-{backend}";', 'import { boot } from "./tfjs.js";']
    if backend == "wasm":
        start.append('import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";')
        start.append('setWasmPaths("./");')
        for file in (PACKAGES / "@tensorflow" / "tfjs-backend-wasm" / "dist").glob("*.wasm"):
            shutil.copyfile(file, site / file.name)
    start.append(f"boot({json.dumps(backend)});")
    entry = _SOURCES / f"{site.name}.js"  # beside tfjs.js, so that esbuild finds node_modules
    entry.write_text("\n".join(start) + "\n", "utf-8")
    try:
        npm.node(
            "Bundling TensorFlow.js",
            str(PACKAGES / "esbuild" / "bin" / "esbuild"),
            str(entry),
            "--bundle",
            "--minify",
            "--platform=browser",
            "--log-level=error",
            f"--outfile={site / 'page.js'}",
        )
    finally:
        entry.unlink()
    bundle.write_service_worker(site, site.name)
