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
from typing import TYPE_CHECKING

from digits.drawing.overlap import PEN, coincidence, depth, pieces_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke
    from digits.drawing.overlap import Piece

PART = -0.3
"""The depth from which pieces belong together that share no height: a hat may float so far off."""
EQUAL = 0.17
"""The depth from which pieces belong together that share all their height."""
COVER = 0.2
"""How much depth it is worth if a part lies wholly above or below the rest."""
AGAIN = 0.3
"""How much depth it is worth if a line lies on another all along: it was drawn a second time."""


def segment(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Group the strokes of a number into its digits, left to right.

    strokes: of one line, each one or more points (x, y), y down, at any scale and in any order.
    Those of a digit are given in the order they had. No strokes are no digits.
    """
    pieces = pieces_of(strokes)
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


def _fit(a: Piece, b: Piece) -> float:
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
    return depth(a, b) + AGAIN * coincidence(a, b) - needed


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Give how long two spans of ink are the same."""
    return max(min(end, other_end) - max(start, other_start) + PEN, 0.0)
