"""Our own code as pages install it: pure Python wheels, and the lock file that lists them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tools import npm, venv
from tools.report import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


LIBRARY, APP = venv.ROOT / "py" / "offline_onnx", venv.ROOT


def build(project: Path, folder: Path) -> Path:
    """Build the wheel of a project into a folder; give its path."""
    output = run(
        "Building the wheel",
        [sys.executable, "-m", "hatchling", "build"],
        "-t",
        "wheel",
        "-d",
        folder,
        cwd=project,
    )
    return project / output.strip().splitlines()[-1]


def write_lock(wheels: Sequence[Path], folder: Path) -> Path:
    """List the wheels, with their SHA-256, in a lock file: Pyodide's, without its packages."""
    theirs = npm.PACKAGES / "pyodide" / "pyodide-lock.json"
    if not theirs.is_file():
        raise BuildError(f"{theirs} is missing; run `npm ci`.")
    empty, ours = folder / "empty-lock.json", folder / "pyodide-lock.json"
    empty.write_text(json.dumps({**json.loads(theirs.read_text("utf-8")), "packages": {}}), "utf-8")
    run(
        "Listing the wheels in the lock file",
        [venv.SCRIPTS / "pyodide", "lockfile", "add-wheels"],
        "--input",
        empty,
        "--output",
        ours,
        "--base-path",
        folder,
        *wheels,
        cwd=folder,
    )
    return ours
