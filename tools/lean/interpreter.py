"""Trim the files of Pyodide's interpreter, so that a page starts faster.

Pyodide's release exports every function of Python's C API and of the C library, because extension
modules in C look them up by name. Creating these exports takes a large part of the start. A page
that loads no extension modules does not need these exports, so they are removed. Functions that a
page load does not call are moved to a second module, and the initial memory is moved to a data
file, so that the browser compiles and copies less.
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
"""The names of the second module and of the file with the initial memory."""
RECORDED = ROOT / "tools" / "lean" / "pyodide_recorded.txt"
"""The file with Pyodide's version and the numbers, see `tools.lean.wasm`, of the functions that a
page load calls."""


def files() -> list[Path]:
    """Return the untrimmed files of Pyodide's release."""
    return [RELEASE / name for name in FILES]


def trim(folder: Path) -> None:
    """Write the trimmed files into a folder. They can't load extension modules.

    Raises:
        BuildError: The code of the release is not as expected, or the recording was made with
            another release.
    """
    module = Module.read((RELEASE / WASM).read_bytes())
    loader = (RELEASE / LOADER).read_text("utf-8")
    script = pyodide_js.trim(RELEASE / SCRIPT, loader, module, folder / SCRIPT)
    # Symbols in the global offset table (GOT) are looked up among the module's exports.
    addressed = {name for source, name, _ in module.imports() if source.startswith("GOT.")}
    used = addressed | set(re.findall(r"[\w$]+", script))
    shutil.copyfile(RELEASE / LOADER, folder / LOADER)
    code, data = cut.move_data_out(cut.with_only_exports(module, used))
    first, rest = split(code, recorded_functions())
    (folder / WASM).write_bytes(first.write())
    (folder / REST).write_bytes(rest.write())
    (folder / DATA).write_bytes(data)


def instrumented() -> Module:
    """Return the untrimmed interpreter, changed so that it records which functions are called."""
    return instrument.record_calls(Module.read((RELEASE / WASM).read_bytes()))


def is_recording_outdated() -> bool:
    """Return whether the recording was made with another release of Pyodide."""
    return _read_recording()[0] != _version()


def recorded_functions() -> set[int]:
    """Return the numbers of the functions that a page load calls.

    Raises:
        BuildError: The recording was made with another release of Pyodide.
    """
    version, spans = _read_recording()
    if version != _version():
        raise BuildError(
            f"{RECORDED.name} was recorded with Pyodide {version}, not {_version()}. "
            "Run `python build.py watch`."
        )
    numbers: set[int] = set()
    for span in spans:
        first, _, last = span.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def write_recording(numbers: Iterable[int]) -> None:
    """Store the numbers of the functions that a page load calls, as spans such as "3-7"."""
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
    """Return the version of the recorded release, and the spans of function numbers."""
    version, *spans = RECORDED.read_text("utf-8").split()
    return version, spans


def _version() -> str:
    return str(json.loads((RELEASE / "package.json").read_text("utf-8"))["version"])
