"""A drawing of each digit, and neatly written lines of digits and signs.

Points are (x, y) from the sheet's top left corner, in fractions of the sheet's side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.writing.hand import Hand

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWN_DIGITS: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0.5, 0.2), (0.34, 0.3), (0.3, 0.5), (0.35, 0.7), (0.5, 0.8), (0.65, 0.7), (0.7, 0.5),
           (0.66, 0.3), (0.5, 0.2)]],
    "1": [[(0.52, 0.2), (0.5, 0.8)]],
    "2": [[(0.32, 0.35), (0.38, 0.24), (0.5, 0.2), (0.64, 0.27), (0.65, 0.4), (0.5, 0.6),
           (0.3, 0.78), (0.5, 0.77), (0.7, 0.78)]],
    "3": [[(0.33, 0.25), (0.5, 0.2), (0.63, 0.28), (0.62, 0.4), (0.48, 0.47), (0.63, 0.55),
           (0.66, 0.68), (0.52, 0.8), (0.33, 0.74)]],
    "4": [[(0.42, 0.2), (0.3, 0.55), (0.68, 0.55)], [(0.6, 0.3), (0.58, 0.8)]],
    "5": [[(0.64, 0.21), (0.4, 0.21), (0.37, 0.45), (0.53, 0.42), (0.65, 0.54), (0.62, 0.72),
           (0.48, 0.8), (0.34, 0.75)]],
    "6": [[(0.6, 0.2), (0.42, 0.38), (0.35, 0.6), (0.42, 0.77), (0.56, 0.79), (0.64, 0.66),
           (0.55, 0.54), (0.38, 0.6)]],
    "7": [[(0.3, 0.22), (0.68, 0.2), (0.44, 0.8)], [(0.36, 0.5), (0.63, 0.49)]],
    "8": [[(0.5, 0.48), (0.36, 0.38), (0.38, 0.25), (0.5, 0.2), (0.62, 0.25), (0.63, 0.37),
           (0.5, 0.48), (0.35, 0.6), (0.36, 0.74), (0.5, 0.8), (0.64, 0.74), (0.65, 0.6),
           (0.5, 0.48)]],
    "9": [[(0.62, 0.32), (0.5, 0.2), (0.37, 0.3), (0.42, 0.45), (0.57, 0.42), (0.62, 0.3),
           (0.6, 0.55), (0.55, 0.8)]],
}  # fmt: skip
SLASH = [(0.9, -0.5), (0.45, 0.0), (0.0, 0.5)]
"""A slash that no one takes for a 1, in heights of a digit; y is 0 in the middle of the line."""
DOT_FOR_TIMES = "·"
"""In a text to write: a multiplication sign that is written as a dot at half height."""
GAP = 0.35
"""The gap between two symbols, in heights of a digit."""
LINE_DISTANCE = 1.9
"""The distance between the middles of two lines, in heights of a digit."""
POINT_DISTANCE = 0.2
"""The minimum distance between two points, in heights of a digit, so that a pointer draws them with
few events. The last point of a stroke may be closer to the one before."""


def write_neatly(
    text: str, height: float = 0.13, left: float = 0.06, top: float = 0.3
) -> list[list[tuple[float, float]]]:
    """Return the strokes of a text in the template hand of the page's own results.

    A symbol has the same shape in each run, and does not resemble another symbol, so that every
    good model reads it.

    Args:
        text: One or more lines of digits, signs and DOT_FOR_TIMES.
        height: The height of a digit, in fractions of the sheet's side.
        left: The left end of the lines.
        top: The upper end of the digits of the first line.
    """
    strokes: list[list[tuple[float, float]]] = []
    for number, line in enumerate(text.split("\n")):
        right, middle = -GAP, 0.5 + number * LINE_DISTANCE
        for symbol in line:
            drawn = _symbol(symbol)
            start = right + GAP - min(x for stroke in drawn for x, _ in stroke)
            moved = [[(x + start, y + middle) for x, y in stroke] for stroke in drawn]
            right = max(x for stroke in moved for x, _ in stroke)
            strokes += moved
    return [[(left + x * height, top + y * height) for x, y in stroke] for stroke in strokes]


def _symbol(symbol: str) -> list[list[tuple[float, float]]]:
    """Return the strokes of a symbol, in heights of a digit, with few points."""
    if symbol == "/":
        return [SLASH]
    if symbol == DOT_FOR_TIMES:
        return [[(x, y - 0.5) for x, y in stroke] for stroke in Hand().write(".")]
    return [_thinned(stroke) for stroke in Hand().write(symbol)]


def _thinned(stroke: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a stroke without the points that are closer than POINT_DISTANCE to the one before."""
    thinned = [stroke[0]]
    for point in stroke[1:]:
        if math.dist(point, thinned[-1]) >= POINT_DISTANCE:
            thinned.append(point)
    if thinned[-1] != stroke[-1]:
        thinned.append(stroke[-1])
    return thinned
