"""What Python can import in a page: the standard library and our packages, as one zip."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.cache import made
from tools.env import npm, venv
from tools.lean import interpreter

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = venv.ROOT / "py"
SCRIPT = venv.ROOT / "tools" / "node" / "library.mjs"
_LEFT = {"__pycache__", "README.md", "pyproject.toml"}


@dataclass(frozen=True)
class Code:
    """What a page needs of Python.

    packages: ours. module: what the page begins with; all that it and the other modules of its
    package import is compiled, and without docstrings. whole: the rest of the standard library is
    there too.
    """

    packages: list[str]
    module: str
    whole: bool


def pack(packages: list[str], target: Path) -> Path:
    """Write some of our packages, as source, into a zip; give its path."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(file for name in packages for file in (PACKAGES / name).rglob("*")):
            if file.is_file() and not _LEFT & set(file.relative_to(PACKAGES).parts):
                archive.write(file, file.relative_to(PACKAGES).as_posix())
    return target


def of(code: Code) -> list[Path]:
    """Give the zip, the one file of its part of the site."""
    which = "all" if code.whole else "imported"

    def write(folder: Path) -> None:
        ours = pack(code.packages, folder / "packages.zip")
        arguments = (SCRIPT, interpreter.RELEASE, ours, code.module, which, folder / "library.zip")
        npm.node("Compiling what Python imports", *map(str, arguments))
        ours.unlink()

    return made(f"{code.module}-{which}", write, [PACKAGES / name for name in code.packages])


def lock() -> str:
    """Give Pyodide's lock file, without its packages: they are not in the page."""
    lock = json.loads((interpreter.RELEASE / "pyodide-lock.json").read_text("utf-8"))
    return json.dumps({**lock, "packages": {}})
