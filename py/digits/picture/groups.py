"""Convert components of ink to groups, as if a pen had drawn them: see `digits.drawing.overlap`.

A stroke of the pen is a line without thickness. So the border of the ink is moved inwards by half
the thickness of the lines.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.overlap import MAX_ASPECT_RATIO, ROWS, Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box
    from digits.picture.components import Component


def one_group_each(components: Sequence[Component], thickness: float) -> list[Group]:
    """Return a group for each component, in the same order.

    Args:
        components: The components, at least one.
        thickness: The thickness of the lines in pixels.

    """
    boxes = [middle_line_box(each, thickness) for each in components]
    unit = max(
        max(bottom - top, (right - left) / MAX_ASPECT_RATIO) for left, top, right, bottom in boxes
    )
    return [_group(each, thickness, max(unit, 1.0)) for each in components]


def middle_line_box(component: Component, thickness: float) -> Box:
    """Return the box around the middle of a component's lines, in pixels."""
    left, top, right, bottom = component.box
    left_end, right_end = _inset(left, right, thickness)
    upper_end, lower_end = _inset(top, bottom, thickness)
    return left_end, upper_end, right_end, lower_end


def _group(component: Component, thickness: float, unit: float) -> Group:
    """Return a component as a group. unit: the group's unit of length, in pixels."""
    left, top, right, bottom = middle_line_box(component, thickness)
    spans: dict[int, tuple[int, int]] = {}
    for pixel in component.pixels:
        x, y = component.grid.position(pixel)
        start, end = spans.get(y, (x, x + 1))
        spans[y] = min(start, x), max(end, x + 1)
    rows: dict[int, tuple[float, float]] = {}
    for row in range(math.floor(top / unit * ROWS), math.floor(bottom / unit * ROWS) + 1):
        # A row may be taller or shorter than a pixel: it covers several pixels, or a part of one.
        first, last = (math.floor(edge * unit / ROWS) for edge in (row, row + 1))
        inside = [spans[y] for y in range(first, last + 1) if y in spans]
        if inside:
            start, end = min(start for start, _ in inside), max(end for _, end in inside)
            left_end, right_end = _inset(start, end, thickness)
            rows[row] = left_end / unit, right_end / unit
    return Group((left / unit, top / unit, right / unit, bottom / unit), rows)


def _inset(start: float, end: float, thickness: float) -> tuple[float, float]:
    """Move both ends inwards by half a thickness, at most to the middle."""
    if end - start <= thickness:
        return (start + end) / 2, (start + end) / 2
    return start + thickness / 2, end - thickness / 2
