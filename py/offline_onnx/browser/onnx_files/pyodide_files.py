"""Read models from files in Pyodide's file system, and from Python's bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from js import Uint8Array

from offline_onnx.browser.runtime import external_files_of
from offline_onnx.errors import ExternalDataMissing

BYTES = (bytes, bytearray, memoryview)


def is_pyodide_path(source: object) -> bool:
    """Return whether `source` is a path in Pyodide's file system.

    Any `os.PathLike` is one; a string is one if a file of this name exists.
    """
    if isinstance(source, os.PathLike):
        return True
    return isinstance(source, str) and "://" not in source and Path(source).is_file()


def model_files(path: str | os.PathLike[str]) -> tuple[Any, dict[str, Any]]:
    """Return the bytes of an `.onnx` file, and of each file with external data, by name.

    Raises:
        FileNotFoundError: there is no file at this path.
        ExternalDataMissing: a file with external data is not in the same folder.

    """
    js_content = file_bytes(path)
    names = external_files_of(js_content)
    paths = {name: Path(path).parent / name for name in names}
    if missing := [name for name, each in paths.items() if not each.is_file()]:
        raise ExternalDataMissing.of(missing)
    return js_content, {name: file_bytes(each) for name, each in paths.items()}


def file_bytes(path: str | os.PathLike[str]) -> Any:
    """Return a file in Pyodide's file system as a Uint8Array, which never enters Python's heap.

    Raises:
        FileNotFoundError: there is no such file.

    """
    from pyodide_js import FS  # here, because a snapshot of Python's memory can't contain it

    return FS.readFile(str(Path(path).resolve(strict=True)))


def copied_bytes(content: bytes | bytearray | memoryview) -> Any:
    """Copy Python's bytes to a new Uint8Array."""
    view = memoryview(content)
    js_content = Uint8Array.new(view.nbytes)
    if view.nbytes:
        js_content.assign(view.cast("B"))
    return js_content
