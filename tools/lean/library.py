"""What Python can import in a page: the standard library and our packages, as one zip."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.env import npm, venv

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = venv.ROOT / "py"
PYODIDE = npm.PACKAGES / "pyodide"
NODE_SCRIPT = venv.ROOT / "tools" / "node" / "library.mjs"
PYTHON_SCRIPT = NODE_SCRIPT.with_name("write_library.py")
_LEFT_OUT = {"__pycache__", "README.md", "pyproject.toml"}


@dataclass(frozen=True)
class Code:
    """The Python code of a page.

    Attributes:
        packages: which of our packages it has.
        module: what the page imports first. All that this module and the others of its package
            import is compiled, without docstrings.
        has_full_library: whether it has the rest of the standard library, too.
    """

    packages: list[str]
    module: str
    has_full_library: bool


def pack(packages: list[str], target: Path) -> Path:
    """Write some of our packages, as source, into the zip `target`; return its path."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(file for name in packages for file in (PACKAGES / name).rglob("*")):
            if file.is_file() and not _LEFT_OUT & set(file.relative_to(PACKAGES).parts):
                archive.write(file, file.relative_to(PACKAGES).as_posix())
    return target


def write(code: Code, folder: Path) -> None:
    """Write library.zip into a folder. Raises BuildError."""
    ours = pack(code.packages, folder / "packages.zip")
    modules = "all" if code.has_full_library else "imported"
    arguments = (NODE_SCRIPT, PYODIDE, ours, code.module, modules, folder / "library.zip")
    npm.node("Compiling what Python imports", *map(str, arguments))
    ours.unlink()


def lock() -> str:
    """Return Pyodide's lock file without its packages, which the page does not have."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    return json.dumps({**lock, "packages": {}})
