"""Measure how far the lines of a picture are tilted, from where its symbols stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box

MAX_TILT = math.radians(20)
"""If the lines seem to be tilted further, the symbols do not form lines: the tilt counts as 0."""
MIN_TILT = math.radians(2)
"""A smaller tilt counts as 0: it does not matter."""
CLEAR = 2.0
"""A tilt counts if it is more than this many times as large as its standard error."""
TALL = 0.6
"""Only symbols with this fraction of the tallest one's height count: smaller ones may stand far
above or below the middle of the line."""
OFFSET_DEVIATION = 0.12
"""The standard deviation of the distance of a tall symbol's middle from the middle of the line, in
heights of the tallest symbol."""


def tilt_of(boxes: Sequence[Box]) -> float:
    """Return the angle of the lines in radians: positive if they fall to the right.

    Return 0 if the angle is unclear, less than MIN_TILT or more than MAX_TILT.

    The angle is that of parallel lines which fit the middles of the tall symbols best, by least
    squares. Digits stand at slightly different heights: if there are few digits, the angle is
    unclear.

    Args:
        boxes: The boxes of the symbols; y points down.

    """
    tallest = max((bottom - top for _, top, _, bottom in boxes), default=0.0)
    tall = [box for box in boxes if box[3] - box[1] >= TALL * tallest]
    products = squares = 0.0
    for indices in lines_of(tall):
        xs = [(tall[index][0] + tall[index][2]) / 2 for index in indices]
        ys = [(tall[index][1] + tall[index][3]) / 2 for index in indices]
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        products += sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
        squares += sum((x - mean_x) ** 2 for x in xs)
    if not squares:
        return 0.0
    tilt = math.atan(products / squares)
    error = OFFSET_DEVIATION * tallest / math.sqrt(squares)
    is_clear = MIN_TILT < abs(tilt) < MAX_TILT and abs(tilt) > CLEAR * error
    return tilt if is_clear else 0.0
