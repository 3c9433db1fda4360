"""The report on the released model: measure it, then write what was measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digits.raster import SIDE
from model import convert, dataset, evaluate, report, robustness
from model.strokes import drawings, read_strokes
from offline_onnx import Manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SYNTHETIC = "digits drawn by the code that also draws those to learn from"


def write(model: Path, folder: Path, source: str, files: Sequence[Path]) -> None:
    """Write the report on the model in a folder, see `report.write`.

    source: where MNIST is, see `dataset.load`. files: of strokes to measure with, see
    `strokes.drawings`.
    """
    test = dataset.load(source)[1]
    drawn = [file for file in files if any(label for label, _ in read_strokes(file))]
    result = evaluate.evaluate(model, test, drawings(files))
    manifest = Manifest.parse((model / "digits.json").read_text("utf-8"))
    content = (model / manifest.file).read_bytes()

    def read(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return convert.run(content, images)[convert.PROBABILITIES.name]

    report.write(
        folder,
        released=manifest,
        parameters=result.parameters,
        history=json.loads((model / "history.json").read_text("utf-8")),
        mnist=result.mnist,
        mnist_images=test.images.reshape(-1, SIDE, SIDE),
        pen=result.drawn,
        pen_name=", ".join(file.name for file in drawn) or SYNTHETIC,
        robustness=robustness.measure(read, test),
        seeds=_seeds(model, manifest, result.mnist.accuracy),
    )


def _seeds(model: Path, manifest: Manifest, released: float) -> list[float]:
    """Give the accuracies of the released training and of its twins, see `release.seeds`."""
    file = model / "seeds.json"
    if not file.exists():
        return []
    others = json.loads(file.read_text("utf-8"))
    same = others["training"] == manifest.metadata["training"]
    return [released, *others["accuracies"].values()] if same else []
