"""Measure how far strokes lean, and how straight they are, by their moments.

The moments are those of a thin, even line of ink, so the speed of the pen does not change them.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Point, Stroke


class Lean(NamedTuple):
    """How strokes lean.

    Attributes:
        slant: Movement to the right for each unit of height, along the line that fits best.
        bend: Root mean square distance sideways from that line, as a multiple of the root mean
            square distance in height from the middle. 0 for a straight stroke; infinite for a flat
            one.

    """

    slant: float
    bend: float


MIN_HEIGHT = 1e-9
"""Strokes are flat if their squared deviation in height is at most this fraction of that
sideways."""
NO_LEAN = Lean(0.0, math.inf)
"""The lean of a dot or a flat line, which has no height."""


def lean_of(strokes: Sequence[Stroke]) -> Lean:
    """Return how strokes lean. y increases downwards."""
    segments = [pair for stroke in strokes for pair in pairwise(stroke)]
    return _lean([(*start, *end, math.dist(start, end)) for start, end in segments])


def lean_of_points(points: Sequence[Point]) -> Lean:
    """Return how points lean that are spread evenly along lines. y increases downwards."""
    return _lean([(*point, *point, 1.0) for point in points])


def _lean(segments: Sequence[tuple[float, float, float, float, float]]) -> Lean:
    """Return how segments lean. segments: x and y of both ends, and the weight of each."""
    length = math.fsum(weight for *_, weight in segments)
    if not length:
        return NO_LEAN
    # Seen from the middle of the ends, coordinates are small, and so are rounding errors.
    (start_x, start_y, *_), (_, _, end_x, end_y, _) = segments[0], segments[-1]
    origin_x, origin_y = (start_x + end_x) / 2, (start_y + end_y) / 2
    sum_x = sum_y = xx = xy = yy = 0.0
    for ax, ay, bx, by, weight in segments:
        dx, dy = bx - ax, by - ay
        x, y = (ax + bx) / 2 - origin_x, (ay + by) / 2 - origin_y
        sum_x += weight * x
        sum_y += weight * y
        # A segment's moments about its own middle are those of an even line.
        xx += weight * (x * x + dx * dx / 12)
        xy += weight * (x * y + dx * dy / 12)
        yy += weight * (y * y + dy * dy / 12)
    xx -= sum_x * sum_x / length
    xy -= sum_x * sum_y / length
    yy -= sum_y * sum_y / length
    if not yy > MIN_HEIGHT * xx:
        return NO_LEAN
    return Lean(-xy / yy, math.sqrt(max(xx - xy * xy / yy, 0.0) / yy))
