"""Our own code as the page installs it: one pure Python wheel, and the lock file that lists it."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from tools import npm, venv
from tools.report import BuildError, run

if TYPE_CHECKING:
    from pathlib import Path


def build(folder: Path) -> Path:
    """Build the wheel of `py/` in a folder that holds nothing else; give its path."""
    shutil.rmtree(folder, ignore_errors=True)
    run(
        "Building the wheel",
        [sys.executable, "-m", "hatchling", "build"],
        "-t",
        "wheel",
        "-d",
        folder,
        cwd=venv.ROOT,
    )
    return next(folder.glob("*.whl"))


def write_lock(wheel: Path) -> Path:
    """List the wheel, with its SHA-256, in a lock file beside it: Pyodide's, without packages."""
    theirs = npm.PACKAGES / "pyodide" / "pyodide-lock.json"
    if not theirs.is_file():
        raise BuildError(f"{theirs} is missing; run `npm ci`.")
    empty, ours = wheel.parent / "empty-lock.json", wheel.parent / "pyodide-lock.json"
    empty.write_text(json.dumps({**json.loads(theirs.read_text("utf-8")), "packages": {}}), "utf-8")
    run(
        "Listing the wheel in the lock file",
        [venv.SCRIPTS / "pyodide", "lockfile", "add-wheels"],
        "--input",
        empty,
        "--output",
        ours,
        "--base-path",
        wheel.parent,
        wheel,
        cwd=wheel.parent,
    )
    return ours
