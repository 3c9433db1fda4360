"""Pyodide's interpreter: the release's files, or trimmed ones with which a page starts fastest.

The release exports every function of Python's C API and of the C library, since extension modules
in C look them up by name; preparing these exports takes a good part of a start. A page that never
loads such a module needs none of them. Besides, all code that a start from a snapshot does not
call is moved to a second module, and the initial memory to a data file: a browser compiles and
copies less.
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
from tools.lean import pyodide_js
from tools.lean.wasm import cut, instrument
from tools.lean.wasm.module import Module
from tools.lean.wasm.split import split

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RELEASE = npm.PACKAGES / "pyodide"
FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOADER, SCRIPT, WASM = FILES
REST, DATA = "pyodide.rest.wasm", "pyodide.data"
RECORDED = ROOT / "tools" / "lean" / "pyodide_recorded.txt"
"""Pyodide's version, and the numbers of the functions that starts were recorded to call."""


def files() -> list[Path]:
    """Return the release's files."""
    return [RELEASE / name for name in FILES]


def trim(folder: Path) -> None:
    """Write the trimmed files, which can't load extension modules, into a folder.

    Raises:
        BuildError: The release is not as expected, or the recording is of another one.
    """
    module = Module.read((RELEASE / WASM).read_bytes())
    loader = (RELEASE / LOADER).read_text("utf-8")
    script = pyodide_js.trim(RELEASE / SCRIPT, loader, module, folder / SCRIPT)
    # The module looks up addresses of its own functions and data among its exports.
    own = {name for place, name, _ in module.imports() if place.startswith("GOT.")}
    used = own | set(re.findall(r"[\w$]+", script))
    shutil.copyfile(RELEASE / LOADER, folder / LOADER)
    code, data = cut.move_data_out(cut.with_only_exports(module, used))
    first, rest = split(code, recorded_functions())
    (folder / WASM).write_bytes(first.write())
    (folder / REST).write_bytes(rest.write())
    (folder / DATA).write_bytes(data)


def instrumented() -> Module:
    """Return the full interpreter, instrumented: it records which functions are called."""
    return instrument.record_calls(Module.read((RELEASE / WASM).read_bytes()))


def is_recording_outdated() -> bool:
    """Return whether the recorded functions are those of another release."""
    return _read_recording()[0] != _version()


def recorded_functions() -> set[int]:
    """Return the numbers of the functions that a start calls.

    Raises:
        BuildError: They are those of another release.
    """
    version, words = _read_recording()
    if version != _version():
        raise BuildError(
            f"{RECORDED.name} is of Pyodide {version}: `python build.py watch` renews it."
        )
    spans = ((int(word) for word in span.split("-")) for span in words)
    return {number for first, *last in spans for number in range(first, (last or [first])[0] + 1)}


def write_recording(numbers: Iterable[int]) -> None:
    """Store the numbers of the functions that a start calls, as spans such as "3-7"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = (str(first) if first == last else f"{first}-{last}" for first, last in spans)
    text = "\n".join(textwrap.wrap(" ".join(words), 100))
    RECORDED.write_text(f"{_version()}\n{text}\n", "utf-8")


def _read_recording() -> tuple[str, list[str]]:
    """Return the release that was recorded, and the spans of functions."""
    version, *words = RECORDED.read_text("utf-8").split()
    return version, words


def _version() -> str:
    return str(json.loads((RELEASE / "package.json").read_text("utf-8"))["version"])
