"""Synthetic drawings as images, through `digits.drawing.raster`, made once and kept.

The label NO_DIGIT stands for what is no digit.
"""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing import raster
from model.data import handwriting as pen
from model.data import not_digits as negatives
from model.data import templates
from model.data.mnist import Digits
from tools.console import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke
    from model.data.strokes import Drawing

NO_DIGIT = 10
SOURCES = (raster, pen, templates, negatives, sys.modules[__name__])
"""The modules that a drawing follows from."""
PIECE = 500  # drawings that a process makes at a time
MEASURED, SEED = 2_000, 9_999  # the seed is no training's


def measuring() -> list[Drawing]:
    """Give MEASURED digits to measure with, as many of each, and as many drawings that are none."""
    kinds = [kind for kind in ("pen", "measuring") for _ in range(MEASURED)]
    drawn = [_drawing(kind, SEED, place) for place, kind in enumerate(kinds)]
    return [(None if label == NO_DIGIT else str(label), strokes) for label, strokes in drawn]


def images(kind: str, count: int, seed: int, folder: Path) -> Digits:
    """Give drawings as images, uint8 [N, 28, 28] with labels 0 to 10, kept in the folder.

    kind: "pen" for digits, as many of each; "training" for what is no digit. What is drawn at a
    place depends on the kind, the seed and the place alone.
    """
    sources = b"".join(Path(m.__file__ or "").read_bytes() for m in SOURCES)
    digest = hashlib.sha256(sources + repr((kind, count, seed)).encode()).hexdigest()[:12]
    file = folder / f"{kind}-{digest}.npz"
    if not file.exists():
        say(f"Drawing {count} images ({kind}) ...")
        folder.mkdir(parents=True, exist_ok=True)
        starts = range(0, count, PIECE)
        with ProcessPoolExecutor() as pool:
            ranges = [range(start, min(start + PIECE, count)) for start in starts]
            pieces = list(pool.map(partial(_piece, kind, seed), ranges))
        made = [np.concatenate(part) for part in zip(*pieces, strict=True)]
        with file.with_suffix(".new").open("wb") as out:
            np.savez_compressed(out, images=made[0], labels=made[1])
        file.with_suffix(".new").replace(file)
    kept = np.load(file)
    return Digits(kept["images"], kept["labels"])


def _piece(kind: str, seed: int, places: range) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    drawn = [_drawing(kind, seed, place) for place in places]
    pixels = np.array([raster.rasterise(strokes) for _, strokes in drawn], np.float32)
    return (
        np.round(pixels * 255).astype(np.uint8).reshape(-1, raster.SIDE, raster.SIDE),
        np.array([label for label, _ in drawn], np.uint8),
    )


def _drawing(kind: str, seed: int, place: int) -> tuple[int, list[Stroke]]:
    rng = np.random.default_rng([seed, place, *kind.encode()])
    if kind == "pen":
        return place % 10, pen.digit(str(place % 10), rng)
    return NO_DIGIT, {"training": negatives.training, "measuring": negatives.measuring}[kind](rng)
