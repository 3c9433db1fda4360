"""Find the connected components of ink, and distinguish digits from frames and edges of paper."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from digits.picture.thinning import thin

if TYPE_CHECKING:
    from digits.picture.light import Rows

RIM = 0.08
"""The width of the picture's rim, the area along its four sides, as a fraction of its shorter side.
Most pixels of a frame, or of the edge of a sheet of paper, lie in the rim."""
MIN_INSIDE = 0.35
"""If at least this fraction of a component's pixels is not in the rim, it may be a digit whatever
sides it covers, such as a 7 cropped at its bar."""
MIN_CROPPED_LENGTH = 0.3
"""The minimum length of a digit that touches the picture's border, as a fraction of the picture's
shorter side."""
FULL_SIDE = 0.9
"""Ink in the rim that covers this fraction of a side counts as covering the whole side."""
type Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels; right and bottom are exclusive."""


class NothingToRead(ValueError):
    """The picture shows no symbol that can be read, or too many symbols.

    Attributes:
        reason: The key of the text in text.json that explains this to the user.

    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Component:
    """A connected set of pixels of ink, a piece of one, or several of them that form one symbol.

    Attributes:
        grid: The picture.
        pixels: The indices of the pixels in the grid.
        box: The smallest box around the pixels.

    """

    def __init__(self, grid: PixelGrid, pixels: list[int]) -> None:
        self.grid = grid
        self.pixels = pixels
        self.box = grid.box(pixels)

    @property
    def length(self) -> int:
        """The length of the longer side of the box."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)

    @cached_property
    def thickness(self) -> float:
        """The mean thickness of the line in pixels: twice the area divided by the perimeter.

        The perimeter is estimated by counting the sides of pixels. For slanted lines this count is
        too high, on average by a factor of 4 / pi.
        """
        ink, down = set(self.pixels), self.grid.stride
        sides = sum(pixel + step not in ink for pixel in ink for step in (1, -1, down, -down))
        return 2 * len(ink) / (sides * math.pi / 4)

    @cached_property
    def middle(self) -> list[int]:
        """The pixels in the middle of the component's lines, which form lines one pixel wide."""
        return thin(self.pixels, self.grid.stride)

    @cached_property
    def middle_points(self) -> list[tuple[float, float]]:
        """The middle of the component's lines as points, x and y, without the stairs of the pixels.

        Each point is the mean of a pixel of `middle` and the neighbours that are also in `middle`.
        """
        down, middle = self.grid.stride, set(self.middle)
        around = [dx + dy * down for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        points = []
        for pixel in self.middle:
            near = [self.grid.position(pixel + step) for step in around if pixel + step in middle]
            points.append(
                (sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near))
            )
        return points

    def part(self, pixels: list[int]) -> Component:
        """Return some of the pixels as a component, with its part of this component's `middle`.

        If the part were thinned alone, its lines would end before the place where it was cut.
        """
        part, inside = Component(self.grid, pixels), set(pixels)
        if middle := [pixel for pixel in self.middle if pixel in inside]:
            part.middle = middle
        return part

    @cached_property
    def strength(self) -> float:
        """The mean strength of the ink, in 0..1: see `PixelGrid.values`."""
        return sum(self.grid.values[pixel] for pixel in self.pixels) / len(self.pixels)

    def may_be_edge(self) -> bool:
        """Return whether the component may be a frame, or the edge of a sheet or of a shadow.

        Most pixels of such a component lie in the rim, or it touches two or more sides. A
        digit that is cropped tightly may do the same: see `may_be_cropped_digit`.
        """
        left, top, right, bottom = self.box
        grid = self.grid
        sides = (left <= 0) + (top <= 0) + (right >= grid.width) + (bottom >= grid.height)
        return sides > 1 or self._inside_share < 0.5

    def may_be_cropped_digit(self) -> bool:
        """Return whether a component at the picture's border may be a tightly cropped digit.

        It is long enough, and either reaches well inside the picture, or covers no whole side, or
        covers one whole side and is both wider and higher than two rims. A frame, or the edge of a
        desk, covers whole sides and stays in the rim.
        """
        rim, width, height = self.grid.rim, self.grid.width, self.grid.height
        if self.length < MIN_CROPPED_LENGTH * min(width, height):
            return False
        if self._inside_share >= MIN_INSIDE:
            return True
        positions = [self.grid.position(pixel) for pixel in self.pixels]
        covered = (  # the fraction of each side along which the component has ink in the rim
            len({y for x, y in positions if x < rim}) / height,
            len({y for x, y in positions if x >= width - rim}) / height,
            len({x for x, y in positions if y < rim}) / width,
            len({x for x, y in positions if y >= height - rim}) / width,
        )
        full_sides = sum(share >= FULL_SIDE for share in covered)
        left, top, right, bottom = self.box
        return full_sides == 0 or (full_sides == 1 and min(right - left, bottom - top) > 2 * rim)

    @cached_property
    def _inside_share(self) -> float:
        """The fraction of the pixels that are not in the rim."""
        rim, width, height = self.grid.rim, self.grid.width, self.grid.height
        inside = 0
        for pixel in self.pixels:
            x, y = self.grid.position(pixel)
            inside += rim <= x < width - rim and rim <= y < height - rim
        return inside / len(self.pixels)


class PixelGrid:
    """The strength of ink at each pixel of a picture, with a margin of one pixel of paper.

    Pixels are indexed row by row, including the margin.

    Attributes:
        height: The height of the picture without the margin.
        width: The width of the picture without the margin.
        stride: The number of pixels in a row, including the margin.
        values: The strength of ink at each pixel: 0 is paper, 1 is black ink.
        rim: The width of the rim, in pixels; see RIM.

    """

    def __init__(self, rows: Rows) -> None:
        self.height, self.width = len(rows), len(rows[0])
        self.stride = self.width + 2
        self.rim = RIM * min(self.width, self.height)
        blank = [0.0] * self.stride
        self.values = [*blank, *(v for row in rows for v in (0.0, *row, 0.0)), *blank]

    def position(self, pixel: int) -> tuple[int, int]:
        """Return x and y of a pixel, in the coordinates of the picture without the margin."""
        return pixel % self.stride - 1, pixel // self.stride - 1

    def box(self, pixels: list[int]) -> Box:
        """Return the smallest box around the pixels, in the same coordinates as `position`."""
        xs = [pixel % self.stride for pixel in pixels]
        top, bottom = min(pixels) // self.stride, max(pixels) // self.stride
        return min(xs) - 1, top - 1, max(xs), bottom

    def components(self, weak: float, strong: float) -> list[Component]:
        """Return the connected components of ink, by hysteresis thresholding.

        All pixels of a component have more than `weak` ink, and at least one pixel has more than
        `strong`.
        """
        unvisited = {pixel for pixel, value in enumerate(self.values) if value > weak}
        down = self.stride
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
                components.append(Component(self, pixels))
        return components
