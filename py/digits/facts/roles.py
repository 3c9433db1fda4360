"""What each file of the page is for, and which part of the page it belongs to."""

from __future__ import annotations

import re

ROLES = {
    "index.html": "page",
    "style.css": "style",
    "icon.svg": "icon",
    "app.en.webmanifest": "app",
    "app.zh.webmanifest": "app",
    "boot.js": "boot",
    "site.js": "site",
    "service-worker.js": "worker",
    "python.js": "start",
    "download.js": "download",
    "snapshot.js": "snapshot",
    "memory.js": "memory",
    "rest.js": "rest",
    "pyodide.mjs": "pyodide",
    "pyodide.asm.mjs": "glue",
    "pyodide.asm.wasm": "interpreter",
    "pyodide.rest.wasm": "interpreter_rest",
    "pyodide.data": "interpreter_memory",
    "library.zip": "library",
    "ort.wasm.min.mjs": "runtime",
    "ort-wasm-simd-threaded.mjs": "runtime_glue",
    "ort-wasm-simd-threaded.wasm": "runtime_code",
    "ort-wasm-simd-threaded.data": "runtime_memory",
    "isolated.js": "isolated",
    "model_worker.js": "model_worker",
    "digits.json": "manifest",
    "digits.onnx": "model",
}
"""What a file is for, by its name: the end of a key of text.json."""
PARTS = ("page", "python", "runtime", "model")
"""What the page is made of."""
_FOLDERS = {
    "python": "python",
    "pyodide": "python",
    "onnxruntime": "runtime",
    "release": "runtime",
    "model": "model",
}
_HASHED = re.compile(r"built/([a-z]+)-[0-9a-f]{12}/")


def part_of(address: str) -> str:
    """Tell which of the PARTS a file belongs to, by its folder in `built/`; else to the page.

    address: relative to the page.
    """
    folder = _HASHED.match(address)
    return _FOLDERS.get(folder[1], "page") if folder else "page"
