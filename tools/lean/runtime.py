"""onnxruntime-web for one model: without the code that it never calls, its start behind it.

onnxruntime's own builds with fewer operators (`--include_ops_by_config`) need its sources and a
compiler. Here its release is watched while it opens and runs the model, and two things are changed:
its memory is as it was after a session had been opened and closed, so that no operator has to be
registered when a page starts, and is a file of its own, which a browser has not to take apart; and
functions that were never called only trap.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.env import npm, venv
from tools.lean.wasm import cut
from tools.lean.wasm import instrument as watch
from tools.lean.wasm.module import Module

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
RELEASE = npm.PACKAGES / "onnxruntime-web" / "dist"
SCRIPT = venv.ROOT / "tools" / "node" / "runtime.mjs"
_, GLUE, WASM = FILES
DATA = "ort-wasm-simd-threaded.data"
NOTHING, ZERO = b"\0\x0b", b"\0\x41\0\x0b"
"""Bodies of functions that do nothing, and that give 0."""
_NAMES = {
    "init": r"\._OrtInit=\w+\.(\w+)",
    "constructors": r"\?\w+\(\):\w+\.(\w+)\(\)\}",
    "malloc": r"\._malloc=\w+\.(\w+)",
    "free": r"\._free=\w+\.(\w+)",
}
"""How the script finds functions of the module that it starts."""


def files() -> list[Path]:
    """Give the release's files, for any model."""
    return [RELEASE / name for name in FILES]


def lean(model: Path, folder: Path) -> None:
    """Write the files for one model into a folder. Raises BuildError if a name is not found."""
    names = _names((RELEASE / GLUE).read_text("utf-8"))
    release = Module.read((RELEASE / WASM).read_bytes())
    memory = folder / "memory"
    _put(watch.telling_globals(release), folder)
    values = _watch("state", folder, model, names["malloc"], names["free"], memory)
    done = {
        release.exported(names["init"]): ZERO,
        release.exported(names["constructors"]): NOTHING,
        release.start(): NOTHING,
    }
    started = cut.initialised(release, memory.read_bytes(), values, done)
    memory.unlink()
    _put(watch.telling_calls(started), folder)
    module, data = cut.without_data(cut.pruned(started, _watch("calls", folder, model)))
    _put(module, folder)
    (folder / DATA).write_bytes(data)


def _names(glue: str) -> dict[str, str]:
    found = {name: re.findall(pattern, glue) for name, pattern in _NAMES.items()}
    for name, matches in found.items():
        if len(matches) != 1:
            raise BuildError(f"{GLUE} has {len(matches)} places that may name its `{name}`.")
    return {name: matches[0] for name, matches in found.items()}


def _put(module: Module, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in FILES:
        if name != WASM:
            shutil.copyfile(RELEASE / name, folder / name)
    (folder / WASM).write_bytes(module.write())


def _watch(work: str, folder: Path, model: Path, *arguments: object) -> list[int]:
    answer = npm.node(
        "Watching onnxruntime-web", *map(str, (SCRIPT, work, folder, model, *arguments))
    )
    numbers: list[int] = json.loads(answer)
    return numbers
