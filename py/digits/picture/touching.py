"""Cut components of ink where neighbouring digits may touch.

The places are only proposals: all that consecutive pieces may show is read, and the most probable
readings count.
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.picture.components import Component

TALL = 0.65
"""A component that is cut has at least this fraction of the height of a tall symbol."""
WIDE = 0.6
"""It is at least this wide, in heights of a tall symbol."""
WIDE_ALONE = 1.1
"""It is at least this many times as wide as high if the picture shows nothing else."""
ONE_SYMBOL, ONE_WIDE_SYMBOL = 0.5, 0.4
"""The probability that pieces are one symbol, and if they are wider than WIDE_ALONE."""
MIN_WIDTH = 0.2
"""Each side of a cut is at least this wide, in heights of a tall symbol: as wide as a 1 with its
pen. Two cuts are at least this far apart."""
MIN_HEIGHT = 0.25
"""Each side of a cut is at least this high, in heights of a tall symbol: it may be a "="."""
MIN_LINES = 3
"""Each side of a cut is at least this high, in thicknesses of the lines: a bar is never cut off."""
BRIDGE = 3.0
"""Ink that is cut is at most this high, in thicknesses of the lines."""
MAX_CUTS = 4
"""The maximum number of cuts through a component."""
SLANTS = (0.0, 0.2, 0.4)
"""The slants of the cuts that are tried: the movement to the right for each pixel upwards."""


class Touching:
    """The components of a picture in which neighbouring digits may touch."""

    def __init__(self, components: Sequence[Component], thickness: float) -> None:
        """Measure the components.

        Args:
            components: All components of the picture, at least one.
            thickness: The thickness of the lines, in pixels.

        """
        heights = [_height([each]) for each in components]
        self._tall = median(each for each in heights if each >= TALL * max(heights))
        self._thickness = thickness
        self._is_alone = len(components) == 1

    def probability_of_one_symbol(self, pieces: Sequence[Component]) -> float:
        """Return how likely consecutive pieces of a component are one symbol, by their width."""
        width = max(each.box[2] for each in pieces) - min(each.box[0] for each in pieces)
        return ONE_SYMBOL if width < WIDE_ALONE * self._tall else ONE_WIDE_SYMBOL

    def is_high_enough(self, pieces: Sequence[Component]) -> bool:
        """Return whether consecutive pieces of a component may be a symbol."""
        return _height(pieces) >= self._min_height

    def cut(self, component: Component) -> list[Component]:
        """Return the pieces of a component, cut at the thinnest places at which digits may touch.

        All cuts have the same slant, that of the thinnest place. If there is no such place, the
        component is the only piece.
        """
        if not self._may_be_several(component):
            return [component]
        distance = max(int(MIN_WIDTH * self._tall), 1)
        thinnest = BRIDGE * self._thickness + 1
        best = [component.pixels]
        for slant in SLANTS:
            columns = _slanted_columns(component, slant)
            ink = _ink_of_cuts(component, columns, distance, self._min_height)
            if ink and min(ink.values()) < thinnest:
                thinnest = min(ink.values())
                thin = [each for each, height in ink.items() if height <= BRIDGE * self._thickness]
                thin.sort(key=ink.__getitem__)
                best = _pieces(columns, _far_apart(thin, distance)[:MAX_CUTS])
        return [component.part(pixels) for pixels in best] if len(best) > 1 else [component]

    @property
    def _min_height(self) -> float:
        return max(MIN_HEIGHT * self._tall, MIN_LINES * self._thickness)

    def _may_be_several(self, component: Component) -> bool:
        left, top, right, bottom = component.box
        width, height = right - left, bottom - top
        if self._is_alone and width < WIDE_ALONE * height:
            return False
        return width >= WIDE * self._tall and height >= TALL * self._tall


def _slanted_columns(component: Component, slant: float) -> dict[int, list[int]]:
    """Return the pixels of each slanted column, by the column's number from left to right."""
    columns: dict[int, list[int]] = {}
    for pixel in component.pixels:
        x, y = component.grid.position(pixel)
        columns.setdefault(round(x + slant * y), []).append(pixel)
    return columns


def _ink_of_cuts(
    component: Component, columns: dict[int, list[int]], margin: int, lowest: float
) -> dict[int, int]:
    """Return the columns that may be cut, each with its number of pixels.

    Such a column crosses one line only, and both of its sides are high enough.

    Args:
        component: The component.
        columns: Its slanted columns.
        margin: The number of columns at both ends that are not cut.
        lowest: The minimum height of each side, in pixels.

    """
    numbers = range(min(columns), max(columns) + 1)
    rows = [sorted(component.grid.position(p)[1] for p in columns.get(n, ())) for n in numbers]
    left = [*accumulate(rows, _extent)]
    right = [*accumulate(reversed(rows), _extent)][::-1]
    return {
        numbers[i]: len(rows[i])
        for i in range(margin, len(rows) - margin)
        if all(below == above + 1 for above, below in pairwise(rows[i]))
        and left[i - 1][-1] - left[i - 1][0] >= lowest
        and right[i][-1] - right[i][0] >= lowest
    }


def _extent(rows: list[int], others: list[int]) -> list[int]:
    """Return the first and the last of two sorted lists of rows, either of which may be empty."""
    both = sorted([*rows[:1], *rows[-1:], *others[:1], *others[-1:]])
    return both[:1] + both[-1:]


def _far_apart(columns: Sequence[int], distance: int) -> list[int]:
    """Return the columns that are not too close to an earlier one that is returned."""
    chosen: list[int] = []
    for column in columns:
        if all(abs(column - other) >= distance for other in chosen):
            chosen.append(column)
    return chosen


def _pieces(columns: dict[int, list[int]], places: Sequence[int]) -> list[list[int]]:
    """Return the pixels between the places, from left to right."""
    edges = [min(columns), *sorted(places), max(columns) + 1]
    pieces = [
        list(chain.from_iterable(columns.get(column, ()) for column in range(start, end)))
        for start, end in pairwise(edges)
    ]
    return [piece for piece in pieces if piece]


def _height(components: Sequence[Component]) -> int:
    return max(each.box[3] for each in components) - min(each.box[1] for each in components)
