"""Measure two groups of strokes row by row: how deeply they overlap, or how far apart they are.

The unit is the height of the tallest stroke, which is cut into ROWS rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digits.drawing.ink import Box, Point, Stroke

type _Span = tuple[float, float]

ROWS = 32
"""Rows of the tallest stroke. Sideways distances are measured in each."""
THICKNESS = 2
"""How many rows the ink of a line covers above and below it."""
PEN = THICKNESS / ROWS
"""How much a line's thickness adds to its length and width."""
REACH = 10
"""Ink that is more rows apart counts as infinitely far."""
FLAT = 2
"""The height of a stroke counts as at least its width divided by this: a bar alone has none."""
MIN_COINCIDENCE = 0.6
"""Lines that coincide in a smaller share of their rows merely cross."""


@dataclass(frozen=True, eq=False)
class Group:
    """Strokes that belong together.

    Attributes:
        strokes: Their indices.
        box: Around all of them.
        rows: The left and right end of their ink in each row.

    """

    strokes: tuple[int, ...]
    box: Box
    rows: dict[int, _Span]

    def join(self, other: Group) -> Group:
        """Return the group of both."""
        (left, top, right, bottom), box = self.box, other.box
        rows = dict(self.rows)
        for row, (start, end) in other.rows.items():
            _extend(rows, row, start, end)
        return Group(
            self.strokes + other.strokes,
            (min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])),
            rows,
        )


def groups_of_one(strokes: Sequence[Stroke]) -> list[Group]:
    """Return a group for each stroke, sorted by position: ties are then always decided alike."""
    if not strokes:
        return []
    left, top, right, bottom = box_around(strokes)
    boxes = [box_around([stroke]) for stroke in strokes]
    tallest = max(max(box[3] - box[1], (box[2] - box[0]) / FLAT) for box in boxes)
    unit = tallest or max(right - left, bottom - top) or 1.0  # dots alone have no height
    groups = []
    for index, stroke in enumerate(strokes):
        placed = [((x - left) / unit, (y - top) / unit) for x, y in stroke]
        groups.append(Group((index,), box_around([placed]), _rows(placed)))
    return sorted(groups, key=lambda group: group.box)


def _rows(stroke: Sequence[Point]) -> dict[int, _Span]:
    rows: dict[int, _Span] = {}
    for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
        for row, x in _crossings(start, end):
            _extend(rows, row, x, x)
    return rows


def _crossings(start: Point, end: Point) -> Iterator[tuple[int, float]]:
    """Yield the rows that a line crosses, each with the x where it enters and where it leaves."""
    (ax, ay), (bx, by) = sorted((start, end), key=lambda point: point[1])
    first, last = math.floor(ay * ROWS), math.floor(by * ROWS)
    yield first, ax
    for border in range(first + 1, last + 1):
        x = ax + (bx - ax) * (border / ROWS - ay) / (by - ay)
        yield border - 1, x
        yield border, x
    yield last, bx


def _extend(rows: dict[int, _Span], row: int, left: float, right: float) -> None:
    old_left, old_right = rows.get(row, (left, right))
    rows[row] = min(left, old_left), max(right, old_right)


def depth(a: Group, b: Group) -> float:
    """Return how far one group must move sideways to be free of the other.

    If they do not overlap, return their distance as a negative number.
    """
    if max(a.box[0], b.box[0]) - min(a.box[2], b.box[2]) > REACH / ROWS:
        return -math.inf
    to_left = to_right = math.inf
    for _, (left, right), (other_left, other_right) in _near(a, b, THICKNESS):
        to_left = min(to_left, other_left - right)
        to_right = min(to_right, left - other_right)
    free = max(to_left, to_right)
    return -free if free <= 0 else -_distance(a, b)


def coincidence(a: Group, b: Group) -> float:
    """Return how far one group lies on top of the other: 0 up to MIN_COINCIDENCE, 1 in all rows."""
    on = sum(
        max(left, other_left) - min(right, other_right) <= PEN
        for rows, (left, right), (other_left, other_right) in _near(a, b, 0)
    )
    return max(on / min(len(a.rows), len(b.rows)) - MIN_COINCIDENCE, 0.0) / (1 - MIN_COINCIDENCE)


def _distance(a: Group, b: Group) -> float:
    """Return the distance between the ink of two groups, inf beyond REACH rows."""
    distance = math.inf
    for rows, (left, right), (other_left, other_right) in _near(a, b, REACH):
        aside = max(left - other_right, other_left - right, 0.0)
        distance = min(distance, math.hypot(aside, max(rows - THICKNESS, 0) / ROWS))
    return distance


def _near(a: Group, b: Group, reach: int) -> Iterator[tuple[int, _Span, _Span]]:
    """Yield pairs of rows within reach: how many rows apart they are, and the ink of both."""
    for row, span in a.rows.items():
        for near in range(row - reach, row + reach + 1):
            if near in b.rows:
                yield abs(near - row), span, b.rows[near]
