"""Measure row by row how deeply two groups of strokes overlap, or how far apart they are.

The unit of length is the height of the tallest stroke or component, unless the caller chooses
another. It is divided into ROWS rows.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digits.drawing.ink import Box, Point, Stroke

type _Span = tuple[float, float]
"""The left and the right end of ink in a row."""

ROWS = 32
"""The number of rows in a unit of length."""
LINE_ROWS = 2
"""The thickness of a line in rows. Points at most this many rows apart lie in lines that touch."""
LINE_THICKNESS = LINE_ROWS / ROWS
"""The thickness of a line in units of length."""
MAX_ROWS_APART = 10
"""Groups that are more than this many rows apart count as infinitely far apart."""
MAX_ASPECT_RATIO = 2
"""When the unit of length is computed, a stroke counts as at least as high as its width divided by
this, because a flat bar has almost no height of its own."""
MAX_REMEMBERED = 256
"""The maximum number of groups in each cache: that of single strokes, and that of joined groups."""
MIN_COINCIDENCE = 0.6
"""Groups that coincide in at most this fraction of the rows have a coincidence of 0."""


@dataclass(frozen=True, eq=False)
class Group:
    """Strokes, or components of ink, that belong together. Groups are compared by identity.

    Attributes:
        box: The box around all of them, in the unit of length.
        rows: The left and the right end of the ink, by the number of the row.

    """

    box: Box
    rows: dict[int, _Span]


@lru_cache(maxsize=MAX_REMEMBERED)
def join(a: Group, b: Group) -> Group:
    """Return a group with the strokes of both groups."""
    (left, top, right, bottom), box = a.box, b.box
    rows = dict(a.rows)
    for row, (start, end) in b.rows.items():
        _extend(rows, row, start, end)
    return Group(
        (min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])), rows
    )


def one_group_each(strokes: Sequence[Stroke]) -> list[Group]:
    """Return a group for each stroke, in the same order.

    Groups are cached, because measuring strokes takes long. A stroke has the same group as in an
    earlier call if neither the stroke, nor the unit of length, nor the top or the left end of the
    drawing has changed.
    """
    if not strokes:
        return []
    left, top, right, bottom = box_around(strokes)
    boxes = [box_around([stroke]) for stroke in strokes]
    tallest = max(max(box[3] - box[1], (box[2] - box[0]) / MAX_ASPECT_RATIO) for box in boxes)
    unit = tallest or max(right - left, bottom - top) or 1.0  # if all strokes are dots
    seen: Counter[tuple[Point, ...]] = Counter()
    groups = []
    for stroke in strokes:
        points = tuple(stroke)
        groups.append(_group_of(points, (left, top), unit, seen[points]))
        seen[points] += 1
    return groups


@lru_cache(maxsize=MAX_REMEMBERED)
def _group_of(points: tuple[Point, ...], origin: Point, unit: float, _copy: int) -> Group:
    """Return the group of a stroke, from the cache if possible.

    Args:
        points: The points of the stroke.
        origin: The left and the top end of the drawing.
        unit: The unit of length.
        _copy: How many equal strokes were drawn before. Each of them needs a group of its own.

    """
    left, top = origin
    placed = [((x - left) / unit, (y - top) / unit) for x, y in points]
    return Group(box_around([placed]), _rows(placed))


def _rows(stroke: Sequence[Point]) -> dict[int, _Span]:
    """Return the left and the right end of a stroke in each row."""
    rows: dict[int, _Span] = {}
    for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
        for row, x in _crossings(start, end):
            _extend(rows, row, x, x)
    return rows


def _crossings(start: Point, end: Point) -> Iterator[tuple[int, float]]:
    """Yield (row, x) for each place where a line enters or leaves a row."""
    (ax, ay), (bx, by) = sorted((start, end), key=lambda point: point[1])
    first, last = math.floor(ay * ROWS), math.floor(by * ROWS)
    yield first, ax
    for border in range(first + 1, last + 1):
        x = ax + (bx - ax) * (border / ROWS - ay) / (by - ay)
        yield border - 1, x
        yield border, x
    yield last, bx


def _extend(rows: dict[int, _Span], row: int, left: float, right: float) -> None:
    """Extend the span of a row so that it contains `left` and `right`."""
    old_left, old_right = rows.get(row, (left, right))
    rows[row] = min(left, old_left), max(right, old_right)


def depth(a: Group, b: Group) -> float:
    """Return how far one group must move sideways until the two do not overlap.

    If the groups do not overlap, return minus their distance; -inf if they are far apart.
    """
    if max(a.box[0], b.box[0]) - min(a.box[2], b.box[2]) > MAX_ROWS_APART / ROWS:
        return -math.inf
    # The smallest gap of all rows if `a` is on the left of `b`, and if it is on the right. A
    # negative gap is an overlap.
    gap_if_left = gap_if_right = math.inf
    for _, (left, right), (other_left, other_right) in _near(a, b, LINE_ROWS):
        gap_if_left = min(gap_if_left, other_left - right)
        gap_if_right = min(gap_if_right, left - other_right)
    gap = max(gap_if_left, gap_if_right)
    return -gap if gap <= 0 else -_distance(a, b)


def coincidence(a: Group, b: Group) -> float:
    """Return how much two groups coincide: 1 if they coincide in all rows of the shorter group.

    Two groups coincide in a row if their lines touch there. If they coincide in a fraction of at
    most MIN_COINCIDENCE of the rows, the result is 0.
    """
    coinciding = sum(
        max(left, other_left) - min(right, other_right) <= LINE_THICKNESS
        for rows, (left, right), (other_left, other_right) in _near(a, b, 0)
    )
    fraction = coinciding / min(len(a.rows), len(b.rows))
    return max(fraction - MIN_COINCIDENCE, 0.0) / (1 - MIN_COINCIDENCE)


def _distance(a: Group, b: Group) -> float:
    """Return the distance between the ink of two groups; inf if over MAX_ROWS_APART rows."""
    distance = math.inf
    for rows, (left, right), (other_left, other_right) in _near(a, b, MAX_ROWS_APART):
        sideways = max(left - other_right, other_left - right, 0.0)
        distance = min(distance, math.hypot(sideways, max(rows - LINE_ROWS, 0) / ROWS))
    return distance


def _near(a: Group, b: Group, max_rows: int) -> Iterator[tuple[int, _Span, _Span]]:
    """Yield all pairs of a row of `a` and a row of `b` that are at most `max_rows` rows apart.

    Each item has the distance of the two rows, in rows, then the span of `a`, then that of `b`.
    """
    for row, span in a.rows.items():
        for other_row in range(row - max_rows, row + max_rows + 1):
            if other_row in b.rows:
                yield abs(other_row - row), span, b.rows[other_row]
