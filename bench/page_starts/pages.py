"""The pages that are compared: the app, the app started plainly, and TensorFlow.js's backends.

All lie under one server, each with a service worker of the same kind that keeps all of its files.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from bench.storage.site import FOLDER, HERE
from tools.cache import BUILT
from tools.env import npm
from tools.lean import interpreter, library, runtime
from tools.site import bundle

if TYPE_CHECKING:
    from pathlib import Path

SITES = FOLDER / "pages"
OURS, PLAIN = "ours", "plain"
BACKENDS = ("cpu", "wasm", "webgl")
PEERS = [f"tfjs-{backend}" for backend in BACKENDS]
STOCK = ("python_stdlib.zip", "pyodide-lock.json")
HTML = """<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>TensorFlow.js</title>
  <link rel="icon" href="data:,">
  <canvas id="sheet" width="280" height="280"></canvas>
  <output id="digit"></output>
  <script defer src="page.js"></script>
</html>
"""


def make() -> None:
    """Make all pages anew."""
    npm.install(HERE)
    bundle.bundle(bundle.WEB, bundle.MODEL)
    shutil.rmtree(SITES, ignore_errors=True)
    shutil.copytree(bundle.WEB, SITES / OURS)
    _plain(SITES / PLAIN)
    for backend in BACKENDS:
        _peer(SITES / f"tfjs-{backend}", backend)


def _plain(site: Path) -> None:
    """Make the same page, started from the releases as they are."""
    shutil.copytree(bundle.WEB, site, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    built = site / BUILT
    for part in ("pyodide", "onnxruntime", "python"):
        for folder in built.glob(f"{part}-*"):
            shutil.rmtree(folder)
    stock = [interpreter.RELEASE / name for name in STOCK]
    for file in (*interpreter.files(), *stock, *runtime.files()):
        shutil.copyfile(file, built / file.name)
    library.pack(bundle.APP.packages, built / "packages.zip")
    shutil.copyfile(HERE / "page_starts" / "page" / "plain.js", built / "python.js")
    bundle.write_service_worker(site)


def _peer(site: Path, backend: str) -> None:
    site.mkdir()
    (site / "index.html").write_text(HTML, "utf-8")
    start = [f'import "@tensorflow/tfjs-backend-{backend}";', 'import { boot } from "./peer.js";']
    if backend == "wasm":
        start.append('import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";')
        start.append('setWasmPaths("./");')
        for file in (HERE / "node_modules/@tensorflow/tfjs-backend-wasm/dist").glob("*.wasm"):
            shutil.copyfile(file, site / file.name)
    start.append(f"boot({json.dumps(backend)});")
    entry = HERE / "page_starts" / "page" / f"{site.name}.js"
    entry.write_text("\n".join(start) + "\n", "utf-8")
    esbuild = HERE / "node_modules" / "esbuild" / "bin" / "esbuild"
    npm.node(
        "Bundling TensorFlow.js",
        str(esbuild),
        str(entry),
        "--bundle",
        "--minify",
        "--platform=browser",
        "--log-level=error",
        f"--outfile={site / 'page.js'}",
    )
    entry.unlink()
    bundle.write_service_worker(site, site.name)
