"""Read models from files of Pyodide's file system, and from Python's bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from js import Uint8Array

BYTES = (bytes, bytearray, memoryview)


def is_python_file(source: object) -> bool:
    """Return whether `source` is the path of a file in Pyodide's file system."""
    if isinstance(source, os.PathLike):
        return True
    return isinstance(source, str) and "://" not in source and Path(source).is_file()


def file_bytes(path: str | os.PathLike[str]) -> Any:
    """Return a file of Pyodide's file system as a Uint8Array, which never enters Python's heap.

    Raises:
        FileNotFoundError: there is no such file.

    """
    from pyodide_js import FS  # here, because a snapshot of Python's memory can't contain it

    return FS.readFile(str(Path(path).resolve(strict=True)))


def copied_bytes(content: bytes | bytearray | memoryview) -> Any:
    """Return Python's bytes as a Uint8Array."""
    js_content = Uint8Array.new(len(content))
    if len(content):
        js_content.assign(content)
    return js_content
