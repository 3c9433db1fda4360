"""Build the example page: train its model, write the manifest, bundle the page."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

from offline_onnx.command import manifest
from tools.console import say
from tools.env import venv
from tools.site import bundle

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest

FOLDER = venv.ROOT / "examples" / "own_model"
CHUNK_SIZE = 1024
"""Bytes per chunk. It is small so that even this small model has several chunks."""


def command() -> None:
    """Build the page in examples/own_model."""
    build(FOLDER)
    say("To see the page, run `offline-onnx serve examples/own_model`.")


def build(folder: Path) -> None:
    """Train the model with the folder's make_model.py, then bundle the page in the folder."""
    say("Training the example's network ...")
    print(manifest.summary(build_model(folder)))
    bundle.bundle_page(folder)


def build_model(folder: Path, seed: int = 1) -> Manifest:
    """Write color.onnx and its manifest to a folder; the seed becomes the model's version."""
    script = runpy.run_path(str(folder / "make_model.py"))
    file = folder / "color.onnx"
    script["make"](file, seed)
    return manifest.write(
        file, version=str(seed), labels=list(script["EXAMPLES"]), chunk_size=CHUNK_SIZE
    )
