"""Pictures of what goes on inside the network, in the colours of whoever shows them.

A picture is rows of pixels of four bytes: red, green, blue and opacity.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from digits.reading.occlusion import MATTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.raster import Image

type Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

FAINT = 0.22
"""The opacity of ink that does not matter."""
CELL = 6
"""The side of a pixel whose ink is marked, in pixels of the picture."""
STRIPE = 2
MARKED = 0.1
"""The least ink that is marked as missing."""
_CLEAR = bytes(4)
_GREYS = [bytes((grey, grey, grey, 255)) for grey in range(256)]


def mattering(
    image: Image, matters: Sequence[float], ink: Colour, sides: Sequence[Colour]
) -> bytes:
    """Paint the ink by how much it matters; it is faint where it does not.

    sides: the colours of what is above and of what is below zero, full where it matters most, or
    by MATTERS if that is more. The picture is SIDE wide.
    """
    most = max(MATTERS, *map(abs, matters))
    above, below = sides
    pixels = bytearray()
    for value, each in zip(image, matters, strict=True):
        strength = abs(each) / most
        side = above if each > 0 else below
        pixels += bytes(round(a + (b - a) * strength) for a, b in zip(ink, side, strict=True))
        pixels.append(round(255 * value * (FAINT + (1 - FAINT) * strength)))
    return bytes(pixels)


def lacking(image: Image, rest: Image, ink: Colour, mark: Colour) -> bytes:
    """Paint the ink that is left of an image, and hatch what is not. It is SIDE * CELL wide."""
    stripe = bytes((*mark, 255))
    hatch = [
        b"".join(stripe if (x + y) % CELL < STRIPE else _CLEAR for x in range(CELL))
        for y in range(CELL)
    ]
    pixels = bytearray()
    for start in range(0, SIDE * SIDE, SIDE):
        row = list(zip(image[start : start + SIDE], rest[start : start + SIDE], strict=True))
        for line in hatch:
            for was, left in row:
                hatched = was - left >= MARKED
                pixels += line if hatched else bytes((*ink, round(255 * left))) * CELL
    return bytes(pixels)


def columns(maps: int) -> int:
    """Give how many maps of a layer lie side by side: a strip that is about four times as wide."""
    return -(-maps // max(round(math.sqrt(maps) / 2), 1))


def tiles(values: Sequence[float], maps: int, height: int, width: int) -> bytes:
    """Paint the maps of a layer side by side in rows, one pixel between them: bright is much.

    The picture is columns(maps) * (width + 1) - 1 wide.
    """
    scale = 255 / (max(values) or 1.0)
    greys = [_GREYS[max(int(value * scale), 0)] for value in values]
    across, blank = columns(maps), _CLEAR * width
    lines: list[bytes] = []
    for first in range(0, maps, across):
        beside = range(first, first + across)
        for y in range(height):
            starts = [(place * height + y) * width for place in beside]
            rows = [b"".join(greys[start : start + width]) or blank for start in starts]
            lines.append(_CLEAR.join(rows))
        lines.append(_CLEAR * (across * (width + 1) - 1))
    return b"".join(lines[:-1])
