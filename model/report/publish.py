"""The report on the released model: measure it, then write what was measured."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from model.data import mnist as dataset
from model.data.strokes import completed, read_strokes
from model.evaluation import evaluate, robustness
from model.evaluation import readings as reading
from model.export import convert
from model.report import report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from offline_onnx import Manifest

SYNTHETIC = "digits drawn by the code that also draws those to learn from"


def write(model: Path, folder: Path, source: str, files: Sequence[Path]) -> None:
    """Write the report on the model in a folder, see `report.write`.

    source: where MNIST is, see `dataset.load`. files: of strokes to measure with, see
    `strokes.drawings`.
    """
    test = dataset.load(source)[1]
    read_files = [read_strokes(file) for file in files]
    drawn = [
        file.name
        for file, drawings in zip(files, read_files, strict=True)
        if any(label for label, _ in drawings)
    ]
    result = evaluate.evaluate(model, test, completed(list(chain(*read_files))))
    content, manifest = reading.load(model)
    run = convert.opened(content)

    def read(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return run(images)[convert.PROBABILITIES.name]

    report.write(
        folder,
        released=manifest,
        history=json.loads((model / "history.json").read_text("utf-8")),
        result=result,
        mnist_images=test.images.reshape(-1, SIDE, SIDE),
        pen_name=", ".join(drawn) or SYNTHETIC,
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
