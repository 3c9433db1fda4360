"""Build the example page: train its model, describe it, add the rest."""

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
"""Bytes: so few that even this small model comes in several chunks."""


def command() -> None:
    """Build the page in examples/own_model."""
    build(FOLDER)
    say("`python build.py serve examples/own_model` shows it.")


def build(folder: Path) -> None:
    """Complete the page in a folder with the model that its make_model.py trains."""
    say("Training the example's network ...")
    print(manifest.summary(build_model(folder)))
    bundle.bundle_page(folder)


def build_model(folder: Path, seed: int = 1) -> Manifest:
    """Write color.onnx and its manifest to a folder; another seed gives another version."""
    recipe = runpy.run_path(str(folder / "make_model.py"))
    file = folder / "color.onnx"
    recipe["make"](file, seed)
    return manifest.write(
        file, version=str(seed), labels=list(recipe["NAMES"]), chunk_size=CHUNK_SIZE
    )
