"""Strokes to digits: which strokes of a number belong together, by their geometry alone.

Two pieces of ink are one digit or two neighbours, and two measures tell which. *Sharing* is how
much of their height they share: neighbours stand on one line and share nearly all of it; a bar and
its 7, or the two loops of an 8, next to nothing. *Depth* is how far one piece must be pushed
sideways to be free of the other: the slash of a 0 sits deep, neighbours that touch are free after a
hair's breadth, and ink that does not touch at all has a negative depth, its distance. The more
height two pieces share, the deeper they must sit in each other to be one digit, or lie on each
other: neighbours touch in places, a line that is drawn a second time all along. Boxes that overlap
tell little, for slanted neighbours have such boxes too; but they do for a part above or below.

What fits best is joined first, and then judged as a whole: a bar has found its 7 before it could be
taken for a part of the digit that it nearly touches.

All is measured in heights of the tallest stroke: moving or scaling a drawing changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digits.ink import Box, Point, Stroke

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
PART = -0.3
"""The depth from which pieces belong together that share no height: a hat may float so far off."""
EQUAL = 0.17
"""The depth from which pieces belong together that share all their height."""
COVER = 0.2
"""How much depth it is worth if a part lies wholly above or below the rest."""
AGAIN = 0.3
"""How much depth it is worth if a line lies on another all along: it was drawn a second time."""
MOSTLY = 0.6
"""The part of its rows from which on a line lies on another, and not across it."""


@dataclass(frozen=True, eq=False)
class _Piece:
    """Strokes that belong together. rows: where in each row their ink begins and ends."""

    strokes: tuple[int, ...]
    box: Box
    rows: dict[int, _Span]

    def join(self, other: _Piece) -> _Piece:
        (left, top, right, bottom), box = self.box, other.box
        rows = dict(self.rows)
        for row, (start, end) in other.rows.items():
            _extend(rows, row, start, end)
        return _Piece(
            self.strokes + other.strokes,
            (min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])),
            rows,
        )


def segment(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Group the strokes of a number into its digits, left to right.

    strokes: of one line, each one or more points (x, y), y down, at any scale and in any order.
    Those of a digit are given in the order they had. No strokes are no digits.
    """
    pieces = _pieces(strokes)
    fits = {(a, b): _fit(a, b) for i, a in enumerate(pieces) for b in pieces[i + 1 :]}
    while fits and max(fits.values()) > 0:
        best = max(fits, key=fits.__getitem__)
        whole = best[0].join(best[1])
        pieces = [piece for piece in pieces if piece not in best]
        fits = {pair: fit for pair, fit in fits.items() if not set(pair) & set(best)}
        fits |= {(piece, whole): _fit(piece, whole) for piece in pieces}
        pieces.append(whole)
    pieces.sort(key=lambda piece: piece.box[0] + piece.box[2])
    return [[strokes[index] for index in sorted(piece.strokes)] for piece in pieces]


def _fit(a: _Piece, b: _Piece) -> float:
    """Give how well two pieces make one digit; not at all, if it is not above 0."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = a.box, b.box
    sharing = _overlap(top, bottom, other_top, other_bottom) / (
        max(bottom, other_bottom) - min(top, other_top) + PEN
    )
    cover = _overlap(left, right, other_left, other_right) / (
        min(right - left, other_right - other_left) + PEN
    )
    needed = PART + (EQUAL - PART) * sharing - COVER * cover * (1 - sharing)
    if min(right - other_left, other_right - left) + AGAIN < needed:  # no depth can be more
        return -math.inf
    return _depth(a, b) + AGAIN * _coincidence(a, b) - needed


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Give how long two spans of ink are the same."""
    return max(min(end, other_end) - max(start, other_start) + PEN, 0.0)


def _depth(a: _Piece, b: _Piece) -> float:
    """Give how far a piece must be pushed sideways to be free; if it is, minus the distance."""
    if max(a.box[0], b.box[0]) - min(a.box[2], b.box[2]) > REACH / ROWS:
        return -math.inf
    to_left = to_right = math.inf
    for _, (left, right), (other_left, other_right) in _near(a, b, THICKNESS):
        to_left = min(to_left, other_left - right)
        to_right = min(to_right, left - other_right)
    free = max(to_left, to_right)
    return -free if free <= 0 else -_distance(a, b)


def _coincidence(a: _Piece, b: _Piece) -> float:
    """Give how far one piece lies on the other: 0 up to MOSTLY of its rows, 1 if in all of them."""
    on = sum(
        max(left, other_left) - min(right, other_right) <= PEN
        for rows, (left, right), (other_left, other_right) in _near(a, b, 0)
    )
    return max(on / min(len(a.rows), len(b.rows)) - MOSTLY, 0.0) / (1 - MOSTLY)


def _distance(a: _Piece, b: _Piece) -> float:
    """Give the distance of the ink of two pieces, inf if it is more than `REACH` rows."""
    distance = math.inf
    for rows, (left, right), (other_left, other_right) in _near(a, b, REACH):
        aside = max(left - other_right, other_left - right, 0.0)
        distance = min(distance, math.hypot(aside, max(rows - THICKNESS, 0) / ROWS))
    return distance


def _near(a: _Piece, b: _Piece, reach: int) -> Iterator[tuple[int, _Span, _Span]]:
    """Give the spans of ink that are in rows near each other, and how many rows apart they are."""
    for row, span in a.rows.items():
        for near in range(row - reach, row + reach + 1):
            if near in b.rows:
                yield abs(near - row), span, b.rows[near]


def _pieces(strokes: Sequence[Stroke]) -> list[_Piece]:
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
        pieces.append(_Piece((index,), box_around([placed]), _rows(placed)))
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
