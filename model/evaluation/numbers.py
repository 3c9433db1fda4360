"""Numbers for measuring: single drawn digits, put side by side as one writer would.

Nobody has written these numbers: their digits are given, their spacing is drawn at random. All
lengths are in heights of a digit of middle size, y down, the base line at 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke

SIZE = 0.15
"""A digit's height differs from 1 by up to this."""
BASE = 0.08
"""A digit's foot is off the line by up to this."""
SLOPE = 4.0
"""Degrees by which the line rises or falls, at most."""
GAP = 0.25
"""The middle distance between the ink of neighbours, along the rows that both have ink in."""
SPREAD = 0.35
"""How far the logarithm of the gap spreads: once for the writer, and once more for each gap."""
TOUCH = 0.03
"""The least gap. Ink has a thickness: here the neighbours nearly touch."""
INTERLOCK = 0.15
"""How far the boxes of two neighbours may overlap, where the shapes leave room for it."""

_ROW = 0.04
_REST = 2
"""Rows above and below ink that its neighbour stays away from as well."""
_ROWS = 50
_BASE_ROW = 40
"""The row that the base line is at. Rows run along the line, also where it rises."""


def compose(
    drawings: Sequence[tuple[str, list[Stroke]]], count: int, length: int, seed: int
) -> list[tuple[str, list[Stroke]]]:
    """Make `count` numbers of `length` digits: the label of each, and its strokes left to right.

    drawings: the digits to choose from, each a label and strokes at any scale. The same arguments
    give the same numbers. Raises ValueError if there is no drawing, or one has no ink.
    """
    if not drawings:
        raise ValueError("no digits to compose numbers of")
    chance = np.random.default_rng(seed)
    numbers = []
    for _ in range(count):
        chosen = [drawings[index] for index in chance.integers(len(drawings), size=length)]
        line = write([strokes for _, strokes in chosen], chance)
        label = "".join(label for label, _ in chosen)
        numbers.append((label, [stroke for digit in line for stroke in digit]))
    return numbers


def write(digits: Sequence[list[Stroke]], chance: np.random.Generator) -> list[list[Stroke]]:
    """Write digits on one line; give the strokes of each where they have come to lie."""
    spacing = math.log(GAP) + chance.normal(0, SPREAD)
    slope = math.tan(math.radians(chance.uniform(-SLOPE, SLOPE)))
    line: list[list[Stroke]] = []
    ink, end = np.full(_ROWS, -np.inf), 0.0
    for digit in digits:
        height, down = chance.uniform(1 - SIZE, 1 + SIZE), chance.uniform(-BASE, BASE)
        gap = max(math.exp(spacing + chance.normal(0, SPREAD)), TOUCH)
        strokes = _moved(_scaled(digit, height), 0, down)
        left, right = _edges(strokes)
        far = max(float((_widened(ink) - left).max()) + gap, end - INTERLOCK)
        line.append(_moved(strokes, far, far * slope))
        ink = np.maximum(ink, right + far)
        end = float(ink.max())
    return line


def _scaled(strokes: list[Stroke], height: float) -> list[Stroke]:
    """Put a digit's foot at 0 and its left edge too, and give it a height; a dash stays flat."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    scale = height / (max(max(ys) - min(ys), (max(xs) - min(xs)) / 2) or 1.0)
    left, foot = min(xs), max(ys)
    return [[((x - left) * scale, (y - foot) * scale) for x, y in stroke] for stroke in strokes]


def _moved(strokes: list[Stroke], right: float, down: float) -> list[Stroke]:
    return [[(x + right, y + down) for x, y in stroke] for stroke in strokes]


def _edges(strokes: list[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    """Give where the ink of each row begins, and where it ends; inf and -inf where is none."""
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
    """Let the ink that ends in a row count in the rows near it too."""
    padded = np.pad(ink, _REST, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _REST + 1).max(axis=1)
