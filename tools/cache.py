"""What a build has made is kept, by all that it was made from: the next build need not make it.

A page's text can be changed, and the interpreter need not be taken apart anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCRATCH = venv.ROOT / ".build"
MADE = SCRATCH / "made"
BUILT = "built"
WORKER = "service-worker.js"
_DAY = 24 * 60 * 60
"""Seconds after which what no build has used is deleted, when its like is made anew."""


def made(name: str, make: Callable[[Path], object], sources: Iterable[Path]) -> list[Path]:
    """Give the files that `make` writes into a folder, now or in an earlier build.

    sources: files and folders that they depend on, beside the build's own code and packages.
    """
    kept = MADE / f"{name}-{fingerprint(sources)[:16]}"
    if not kept.exists():
        MADE.mkdir(parents=True, exist_ok=True)
        _delete_unused(name)
        with TemporaryDirectory(dir=MADE, prefix=".") as folder:
            stage = Path(folder) / name
            stage.mkdir()
            make(stage)
            with suppress(OSError):  # another build was first
                stage.rename(kept)
    os.utime(kept)
    return sorted(kept.iterdir())


def fingerprint(sources: Iterable[Path]) -> str:
    """Digest files and folders, the build's own code and what package-lock.json pins."""
    digest = hashlib.sha256()
    for root in (venv.ROOT / "tools", venv.ROOT / "package-lock.json", *sources):
        for file in files(root) if root.is_dir() else [root]:
            digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def files(folder: Path) -> list[Path]:
    """List the files that nobody generated."""
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not file.name.startswith(WORKER)
        and not {"__pycache__", BUILT} & set(file.relative_to(folder).parts)
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]


def _delete_unused(name: str) -> None:
    for old in MADE.glob(f"{name}-*"):
        if time.time() - old.stat().st_mtime > _DAY:
            shutil.rmtree(old, ignore_errors=True)
