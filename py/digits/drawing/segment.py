"""Group strokes into digits, by their geometry alone.

Two groups of strokes are either one digit or two neighbours. Two measures decide. *Sharing* is how
much of their height they have in common: neighbours stand on one line and share nearly all of it; a
7 and its bar, or the two loops of an 8, share next to nothing. *Depth* is how far one group must
move sideways to be free of the other: the slash of a 0 lies deep, neighbours that touch are free
after a hair's breadth, and ink that does not touch has a negative depth, its distance. The more
height two groups share, the deeper they must overlap to be one digit. A line that is drawn twice
also stays with its digit: it coincides all along, while neighbours touch only in places.
Overlapping boxes prove nothing for neighbours: slanted ones have them too. They only count for a
part above or below the rest.

The best fit is joined first, and then judged as a whole: a bar has joined its 7 before it could be
mistaken for a part of the digit that it nearly touches.

All lengths are in heights of the tallest stroke: moving or scaling a drawing changes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.overlap import PEN, coincidence, depth, groups_of_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke
    from digits.drawing.overlap import Group

PART = -0.3
"""The minimum depth of one digit if its groups share no height: how far off a hat may float."""
EQUAL = 0.17
"""The minimum depth of one digit if its groups share their whole height."""
COVER = 0.2
"""How much depth a part gains that lies exactly above or below the rest."""
AGAIN = 0.3
"""How much depth a line gains that coincides with another all along: it was drawn twice."""


def segment(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Group the strokes of a number into its digits.

    Args:
        strokes: Of one line, in any order; each has at least one point (x, y), y down, any scale.

    Returns:
        The strokes of each digit, left to right. Strokes of a digit keep their order.

    """
    groups = groups_of_one(strokes)
    fits = {(a, b): _fit(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]}
    while fits and max(fits.values()) > 0:
        best = max(fits, key=fits.__getitem__)
        whole = best[0].join(best[1])
        groups = [group for group in groups if group not in best]
        fits = {pair: fit for pair, fit in fits.items() if not set(pair) & set(best)}
        fits |= {(group, whole): _fit(group, whole) for group in groups}
        groups.append(whole)
    groups.sort(key=lambda group: group.box[0] + group.box[2])
    return [[strokes[index] for index in sorted(group.strokes)] for group in groups]


def _fit(a: Group, b: Group) -> float:
    """Return how well two groups make one digit; they are two digits if it is 0 or less."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = a.box, b.box
    sharing = _overlap(top, bottom, other_top, other_bottom) / (
        max(bottom, other_bottom) - min(top, other_top) + PEN
    )
    cover = _overlap(left, right, other_left, other_right) / (
        min(right - left, other_right - other_left) + PEN
    )
    needed = PART + (EQUAL - PART) * sharing - COVER * cover * (1 - sharing)
    if min(right - other_left, other_right - left) + AGAIN < needed:  # the depth can't be greater
        return -math.inf
    return depth(a, b) + AGAIN * coincidence(a, b) - needed


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Return the length that two spans of ink have in common."""
    return max(min(end, other_end) - max(start, other_start) + PEN, 0.0)
