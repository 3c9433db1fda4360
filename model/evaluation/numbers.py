"""Compose numbers from single drawn digits, with random sizes and gaps.

The unit of length is the mean height of a digit. y points down, and the baseline is at 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke

MAX_SIZE_CHANGE = 0.15
"""Largest difference between the height of a digit and 1."""
MAX_BASELINE_OFFSET = 0.08
"""Largest distance between the lower end of a digit and the baseline."""
MAX_SLOPE = 4.0
"""Largest slope of the baseline, in degrees."""
MEDIAN_GAP = 0.25
"""Median gap between a digit and the digits before it.

In each row, the distance is measured from the right end of the earlier ink, in this row and in the
_MARGIN rows above and below it, to the left end of the digit's ink. The gap is the smallest of
these distances. Ink is here the centre line of a stroke: the drawn stroke is wider, so neighbouring
digits can touch.
"""
GAP_LOG_STDDEV = 0.35
"""Standard deviation of the logarithm of a gap.

Each number has a typical gap, which is chosen around MEDIAN_GAP. Each gap in the number is chosen
around the typical gap. Both choices have this standard deviation.
"""
MIN_GAP = 0.03
"""Smallest gap that is chosen, measured as for MEDIAN_GAP."""
MAX_BOX_OVERLAP = 0.15
"""Largest overlap of the bounding boxes of two neighbours."""

_ROW_HEIGHT = 0.04
"""Gaps are measured in rows of this height, which are parallel to the baseline."""
_MARGIN = 2
"""Number of rows above and below a stroke in which the gap to the next digit is kept, too."""
_ROWS, _BASELINE_ROW = 50, 40
"""The number of rows, and the index of the first row below the baseline. The rows are enough for
digits of all heights."""


def compose(
    drawings: Sequence[tuple[str, list[Stroke]]], count: int, length: int, seed: int
) -> list[tuple[str, list[Stroke]]]:
    """Compose numbers from randomly chosen digits. The same arguments give the same numbers.

    Args:
        drawings: Digits to choose from: pairs of a label and strokes, which can have any scale.
        count: How many numbers to compose.
        length: Number of digits in each number.
        seed: Seed of the random generator.

    Returns:
        The label of each number, and its strokes from left to right.

    Raises:
        ValueError: There are no drawings, or a drawing has no ink.
    """
    if not drawings:
        raise ValueError("no digits to compose numbers from")
    rng = np.random.default_rng(seed)
    numbers = []
    for _ in range(count):
        chosen = [drawings[index] for index in rng.integers(len(drawings), size=length)]
        line = place_digits([strokes for _, strokes in chosen], rng)
        label = "".join(label for label, _ in chosen)
        numbers.append((label, [stroke for digit in line for stroke in digit]))
    return numbers


def place_digits(digits: Sequence[list[Stroke]], rng: np.random.Generator) -> list[list[Stroke]]:
    """Scale digits and place them side by side; return the strokes of each placed digit."""
    log_gap = math.log(MEDIAN_GAP) + rng.normal(0, GAP_LOG_STDDEV)
    slope = math.tan(math.radians(rng.uniform(-MAX_SLOPE, MAX_SLOPE)))
    line: list[list[Stroke]] = []
    ink_ends, line_end = np.full(_ROWS, -np.inf), 0.0
    for digit in digits:
        height = rng.uniform(1 - MAX_SIZE_CHANGE, 1 + MAX_SIZE_CHANGE)
        offset = rng.uniform(-MAX_BASELINE_OFFSET, MAX_BASELINE_OFFSET)
        gap = max(math.exp(log_gap + rng.normal(0, GAP_LOG_STDDEV)), MIN_GAP)
        strokes = _moved(_scaled(digit, height), 0, offset)
        left, right = _edges(strokes)
        x = max(float((_with_margin(ink_ends) - left).max()) + gap, line_end - MAX_BOX_OVERLAP)
        line.append(_moved(strokes, x, x * slope))
        ink_ends = np.maximum(ink_ends, right + x)
        line_end = float(ink_ends.max())
    return line


def _scaled(strokes: list[Stroke], height: float) -> list[Stroke]:
    """Scale a digit to a height, and move its lower left corner to (0, 0).

    A digit that is much wider than high, such as a dash, is scaled to a width of twice the height.
    """
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    scale = height / (max(max(ys) - min(ys), (max(xs) - min(xs)) / 2) or 1.0)
    left, bottom = min(xs), max(ys)
    return [[((x - left) * scale, (y - bottom) * scale) for x, y in stroke] for stroke in strokes]


def _moved(strokes: list[Stroke], dx: float, dy: float) -> list[Stroke]:
    return [[(x + dx, y + dy) for x, y in stroke] for stroke in strokes]


def _edges(strokes: list[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    """Return the left and the right end of the ink in each row; inf and -inf in empty rows."""
    left, right = np.full(_ROWS, np.inf), np.full(_ROWS, -np.inf)
    for stroke in strokes:
        for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
            steps = 2 + math.ceil(2 * math.dist(start, end) / _ROW_HEIGHT)
            xs, ys = np.linspace(start, end, steps).T
            rows = np.floor(ys / _ROW_HEIGHT).astype(int) + _BASELINE_ROW
            np.minimum.at(left, rows, xs)
            np.maximum.at(right, rows, xs)
    return left, right


def _with_margin(ink_ends: np.ndarray) -> np.ndarray:
    """Return for each row the right end of the ink in this row and _MARGIN rows on both sides."""
    padded = np.pad(ink_ends, _MARGIN, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _MARGIN + 1).max(axis=1)
