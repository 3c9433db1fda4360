"""The example page with a model that is not ours: makes the model, describes it, adds the rest."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

from tools import manifest
from tools.console import say
from tools.env import venv
from tools.site import bundle

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest

FOLDER = venv.ROOT / "examples" / "own_model"
CHUNK_SIZE = 1024
"""Bytes: small, so that this small model comes in several chunks too."""


def make(folder: Path) -> None:
    """Complete the page in a folder, with the model that its make_model.py makes."""
    say("Training the example's network ...")
    print(manifest.summary(make_model(folder)))
    bundle.bundle_page(folder)


def make_model(folder: Path, seed: int = 1) -> Manifest:
    """Make color.onnx and its manifest in a folder. seed: another one gives another version."""
    recipe = runpy.run_path(str(folder / "make_model.py"))
    file = folder / "color.onnx"
    recipe["make"](file, seed)
    return manifest.write(
        file, version=str(seed), labels=list(recipe["NAMES"]), chunk_size=CHUNK_SIZE
    )
