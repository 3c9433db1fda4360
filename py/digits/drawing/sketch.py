"""A small picture of a drawing, as the path data of an SVG image of 100 x 100 units."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Point, Stroke

SIDE = 100
"""The side of the picture."""
TOLERANCE = 0.8
"""Points that are nearer than this to a straight line are left out."""
MAX_LENGTH = 2_000
"""A longer path is not a small picture any more: the sketch is then empty."""

_PATH = re.compile(r"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})+)+")


def sketch_of(strokes: Sequence[Stroke]) -> str:
    """Return a sketch of a drawing; "" if there are no strokes, or far too many."""
    if not strokes:
        return ""
    left, top, right, bottom = box_around(strokes)
    longer = max(right - left, bottom - top)
    scale = SIDE / longer if longer else 0.0
    dx, dy = (SIDE - (right - left) * scale) / 2, (SIDE - (bottom - top) * scale) / 2
    path = ""
    for stroke in strokes:
        placed = [((x - left) * scale + dx, (y - top) * scale + dy) for x, y in stroke]
        points = [f"{round(x)} {round(y)}" for x, y in simplified(placed, TOLERANCE)]
        path += f"M{points[0]}" + "".join(f"L{point}" for point in points[1:] or points)
    return path if len(path) <= MAX_LENGTH else ""


def is_sketch(text: str) -> bool:
    """Return whether a text is a sketch, or empty."""
    return len(text) <= MAX_LENGTH and (not text or bool(_PATH.fullmatch(text)))


def simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return fewer points of a line (D. H. Douglas and T. K. Peucker, 1973).

    Args:
        points: The points, at least one.
        tolerance: Points that are nearer than this to a straight line are left out.

    """
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        farthest = max(between, key=lambda i: _distance(points, first, last, i), default=None)
        if farthest is not None and _distance(points, first, last, farthest) > tolerance:
            kept.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    return [points[index] for index in sorted(kept)]


def _distance(points: Sequence[Point], first: int, last: int, index: int) -> float:
    """Return the distance of a point from the line between two others."""
    (ax, ay), (bx, by), (x, y) = points[first], points[last], points[index]
    length = math.dist((ax, ay), (bx, by))
    if not length:
        return math.dist((ax, ay), (x, y))
    return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
