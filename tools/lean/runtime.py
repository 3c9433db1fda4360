"""Trim onnxruntime-web to one model: initialise it in advance, and remove uncalled functions.

onnxruntime's own option for a smaller build (`--include_ops_by_config`) needs its sources and a
compiler. This code changes the released WebAssembly module instead, in three steps:

1. Node opens, runs and closes a session of the model, with a copy of the module that also exports
   its globals. The memory and the globals after that are baked into the module, as Wizer does, so
   that a page does not have to register operators at its start.
2. Node runs the model in all ways in which a page may run it, with a copy of the new module that
   records which functions are called. The bodies of all others are replaced by traps.
3. The initial memory is moved to a data file, which the browser does not have to compile.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.env import npm, venv
from tools.lean.wasm import cut, instrument
from tools.lean.wasm.module import Module

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
RELEASE = npm.PACKAGES / "onnxruntime-web" / "dist"
NODE_SCRIPT = venv.ROOT / "tools" / "node" / "runtime.mjs"
_, SCRIPT, WASM = FILES
DATA = "ort-wasm-simd-threaded.data"
_EMPTY_BODY, _ZERO_BODY = b"\0\x0b", b"\0\x41\0\x0b"
"""The bodies of a function that does nothing and of a function that returns 0."""
_NAME_PATTERNS = {
    "init": r"\._OrtInit=\w+\.(\w+)",
    "constructors": r"\?\w+\(\):\w+\.(\w+)\(\)\}",
    "malloc": r"\._malloc=\w+\.(\w+)",
    "free": r"\._free=\w+\.(\w+)",
}
"""Patterns that find the minified names of the module's functions in the release's script."""


def files() -> list[Path]:
    """Return the untrimmed files of the release, which run any model."""
    return [RELEASE / name for name in FILES]


def trim(model: Path, folder: Path) -> None:
    """Write the files that are trimmed to one model into a folder.

    Raises:
        BuildError: The code of the release is not as expected.
    """
    names = _find_names((RELEASE / SCRIPT).read_text("utf-8"))
    release = Module.read((RELEASE / WASM).read_bytes())
    memory = folder / "memory"
    _write(instrument.export_globals(release), folder)
    values = _run_model("state", folder, model, names["malloc"], names["free"], memory)
    replaced = {
        release.exported_function(names["init"]): _ZERO_BODY,
        release.exported_function(names["constructors"]): _EMPTY_BODY,
        release.start_function(): _EMPTY_BODY,
    }
    initialised = cut.with_state(release, memory.read_bytes(), values, replaced)
    memory.unlink()
    _write(instrument.record_calls(initialised), folder)
    module, data = cut.move_data_out(
        cut.with_traps(initialised, _run_model("calls", folder, model))
    )
    _write(module, folder)
    (folder / DATA).write_bytes(data)


def _find_names(script: str) -> dict[str, str]:
    """Return the minified names of the module's functions in the release's script."""
    found = {name: re.findall(pattern, script) for name, pattern in _NAME_PATTERNS.items()}
    for name, matches in found.items():
        if len(matches) != 1:
            raise BuildError(
                f"{SCRIPT} is not written as expected: {len(matches)} places, not 1, "
                f"match the pattern of `{name}`."
            )
    return {name: matches[0] for name, matches in found.items()}


def _write(module: Module, folder: Path) -> None:
    """Write a module and the release's scripts into a folder."""
    folder.mkdir(exist_ok=True)
    for name in FILES:
        if name != WASM:
            shutil.copyfile(RELEASE / name, folder / name)
    (folder / WASM).write_bytes(module.write())


def _run_model(task: str, folder: Path, model: Path, *arguments: object) -> list[int]:
    """Open and run the model in Node; return the numbers that tools/node/runtime.mjs prints."""
    output = npm.node(
        "Running the model in onnxruntime-web",
        *map(str, (NODE_SCRIPT, task, folder, model, *arguments)),
    )
    numbers: list[int] = json.loads(output)
    return numbers
