"""Pack the standard library and this project's packages into one zip, from which a page imports."""

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
PYTHON_SCRIPTS = [
    NODE_SCRIPT.with_name(f"{name}.py") for name in ("imported_files", "write_library")
]
PAGE_PYTHON = venv.ROOT / "tools" / "page_python"
_PAGE_PYTHON_NAMES = {
    "lazy_modules.py": "sitecustomize.py",
    "asyncio_package.py": "asyncio/__init__.py",
    "docstring.py": "_pyodide/docstring.py",
}
"""The name in library.zip of each file in PAGE_PYTHON."""
_LEFT_OUT = {
    *("__pycache__", "README.md", "CHANGELOG.md", "pyproject.toml"),
    *("__main__.py", "command"),
}
"""Files and folders that no page needs. `command` is the command `offline-onnx`, which runs only on
CPython."""


@dataclass(frozen=True)
class Code:
    """The Python code of a page.

    Attributes:
        packages: the names of the packages in py/ that it contains.
        module: the module that the page imports first. All modules of its package, and all modules
            that these import, are compiled without docstrings.
        has_full_library: whether the code also contains, as source, all other modules of the
            standard library and of `packages`.
    """

    packages: list[str]
    module: str
    has_full_library: bool


def pack(packages: list[str], target: Path) -> Path:
    """Write packages of py/, as source, into the zip `target`; return its path."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(file for name in packages for file in (PACKAGES / name).rglob("*")):
            if file.is_file() and not _LEFT_OUT & set(file.relative_to(PACKAGES).parts):
                archive.write(file, file.relative_to(PACKAGES).as_posix())
    return target


def write(code: Code, folder: Path) -> None:
    """Write library.zip into a folder.

    Raises:
        BuildError: A module can't be imported or compiled.
    """
    packages = pack(code.packages, folder / "packages.zip")
    page_python = folder / "page_python.zip"
    with zipfile.ZipFile(page_python, "w") as archive:
        for file, name in _PAGE_PYTHON_NAMES.items():
            archive.write(PAGE_PYTHON / file, name)
    extent = "all" if code.has_full_library else "imported"
    files = (packages, page_python)
    arguments = (NODE_SCRIPT, PYODIDE, *files, code.module, extent, folder / "library.zip")
    npm.node("Compiling the Python library", *map(str, arguments))
    for each in files:
        each.unlink()


def lock() -> str:
    """Return Pyodide's lock file as JSON, with no packages, because the page loads none."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    return json.dumps({**lock, "packages": {}})
