"""Numbers for evaluation, composed of single drawn digits with random sizes and spacing.

All lengths are in units of the mean height of a digit; y points down, and the base line is at 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke

SIZE = 0.15
"""Largest deviation of a digit's height from 1."""
BASE = 0.08
"""Largest deviation of a digit's foot from the base line."""
SLOPE = 4.0
"""Largest slope of the base line, in degrees."""
GAP = 0.25
"""Median gap between the ink of neighbours, measured along rows where both have ink."""
SPREAD = 0.35
"""Standard deviation of the logarithm of the gap, among writers and again within a number."""
TOUCH = 0.03
"""Smallest gap; since ink has a thickness, neighbours almost touch at this gap."""
INTERLOCK = 0.15
"""Largest overlap of the boxes of two neighbours, where their shapes allow it."""

_ROW = 0.04
"""Height of a row. Rows are parallel to the base line, also where it slopes."""
_MARGIN = 2
"""Rows above and below a stroke that its neighbour avoids as well."""
_ROWS = 50
_BASE_ROW = 40
"""Index of the row at the base line."""


def compose(
    drawings: Sequence[tuple[str, list[Stroke]]], count: int, length: int, seed: int
) -> list[tuple[str, list[Stroke]]]:
    """Compose numbers of randomly chosen digits; the same arguments give the same numbers.

    Args:
        drawings: Digits to choose from, each a label and strokes at any scale.
        count: How many numbers.
        length: Digits in each number.
        seed: Seed of the random generator.

    Returns:
        The label of each number, and its strokes from left to right.

    Raises:
        ValueError: There are no drawings, or a drawing has no ink.
    """
    if not drawings:
        raise ValueError("no digits to compose numbers of")
    rng = np.random.default_rng(seed)
    numbers = []
    for _ in range(count):
        chosen = [drawings[index] for index in rng.integers(len(drawings), size=length)]
        line = write([strokes for _, strokes in chosen], rng)
        label = "".join(label for label, _ in chosen)
        numbers.append((label, [stroke for digit in line for stroke in digit]))
    return numbers


def write(digits: Sequence[list[Stroke]], rng: np.random.Generator) -> list[list[Stroke]]:
    """Place digits on one line; return the strokes of each digit at its place."""
    spacing = math.log(GAP) + rng.normal(0, SPREAD)
    slope = math.tan(math.radians(rng.uniform(-SLOPE, SLOPE)))
    line: list[list[Stroke]] = []
    ink, end = np.full(_ROWS, -np.inf), 0.0
    for digit in digits:
        height, down = rng.uniform(1 - SIZE, 1 + SIZE), rng.uniform(-BASE, BASE)
        gap = max(math.exp(spacing + rng.normal(0, SPREAD)), TOUCH)
        strokes = _moved(_scaled(digit, height), 0, down)
        left, right = _edges(strokes)
        far = max(float((_widened(ink) - left).max()) + gap, end - INTERLOCK)
        line.append(_moved(strokes, far, far * slope))
        ink = np.maximum(ink, right + far)
        end = float(ink.max())
    return line


def _scaled(strokes: list[Stroke], height: float) -> list[Stroke]:
    """Scale a digit to a height and move its left lower corner to (0, 0); a dash stays flat."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    scale = height / (max(max(ys) - min(ys), (max(xs) - min(xs)) / 2) or 1.0)
    left, foot = min(xs), max(ys)
    return [[((x - left) * scale, (y - foot) * scale) for x, y in stroke] for stroke in strokes]


def _moved(strokes: list[Stroke], right: float, down: float) -> list[Stroke]:
    return [[(x + right, y + down) for x, y in stroke] for stroke in strokes]


def _edges(strokes: list[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    """Return the left and right end of the ink in each row; inf and -inf in empty rows."""
    left, right = np.full(_ROWS, np.inf), np.full(_ROWS, -np.inf)
    for stroke in strokes:
        for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
            steps = 2 + math.ceil(2 * math.dist(start, end) / _ROW)
            xs, ys = np.linspace(start, end, steps).T
            rows = np.floor(ys / _ROW).astype(int) + _BASE_ROW
            np.minimum.at(left, rows, xs)
            np.maximum.at(right, rows, xs)
    return left, right


def _widened(ink: np.ndarray) -> np.ndarray:
    """Return for each row the rightmost ink within _MARGIN rows."""
    padded = np.pad(ink, _MARGIN, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _MARGIN + 1).max(axis=1)
