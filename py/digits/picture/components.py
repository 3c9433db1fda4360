"""What belongs to a digit in a picture: pieces of ink, and no frame, shadow or crumb."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from digits.picture.light import Rows

RIM = 0.08
"""The width of the picture's rim, as a part of its shorter side: frames and edges lie there."""
PART = 0.06
"""A piece of a broken digit has at least this part of the largest piece's pixels."""
NEAR = 0.35
"""And it is at most this far from the rest, as a part of the longer side of what was found."""

type Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels; the last two are just outside."""


class NothingFound(ValueError):
    """There is no ink in the picture that could be a digit: take it nearer, or with more light."""


class Part(NamedTuple):
    """Ink that hangs together. pixels: their numbers on the sheet."""

    pixels: list[int]
    box: Box


class Sheet:
    """The picture's pixels, numbered row by row, with a margin of one pixel of paper."""

    def __init__(self, rows: Rows) -> None:
        self.height, self.width = len(rows), len(rows[0])
        self.row = self.width + 2
        blank = [0.0] * self.row
        self.values = [*blank, *(v for row in rows for v in (0.0, *row, 0.0)), *blank]

    def place(self, pixel: int) -> tuple[int, int]:
        """Give x and y of a pixel in the picture."""
        return pixel % self.row - 1, pixel // self.row - 1

    def box(self, pixels: list[int]) -> Box:
        """Give the least box that holds the pixels, in the picture."""
        xs = [pixel % self.row for pixel in pixels]
        top, bottom = min(pixels) // self.row, max(pixels) // self.row
        return min(xs) - 1, top - 1, max(xs), bottom

    def parts(self, weak: float, ink: float) -> list[Part]:
        """Give the ink that hangs together: all weak ink from which one can step to ink."""
        left = {pixel for pixel, value in enumerate(self.values) if value > weak}
        down = self.row
        steps = (-down - 1, -down, 1 - down, -1, 1, down - 1, down, down + 1)
        parts = []
        for seed in [pixel for pixel in left if self.values[pixel] > ink]:
            if seed in left:
                left.remove(seed)
                part = [seed]
                for pixel in part:
                    near = [pixel + step for step in steps if pixel + step in left]
                    left.difference_update(near)
                    part += near
                parts.append(Part(part, self.box(part)))
        return parts

    def is_edge(self, part: Part) -> bool:
        """Tell whether this is a frame, or the edge of paper or shadow, and no digit.

        They lie in the rim, or go from one side of the picture to another.
        """
        left, top, right, bottom = part.box
        sides = (left <= 0) + (top <= 0) + (right >= self.width) + (bottom >= self.height)
        rim = RIM * min(self.width, self.height)
        inside = 0
        for pixel in part.pixels:
            x, y = self.place(pixel)
            inside += rim <= x < self.width - rim and rim <= y < self.height - rim
        return sides > 1 or inside < len(part.pixels) / 2

    def thickness(self, part: Part) -> float:
        """Give the mean thickness in pixels: twice the area over the perimeter.

        A slanting perimeter in pixels is longer than it is, on average by 4 / pi.
        """
        ink = set(part.pixels)
        sides = sum(
            pixel + step not in ink for pixel in ink for step in (1, -1, self.row, -self.row)
        )
        return 2 * len(ink) / (sides * math.pi / 4)


def together(parts: list[Part]) -> Part:
    """Give the largest part, with those that are near it and not much smaller."""
    if not parts:
        raise NothingFound("all of the picture is paper")
    largest, *others = sorted(parts, key=lambda part: -len(part.pixels))
    pixels, (left, top, right, bottom) = list(largest.pixels), largest.box
    for part in others:
        if len(part.pixels) < PART * len(largest.pixels):
            break
        gap = max(part.box[0] - right, left - part.box[2], part.box[1] - bottom, top - part.box[3])
        if gap <= NEAR * max(right - left, bottom - top):
            pixels += part.pixels
            left, top = min(left, part.box[0]), min(top, part.box[1])
            right, bottom = max(right, part.box[2]), max(bottom, part.box[3])
    return Part(pixels, (left, top, right, bottom))
