"""Find the connected components of ink, and choose those that belong to a digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from digits.picture.light import Rows

RIM = 0.08
"""The width of the picture's rim, as a fraction of its shorter side. Most pixels of a frame, or of
the edge of a sheet of paper, lie in it."""
MIN_SHARE = 0.06
"""A part of a broken digit has at least this fraction of the pixels of the largest part."""
MAX_GAP = 0.35
"""The maximum gap between two parts of a broken digit, as a fraction of the digit's longer side."""

type Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels; right and bottom are exclusive."""


class NoDigitFound(ValueError):
    """No ink in the picture could be a digit."""


class Component(NamedTuple):
    """Connected pixels of ink. pixels: the indices of the pixels in the PixelGrid."""

    pixels: list[int]
    box: Box


class PixelGrid:
    """The strength of ink at each pixel of a picture, with a margin of one pixel of paper.

    Pixels are indexed row by row, including the margin.

    Attributes:
        height: The height of the picture without the margin.
        width: The width of the picture without the margin.
        row: The number of pixels in a row, including the margin.
        values: The strength of ink at each pixel: 0 is paper, 1 is black ink.

    """

    def __init__(self, rows: Rows) -> None:
        self.height, self.width = len(rows), len(rows[0])
        self.row = self.width + 2
        blank = [0.0] * self.row
        self.values = [*blank, *(v for row in rows for v in (0.0, *row, 0.0)), *blank]

    def position(self, pixel: int) -> tuple[int, int]:
        """Return x and y of a pixel, in the coordinates of the picture without the margin."""
        return pixel % self.row - 1, pixel // self.row - 1

    def box(self, pixels: list[int]) -> Box:
        """Return the smallest box around the pixels, in the same coordinates as `position`."""
        xs = [pixel % self.row for pixel in pixels]
        top, bottom = min(pixels) // self.row, max(pixels) // self.row
        return min(xs) - 1, top - 1, max(xs), bottom

    def components(self, weak: float, strong: float) -> list[Component]:
        """Return the connected components of ink, by hysteresis thresholding.

        In each component all pixels have more than `weak` ink, and at least one more than `strong`.
        """
        unvisited = {pixel for pixel, value in enumerate(self.values) if value > weak}
        down = self.row
        steps = (-down - 1, -down, 1 - down, -1, 1, down - 1, down, down + 1)
        components = []
        for seed in [pixel for pixel in unvisited if self.values[pixel] > strong]:
            if seed in unvisited:
                unvisited.remove(seed)
                pixels = [seed]
                for pixel in pixels:
                    neighbours = [pixel + step for step in steps if pixel + step in unvisited]
                    unvisited.difference_update(neighbours)
                    pixels += neighbours
                components.append(Component(pixels, self.box(pixels)))
        return components

    def is_edge(self, component: Component) -> bool:
        """Return whether a component is a frame, or the edge of a sheet of paper or of a shadow.

        Most pixels of such a component lie in the rim, or it touches two sides of the picture.
        """
        left, top, right, bottom = component.box
        sides = (left <= 0) + (top <= 0) + (right >= self.width) + (bottom >= self.height)
        rim = RIM * min(self.width, self.height)
        inside = 0
        for pixel in component.pixels:
            x, y = self.position(pixel)
            inside += rim <= x < self.width - rim and rim <= y < self.height - rim
        return sides > 1 or inside < len(component.pixels) / 2

    def thickness(self, component: Component) -> float:
        """Return the mean thickness of a line in pixels: twice the area divided by the perimeter.

        The perimeter is estimated by counting the sides of pixels. For slanted lines this count is
        too high, on average by a factor of 4 / pi.
        """
        ink = set(component.pixels)
        sides = sum(
            pixel + step not in ink for pixel in ink for step in (1, -1, self.row, -self.row)
        )
        return 2 * len(ink) / (sides * math.pi / 4)


def merge_nearby(components: list[Component]) -> Component:
    """Return the largest component, merged with the other parts of a broken digit.

    These parts are near the largest component and not much smaller: see MAX_GAP and MIN_SHARE.

    Raises:
        NoDigitFound: There are no components.

    """
    if not components:
        raise NoDigitFound("the picture has no ink")
    largest, *others = sorted(components, key=lambda component: -len(component.pixels))
    pixels, (left, top, right, bottom) = list(largest.pixels), largest.box
    for other in others:
        if len(other.pixels) < MIN_SHARE * len(largest.pixels):
            break
        box = other.box
        gap = max(box[0] - right, left - box[2], box[1] - bottom, top - box[3])
        if gap <= MAX_GAP * max(right - left, bottom - top):
            pixels += other.pixels
            left, top = min(left, box[0]), min(top, box[1])
            right, bottom = max(right, box[2]), max(bottom, box[3])
    return Component(pixels, (left, top, right, bottom))
