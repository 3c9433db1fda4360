"""Group strokes into digits, by their geometry alone.

This is agglomerative clustering. At first each stroke is a group. Then the two groups that fit
together best are joined. This step is repeated until no two groups fit. The fit of two groups
depends on four measures:

- Shared height: the fraction of the two groups' total height that both groups cover. Neighbouring
  digits stand on the same line and share nearly all of their height. A 7 and its bar, or the two
  loops of an 8, share almost none.
- Depth: how far one group must move sideways until the two groups do not overlap. The slash of a 0
  lies deep in the 0. Digits that merely touch have a small depth. Groups that do not touch have a
  negative depth: minus their distance.
- Cover: the fraction of the narrower group's width that lies above or below the other group. The
  more height the groups share, the less it counts, because the boxes of slanted neighbours overlap,
  too.
- Coincidence: a line that was drawn twice coincides everywhere with the first line. Neighbouring
  digits touch only in some places.

The more height two groups share, the deeper they must overlap to be one digit.

The best fit must be joined first. For example, the bar of a 7 may nearly touch the neighbouring
digit, but it fits its own 7 best.

All lengths are in heights of the tallest stroke, so the position and the size of a drawing do not
change the result.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.overlap import LINE_THICKNESS, coincidence, depth, groups_of_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke
    from digits.drawing.overlap import Group

MIN_DEPTH_STACKED = -0.3
"""Two groups that share no height, such as a 5 and its top bar, need this depth to be one digit."""
MIN_DEPTH_ALIGNED = 0.17
"""Two groups that share their whole height need this depth to be one digit."""
COVER_BONUS = 0.2
"""The needed depth is lower by this much if one group is exactly above or below the other."""
COINCIDENCE_BONUS = 0.3
"""The depth counts as greater by this much if the lines of the groups coincide everywhere."""


def segment(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Group the strokes of a number into its digits.

    Args:
        strokes: The strokes of one line of digits, in any order and at any scale. Each has at least
            one point (x, y); y increases downwards.

    Returns:
        The strokes of each digit. The digits are in order from left to right; the strokes of each
        digit are in their original order.

    """
    groups = groups_of_one(strokes)
    fits = {(a, b): _fit(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]}
    while fits and max(fits.values()) > 0:
        best = max(fits, key=fits.__getitem__)
        joined = best[0].join(best[1])
        groups = [group for group in groups if group not in best]
        fits = {pair: fit for pair, fit in fits.items() if not set(pair) & set(best)}
        fits |= {(group, joined): _fit(group, joined) for group in groups}
        groups.append(joined)
    groups.sort(key=lambda group: group.box[0] + group.box[2])
    return [[strokes[index] for index in sorted(group.strokes)] for group in groups]


def _fit(a: Group, b: Group) -> float:
    """Return how well two groups fit together. If the fit is above 0, they belong to one digit."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = a.box, b.box
    shared_height = _overlap(top, bottom, other_top, other_bottom) / (
        max(bottom, other_bottom) - min(top, other_top) + LINE_THICKNESS
    )
    cover = _overlap(left, right, other_left, other_right) / (
        min(right - left, other_right - other_left) + LINE_THICKNESS
    )
    min_depth = (
        MIN_DEPTH_STACKED
        + (MIN_DEPTH_ALIGNED - MIN_DEPTH_STACKED) * shared_height
        - COVER_BONUS * cover * (1 - shared_height)
    )
    max_depth = min(right - other_left, other_right - left)
    if max_depth + COINCIDENCE_BONUS < min_depth:  # skip the measurements, which take longer
        return -math.inf
    return depth(a, b) + COINCIDENCE_BONUS * coincidence(a, b) - min_depth


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Return the length that two spans of ink have in common."""
    return max(min(end, other_end) - max(start, other_start) + LINE_THICKNESS, 0.0)
