"""Pieces of ink measured row by row: how deep they sit in each other, how far apart they are.

All is in heights of the tallest stroke, which is cut into ROWS rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digits.drawing.edges import Point
    from digits.drawing.ink import Box, Stroke

type _Span = tuple[float, float]

ROWS = 32
"""Rows that the tallest stroke is cut into; sideways distances are measured in each."""
THICKNESS = 2
"""Rows above and below a line that its ink takes."""
PEN = THICKNESS / ROWS
"""What a line's thickness adds to its length and breadth."""
REACH = 10
"""Rows up and down within which ink can be near."""
FLAT = 2
"""A stroke that is wider than this many heights, such as a bar alone, gives no height to go by."""
MOSTLY = 0.6
"""The part of its rows from which on a line lies on another, and not across it."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Strokes that belong together. rows: where in each row their ink begins and ends."""

    strokes: tuple[int, ...]
    box: Box
    rows: dict[int, _Span]

    def join(self, other: Piece) -> Piece:
        """Give the piece that both are together."""
        (left, top, right, bottom), box = self.box, other.box
        rows = dict(self.rows)
        for row, (start, end) in other.rows.items():
            _extend(rows, row, start, end)
        return Piece(
            self.strokes + other.strokes,
            (min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])),
            rows,
        )


def pieces_of(strokes: Sequence[Stroke]) -> list[Piece]:
    """Measure each stroke. The pieces are in an order of place: it settles what fits equally."""
    if not strokes:
        return []
    left, top, right, bottom = box_around(strokes)
    boxes = [box_around([stroke]) for stroke in strokes]
    tallest = max(max(box[3] - box[1], (box[2] - box[0]) / FLAT) for box in boxes)
    unit = tallest or max(right - left, bottom - top) or 1.0  # dots alone have no height
    pieces = []
    for index, stroke in enumerate(strokes):
        placed = [((x - left) / unit, (y - top) / unit) for x, y in stroke]
        pieces.append(Piece((index,), box_around([placed]), _rows(placed)))
    return sorted(pieces, key=lambda piece: piece.box)


def _rows(stroke: Sequence[Point]) -> dict[int, _Span]:
    rows: dict[int, _Span] = {}
    for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
        for row, x in _crossings(start, end):
            _extend(rows, row, x, x)
    return rows


def _crossings(start: Point, end: Point) -> Iterator[tuple[int, float]]:
    """Give the rows that a line passes, and where it enters and leaves each."""
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


def depth(a: Piece, b: Piece) -> float:
    """Give how far a piece must be pushed sideways to be free; if it is, minus the distance."""
    if max(a.box[0], b.box[0]) - min(a.box[2], b.box[2]) > REACH / ROWS:
        return -math.inf
    to_left = to_right = math.inf
    for _, (left, right), (other_left, other_right) in _near(a, b, THICKNESS):
        to_left = min(to_left, other_left - right)
        to_right = min(to_right, left - other_right)
    free = max(to_left, to_right)
    return -free if free <= 0 else -_distance(a, b)


def coincidence(a: Piece, b: Piece) -> float:
    """Give how far one piece lies on the other: 0 up to MOSTLY of its rows, 1 if in all of them."""
    on = sum(
        max(left, other_left) - min(right, other_right) <= PEN
        for rows, (left, right), (other_left, other_right) in _near(a, b, 0)
    )
    return max(on / min(len(a.rows), len(b.rows)) - MOSTLY, 0.0) / (1 - MOSTLY)


def _distance(a: Piece, b: Piece) -> float:
    """Give the distance of the ink of two pieces, inf if it is more than `REACH` rows."""
    distance = math.inf
    for rows, (left, right), (other_left, other_right) in _near(a, b, REACH):
        aside = max(left - other_right, other_left - right, 0.0)
        distance = min(distance, math.hypot(aside, max(rows - THICKNESS, 0) / ROWS))
    return distance


def _near(a: Piece, b: Piece, reach: int) -> Iterator[tuple[int, _Span, _Span]]:
    """Give the spans of ink that are in rows near each other, and how many rows apart they are."""
    for row, span in a.rows.items():
        for near in range(row - reach, row + reach + 1):
            if near in b.rows:
                yield abs(near - row), span, b.rows[near]
