"""Cut components of ink where neighbouring digits may touch.

The cuts are only proposals. Each run of consecutive pieces that is high enough is read as one
symbol, and the most probable way to divide the component into symbols is chosen.
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from digits.median import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.picture.components import Component

TALL = 0.65
"""Components with at least this fraction of the height of the highest one are tall symbols. Only
components with at least this fraction of the median height of these are cut."""
WIDE = 0.6
"""A component that is cut is at least this wide, in heights of a tall symbol."""
WIDE_ALONE = 1.1
"""If a picture has only one component, it is cut only if it is at least this many times as wide as
high. In any picture, pieces from this width on, in heights of a tall symbol, are less likely to be
one symbol."""
ONE_SYMBOL, ONE_WIDE_SYMBOL = 0.5, 0.4
"""The probability that consecutive pieces are one symbol, if they are narrower than WIDE_ALONE, and
if they are not."""
MIN_WIDTH = 0.2
"""Each side of a cut is at least this wide, in heights of a tall symbol: about as wide as the line
of a 1 is thick. Two cuts are at least this far apart."""
MIN_HEIGHT = 0.25
"""Each side of a cut is at least this high, in heights of a tall symbol: about as high as a "="."""
MIN_THICKNESSES = 3
"""Each side of a cut is at least this high, in thicknesses of the lines, so that no bar is cut
off."""
BRIDGE = 3.0
"""The ink along a cut is at most this long, in thicknesses of the lines."""
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
        self._tall_height = median(each for each in heights if each >= TALL * max(heights))
        self._thickness = thickness
        self._is_alone = len(components) == 1

    def probability_of_one_symbol(self, pieces: Sequence[Component]) -> float:
        """Return how likely consecutive pieces of a component are one symbol, by their width."""
        width = max(each.box[2] for each in pieces) - min(each.box[0] for each in pieces)
        return ONE_SYMBOL if width < WIDE_ALONE * self._tall_height else ONE_WIDE_SYMBOL

    def is_high_enough(self, pieces: Sequence[Component]) -> bool:
        """Return whether consecutive pieces of a component are high enough to be a symbol."""
        return _height(pieces) >= self._min_height

    def cut(self, component: Component) -> list[Component]:
        """Return the pieces of a component, cut at the thinnest places at which digits may touch.

        All cuts have the same slant, that of the thinnest place. If there is no such place, the
        component is the only piece.
        """
        if not self._may_be_several(component):
            return [component]
        distance = max(int(MIN_WIDTH * self._tall_height), 1)
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
        return max(MIN_HEIGHT * self._tall_height, MIN_THICKNESSES * self._thickness)

    def _may_be_several(self, component: Component) -> bool:
        left, top, right, bottom = component.box
        width, height = right - left, bottom - top
        if self._is_alone and width < WIDE_ALONE * height:
            return False
        return width >= WIDE * self._tall_height and height >= TALL * self._tall_height


def _slanted_columns(component: Component, slant: float) -> dict[int, list[int]]:
    """Return the pixels of each slanted column, by the column's number from left to right."""
    columns: dict[int, list[int]] = {}
    for pixel in component.pixels:
        x, y = component.grid.position(pixel)
        columns.setdefault(round(x + slant * y), []).append(pixel)
    return columns


def _ink_of_cuts(
    component: Component, columns: dict[int, list[int]], margin: int, min_height: float
) -> dict[int, int]:
    """Return the columns that may be cut, each with its number of pixels.

    Such a column crosses at most one line, and the ink on both of its sides is high enough.

    Args:
        component: The component.
        columns: Its slanted columns.
        margin: The number of columns at each end that are not cut.
        min_height: The minimum height of the ink on each side, in pixels.

    """
    numbers = range(min(columns), max(columns) + 1)
    rows = [sorted(component.grid.position(p)[1] for p in columns.get(n, ())) for n in numbers]
    left = [*accumulate(rows, _extent)]
    right = [*accumulate(reversed(rows), _extent)][::-1]
    return {
        numbers[i]: len(rows[i])
        for i in range(margin, len(rows) - margin)
        if all(below == above + 1 for above, below in pairwise(rows[i]))
        and left[i - 1][-1] - left[i - 1][0] >= min_height
        and right[i][-1] - right[i][0] >= min_height
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
    """Return the pixels of each piece, from left to right. places: the columns to cut before."""
    edges = [min(columns), *sorted(places), max(columns) + 1]
    pieces = [
        list(chain.from_iterable(columns.get(column, ()) for column in range(start, end)))
        for start, end in pairwise(edges)
    ]
    return [piece for piece in pieces if piece]


def _height(components: Sequence[Component]) -> int:
    return max(each.box[3] for each in components) - min(each.box[1] for each in components)
