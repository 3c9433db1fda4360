"""Pyodide's interpreter: the release's files, or without the names that only extensions use.

The interpreter exports every function of Python's C API, and of C's library, for extension modules
in C to find them by name; to prepare that takes a good part of its start. A page that will never
load such a module can do without.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING

from tools import npm
from tools.report import BuildError
from tools.wasm import Module

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = npm.PACKAGES / "pyodide"
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOADER, GLUE, WASM = FILES
_NAME = r"[\w$]+"
_ASSIGNMENT = re.compile(rf'({_NAME})=Module\["{_NAME}"\]=wasmExports\["{_NAME}"\];')


def files() -> list[Path]:
    """Give the release's files."""
    return [RELEASE / name for name in FILES]


def lean(folder: Path) -> list[Path]:
    """Write the files that can't load extensions into a folder. Raises BuildError."""
    folder.mkdir()
    glue, left = _without_unused((RELEASE / GLUE).read_text("utf-8"))
    if not left:
        raise BuildError(f"{GLUE} is not written as expected: it has no assignments of exports.")
    module = Module.read((RELEASE / WASM).read_bytes())
    # What the module asks of itself: addresses of its own functions and data.
    own = {name for place, name in module.imports() if place.startswith("GOT.")}
    used = own | set(re.findall(_NAME, glue))
    shutil.copyfile(RELEASE / LOADER, folder / LOADER)
    (folder / GLUE).write_text(glue, "utf-8")
    (folder / WASM).write_bytes(module.exporting(used).write())
    return [folder / name for name in FILES]


def _without_unused(glue: str) -> tuple[str, int]:
    """Leave the exports out that the script only hands on; tell how many these are."""
    words = Counter(re.findall(_NAME, glue))
    # A name that is only handed on occurs in its declaration, and twice where it is assigned.
    unused = {name for name in _ASSIGNMENT.findall(glue) if words[name] <= 3}
    kept = _ASSIGNMENT.sub(lambda match: "" if match[1] in unused else match[0], glue)
    return kept, len(unused)
