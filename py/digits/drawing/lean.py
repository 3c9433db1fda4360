"""Measure how far strokes lean, and how straight they are, by their moments.

The moments are those of a thin, even line of ink, so the speed of the pen does not change them.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke


class Lean(NamedTuple):
    """How strokes lean.

    Attributes:
        slant: Movement to the right for each unit of height, along the line that fits best.
        bend: Root mean square distance sideways from that line, as a multiple of that in height
            from the middle. 0 for a straight stroke; infinite for a flat one.

    """

    slant: float
    bend: float


MIN_HEIGHT = 1e-9
"""Less height than this, as the ratio of the squared deviations in height and sideways, is none."""
UPRIGHT = Lean(0.0, math.inf)
"""The lean of a dot or a flat line, which has no height."""


def lean_of(strokes: Sequence[Stroke]) -> Lean:
    """Return how strokes lean. y increases downwards."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return UPRIGHT
    # Seen from the middle of the ends, coordinates are small, and so are rounding errors.
    origin_x, origin_y = (points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2
    length = sum_x = sum_y = xx = xy = yy = 0.0
    for stroke in strokes:
        for (ax, ay), (bx, by) in pairwise(stroke):
            dx, dy = bx - ax, by - ay
            x, y = (ax + bx) / 2 - origin_x, (ay + by) / 2 - origin_y
            weight = math.hypot(dx, dy)
            length += weight
            sum_x += weight * x
            sum_y += weight * y
            # A segment's moments about its own middle are those of an even line.
            xx += weight * (x * x + dx * dx / 12)
            xy += weight * (x * y + dx * dy / 12)
            yy += weight * (y * y + dy * dy / 12)
    if not length:
        return UPRIGHT
    xx -= sum_x * sum_x / length
    xy -= sum_x * sum_y / length
    yy -= sum_y * sum_y / length
    if not yy > MIN_HEIGHT * xx:
        return UPRIGHT
    return Lean(-xy / yy, math.sqrt(max(xx - xy * xy / yy, 0.0) / yy))
