"""Cut components of ink in which two neighbouring digits touch.

A cut is only a proposal: the whole and both sides are read, and the more probable reading counts.
"""

from __future__ import annotations

import math
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING

from digits.picture.components import Component

if TYPE_CHECKING:
    from collections.abc import Sequence

TALL = 0.65
"""Both sides of a cut have at least this fraction of the height of a tall symbol."""
WIDE = 0.75
"""A component that may be two digits is at least this wide, in heights of a tall symbol."""
MIN_WIDTH = 0.2
"""The same minimum for each side of a cut: this is how wide the middle of a 1 is with its pen."""
MIN_LINES = 3
"""Both sides of a cut are at least this high, in thicknesses of the lines: a bar is never cut."""
BRIDGE = 3.0
"""Ink that is cut is at most this high, in thicknesses of the lines."""
SLANTS = (0.0, 0.2, 0.4)
"""The slants of the cuts that are tried: the movement to the right for each pixel upwards."""


def tall_height(components: Sequence[Component]) -> float:
    """Return the median height of the tall components, in pixels."""
    heights = [_height(each) for each in components]
    return median(each for each in heights if each >= TALL * max(heights))


def cut(component: Component, height: float, thickness: float) -> list[Component]:
    """Return both sides of the thinnest place at which two digits may touch; [] if there is none.

    Args:
        component: The component of ink.
        height: The height of the tall symbols, in pixels.
        thickness: The thickness of the lines, in pixels.

    """
    left, top, right, bottom = component.box
    lowest = max(TALL * height, MIN_LINES * thickness)
    if right - left < WIDE * height or bottom - top < lowest:
        return []
    least, best = math.floor(BRIDGE * thickness) + 1, list[Component]()
    margin = max(int(MIN_WIDTH * height), 1)
    for slant in SLANTS:
        columns = _slanted_columns(component, slant)
        for column in range(min(columns) + margin, max(columns) - margin + 1):
            ink = len(columns.get(column, ()))
            if ink >= least:
                continue
            sides = [
                Component(component.grid, list(chain.from_iterable(pixels)))
                for pixels in (
                    (columns[each] for each in columns if each < column),
                    (columns[each] for each in columns if each >= column),
                )
            ]
            if all(_height(side) >= lowest for side in sides):
                least, best = ink, sides
    return best


def _slanted_columns(component: Component, slant: float) -> dict[int, list[int]]:
    """Return the pixels of each slanted column, by the column's number from left to right."""
    columns: dict[int, list[int]] = {}
    for pixel in component.pixels:
        x, y = component.grid.position(pixel)
        columns.setdefault(round(x + slant * y), []).append(pixel)
    return columns


def _height(component: Component) -> int:
    _, top, _, bottom = component.box
    return bottom - top
