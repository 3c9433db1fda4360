"""Many images read by a model on CPython, by the recogniser that the page has."""

from __future__ import annotations

import asyncio
from array import array
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from digits.reading.recogniser import Recogniser
from model.evaluation.metrics import Measured
from offline_onnx import Manifest, Model
from offline_onnx.native import NativeSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading
    from model.data.mnist import Digits

BATCH = 500


def load(folder: Path) -> tuple[bytes, Manifest]:
    """Give the model in the folder and its manifest: digits.json, and the file that it names."""
    manifest = Manifest.parse((folder / "digits.json").read_text("utf-8"))
    return (folder / manifest.file).read_bytes(), manifest


def recogniser(folder: Path) -> Recogniser:
    """Open the model in the folder with native onnxruntime."""
    return recogniser_of(*load(folder))


def recogniser_of(content: bytes, manifest: Manifest) -> Recogniser:
    """Open a model in memory with native onnxruntime."""
    return Recogniser(Model(manifest, NativeSession(content)))


def images_of(digits: Digits) -> list[Image]:
    """Give scanned digits, as they are, as the recogniser takes images."""
    return [array("f", image.tobytes()) for image in digits.as_input()]


def read(reader: Recogniser, images: Sequence[Image]) -> list[Reading]:
    """Read images, BATCH in a run."""

    async def all_of_them() -> list[Reading]:
        parts = batched(images, BATCH)
        return [reading for part in parts for reading in await reader.read(part)]

    return asyncio.run(all_of_them())


def sureness(readings: Sequence[Reading]) -> NDArray[np.float64]:
    """Give how sure each reading is: [N] in 0..1."""
    return np.array([reading.confidence for reading in readings])


def measured(labels: Iterable[int | str], readings: Sequence[Reading]) -> Measured:
    """Put readings beside what the images are."""
    probabilities = [reading.probabilities for reading in readings]
    return Measured(
        np.array([int(label) for label in labels], np.int64), np.array(probabilities, np.float32)
    )
