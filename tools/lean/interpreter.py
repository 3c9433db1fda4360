"""Pyodide's interpreter: the release's files, or as a page starts the fastest with it.

The interpreter exports every function of Python's C API, and of C's library, for extension modules
in C to find them by name; to prepare that takes a good part of its start. A page that will never
load such a module can do without. All code that a start from a snapshot does not call is a file of
its own (`build.py watch`), and so is what the memory begins with: a browser takes code apart.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.env import npm
from tools.env.venv import ROOT
from tools.lean import pyodide_js as glue
from tools.lean.wasm import cut
from tools.lean.wasm import instrument as watch
from tools.lean.wasm.module import Module
from tools.lean.wasm.split import split

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RELEASE = npm.PACKAGES / "pyodide"
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOADER, GLUE, WASM = FILES
REST, DATA = "pyodide.rest.wasm", "pyodide.data"
CALLED = ROOT / "tools" / "lean" / "pyodide_called.txt"
"""Pyodide's version, and the numbers of the functions that starts were seen to call."""


def files() -> list[Path]:
    """Give the release's files."""
    return [RELEASE / name for name in FILES]


def lean(folder: Path) -> None:
    """Write the files that can't load extensions into a folder. Raises BuildError."""
    module = Module.read((RELEASE / WASM).read_bytes())
    loader = (RELEASE / LOADER).read_text("utf-8")
    script = glue.lean(RELEASE / GLUE, loader, module, folder / GLUE)
    # What the module asks of itself: addresses of its own functions and data.
    own = {name for place, name, _ in module.imports() if place.startswith("GOT.")}
    used = own | set(re.findall(r"[\w$]+", script))
    shutil.copyfile(RELEASE / LOADER, folder / LOADER)
    bare, data = cut.without_data(cut.exporting(module, used))
    first, rest = split(bare, called())
    (folder / WASM).write_bytes(first.write())
    (folder / REST).write_bytes(rest.write())
    (folder / DATA).write_bytes(data)


def telling() -> Module:
    """Give the interpreter, whole, with a global for each function that tells if it is called."""
    return watch.telling_calls(Module.read((RELEASE / WASM).read_bytes()))


def outdated() -> bool:
    """Tell whether it is another release's functions that are known to be called."""
    return _kept()[0] != _version()


def called() -> set[int]:
    """Give the functions that a start calls. Raises BuildError if these are another release's."""
    version, words = _kept()
    if version != _version():
        raise BuildError(
            f"{CALLED.name} is of Pyodide {version}: `python build.py watch` renews it."
        )
    spans = ((int(word) for word in span.split("-")) for span in words)
    return {number for first, *last in spans for number in range(first, (last or [first])[0] + 1)}


def write_called(numbers: Iterable[int]) -> None:
    """Keep which functions a start calls."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = (str(first) if first == last else f"{first}-{last}" for first, last in spans)
    text = "\n".join(textwrap.wrap(" ".join(words), 100))
    CALLED.write_text(f"{_version()}\n{text}\n", "utf-8")


def _kept() -> tuple[str, list[str]]:
    """Give the release that was watched, and the spans of functions that it called."""
    version, *words = CALLED.read_text("utf-8").split()
    return version, words


def _version() -> str:
    return str(json.loads((RELEASE / "package.json").read_text("utf-8"))["version"])
