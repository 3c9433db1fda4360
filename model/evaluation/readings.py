"""Read many images on CPython, with the recogniser that the app uses in the browser."""

from __future__ import annotations

import asyncio
from array import array
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from digits.reading.recogniser import Recogniser
from model.evaluation.metrics import Predictions
from offline_onnx import Manifest, Model
from offline_onnx.native import NativeSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading
    from model.data.mnist import LabelledImages

BATCH = 500
"""Number of images in one run of the model."""


def load_model(folder: Path) -> tuple[bytes, Manifest]:
    """Return the ONNX model in a folder, and its manifest, which is digits.json."""
    manifest = Manifest.parse((folder / "digits.json").read_text("utf-8"))
    return (folder / manifest.file).read_bytes(), manifest


def load_recogniser(folder: Path) -> Recogniser:
    """Open the model in a folder with onnxruntime for CPython."""
    return open_recogniser(*load_model(folder))


def open_recogniser(content: bytes, manifest: Manifest) -> Recogniser:
    """Open a model in memory with onnxruntime for CPython."""
    return Recogniser(Model(manifest, NativeSession(content)))


def images_of(digits: LabelledImages) -> list[Image]:
    """Return digits as images for the recogniser, without centring or scaling them."""
    return [array("f", image.tobytes()) for image in digits.as_input()]


def read(recogniser: Recogniser, images: Sequence[Image]) -> list[Reading]:
    """Read images in batches."""

    async def read_all() -> list[Reading]:
        batches = batched(images, BATCH)
        return [reading for batch in batches for reading in await recogniser.read(batch)]

    return asyncio.run(read_all())


def confidences(readings: Sequence[Reading]) -> NDArray[np.float64]:
    """Return `Reading.confidence` of each reading: [N] in 0..1."""
    return np.array([reading.confidence for reading in readings])


def predictions(labels: Iterable[int | str], readings: Sequence[Reading]) -> Predictions:
    """Combine readings with the true labels of their images."""
    probabilities = [reading.probabilities for reading in readings]
    return Predictions(
        np.array([int(label) for label in labels], np.int64), np.array(probabilities, np.float32)
    )
