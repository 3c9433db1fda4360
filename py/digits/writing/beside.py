"""Place the result of a sum on the sheet: beside, below or above the sum, where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box, Stroke

SPACE = 0.3
"""Space between the sum and the result, in heights of the line."""
MARGIN = 0.03
"""Minimum space between the result and the edge of the sheet, as a fraction of the sheet's side."""
SIZES = (1.0, 0.8, 0.6, 0.45)
"""The heights of digits that are tried for the result, in heights of the line."""
GAP = 0.4
"""Space between a line and a result below or above it, in heights of the line."""


def place_result(strokes: Sequence[Stroke], line: Box, others: Sequence[Box]) -> list[Stroke]:
    """Scale and move a result to its place on the sheet: beside the sum, else below, else above.

    Args:
        strokes: The result, in heights of the line, with y = 0 in the middle of the line.
        line: The left, top, right and bottom end of the sum, on the sheet.
        others: The boxes of what is drawn on the sheet, which the result must not cover.

    Returns:
        The strokes on the sheet; none if there is no room for them.

    """
    if not strokes:
        return []
    left, top, right, bottom = line
    height, middle = bottom - top, (top + bottom) / 2
    _, highest, width, lowest = box_around(strokes)
    for size in SIZES:
        scale = size * height
        indent = max(min(left, 1 - MARGIN - width * scale), MARGIN)
        for x, y in (
            (right + SPACE * height, middle),
            (indent, bottom + GAP * height - highest * scale),
            (indent, top - GAP * height - lowest * scale),
        ):
            placed = [[(x + px * scale, y + py * scale) for px, py in each] for each in strokes]
            box = box_around(placed)
            if _is_on_sheet(box) and not any(overlap(box, other) for other in others):
                return placed
    return []


def _is_on_sheet(box: Box) -> bool:
    return min(box) >= MARGIN and max(box) <= 1 - MARGIN


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
