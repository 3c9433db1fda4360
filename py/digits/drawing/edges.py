"""The sheet's edges: what is on it, and what of a line is."""

from __future__ import annotations

type Point = tuple[float, float]
"""x and y in sheet sides: (0, 0) is the top left corner, (1, 1) the bottom right one."""


def on_sheet(point: Point) -> bool:
    """Tell whether a point is on the sheet."""
    return 0 <= point[0] <= 1 and 0 <= point[1] <= 1


def clip(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Cut the segment from a to b to the sheet (Liang and Barsky, 1984)."""
    enter, leave = 0.0, 1.0
    for start, end in zip(a, b, strict=True):
        delta = end - start
        if delta == 0:
            if not 0 <= start <= 1:
                return None
            continue
        near, far = sorted(((0 - start) / delta, (1 - start) / delta))
        enter, leave = max(enter, near), min(leave, far)
    if enter > leave:
        return None
    return _between(a, b, enter), _between(a, b, leave)


def _between(a: Point, b: Point, part: float) -> Point:
    x, y = b if part == 1 else (p + (q - p) * part for p, q in zip(a, b, strict=True))
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
