"""Synthetic photos of numbers and sums on paper, read with the functions that the app calls.

A line is written by a random hand with a random pen, and photographed with the effects of
`model.evaluation.photos`, at the resolution of a small camera. The project has no real photos.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from model.evaluation import photos
from model.writing import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke
    from digits.picture.light import GreyPicture
    from digits.reading.recogniser import Recogniser

    type Plane = NDArray[np.float64]

KINDS: Final = ("numbers", "sums", "two lines")
"""What is written on the photographed paper."""
EFFECTS: Final = tuple(
    kind for kind in photos.KINDS if kind not in {"small digit", "large digit", "dark frame"}
)
"""The effects that make sense for a line.

Photo number i gets effect number i, modulo the number of effects.
"""
COUNT = 60
"""Number of photos of each kind."""
SEED = 9_997
"""Reserved for evaluation."""
TILT = math.radians(15)
"""The largest rotation, with the effect "rotated"; other photos are turned by at most a fifth of
it."""


def accuracy_by_kind(recogniser: Recogniser) -> dict[str, float]:
    """Return for each of KINDS the share of photos that are read exactly right."""
    return {
        kind: sum(
            photos.read_grey(recogniser, photo) == text
            for text, photo in line_photos(kind, COUNT, SEED)
        )
        / COUNT
        for kind in KINDS
    }


def line_photos(kind: str, count: int, seed: int) -> list[tuple[str, GreyPicture]]:
    """Return photos, each with its text.

    Args:
        kind: One of KINDS.
        count: Number of photos.
        seed: Seed of the random generator.
    """
    return [
        _line_photo(kind, EFFECTS[index % len(EFFECTS)], np.random.default_rng([seed, index]))
        for index in range(count)
    ]


def _line_photo(kind: str, effect: str, rng: Generator) -> tuple[str, GreyPicture]:
    if kind == "numbers":
        text = str(rng.integers(10 ** rng.integers(1, 7), 10**7))[: int(rng.integers(2, 8))]
    else:
        text = "\n".join(lines.random_text(rng) for _ in range(2 if kind == "two lines" else 1))
    effects = photos.effects_of(effect, rng)
    shape = int(rng.integers(300, 481)), int(rng.integers(400, 641))
    ink = _ink(lines.write_text(text, rng), shape, effects, rng)
    return text, photos.photograph(ink, effects, rng)


def _ink(
    strokes: Sequence[Stroke], shape: tuple[int, int], effects: set[str], rng: Generator
) -> Plane:
    """Draw strokes near the middle of a sheet, turned a little. 0 is paper, 1 is ink."""
    angle = rng.uniform(-1, 1) * TILT / 5
    if "rotated" in effects:
        angle = rng.choice((-1, 1)) * rng.uniform(0.4, 1) * TILT
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned = [np.array(stroke) @ turn for stroke in strokes]
    every = np.concatenate(turned)
    low, high = every.min(0), every.max(0)
    room = np.array(shape[::-1]) * rng.uniform(0.55, 0.85)
    scale = min(*(room / np.maximum(high - low, 0.1)), 0.45 * min(shape))
    pen = rng.uniform(0.06, 0.09)
    if "fine pen" in effects:
        pen = rng.uniform(0.03, 0.045)
    if "marker" in effects:
        pen = rng.uniform(0.11, 0.15)
    radius = max(pen * scale / 2, 0.7)
    origin = np.array(shape[::-1]) / 2 + rng.uniform(-0.04, 0.04, 2) * shape[::-1]
    placed = [(stroke - (low + high) / 2) * scale + origin for stroke in turned]
    distances = np.full(shape, np.inf)
    for stroke in placed:
        for start, end in pairwise(stroke) if len(stroke) > 1 else [(stroke[0], stroke[0])]:
            _update_distances(distances, start, end, radius + 1)
    ink: Plane = np.clip(radius + 0.5 - distances, 0, 1)
    return ink


def _update_distances(distances: Plane, start: Plane, end: Plane, reach: float) -> None:
    """Lower the distances of the pixels that are nearer to this segment than before."""
    (left, top), (right, bottom) = np.minimum(start, end) - reach, np.maximum(start, end) + reach
    rows = slice(max(int(top), 0), max(int(bottom) + 2, 0))
    columns = slice(max(int(left), 0), max(int(right) + 2, 0))
    part = distances[rows, columns]
    if not part.size:
        return
    y, x = np.indices(part.shape)
    dx, dy = x + columns.start + 0.5 - start[0], y + rows.start + 0.5 - start[1]
    (along_x, along_y), squared = end - start, ((end - start) ** 2).sum()
    along = np.clip((dx * along_x + dy * along_y) / max(squared, 1e-9), 0, 1)
    np.minimum(part, np.hypot(dx - along * along_x, dy - along * along_y), out=part)
