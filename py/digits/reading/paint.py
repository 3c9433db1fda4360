"""Paint what goes on inside the network, in colours that the caller chooses.

Every function returns rows of pixels of four bytes: red, green, blue and opacity.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from digits.reading.occlusion import NOTICEABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.raster import Image

type Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

FAINT = 0.22
"""The opacity of ink that does not matter."""
ZOOM = 6
"""`paint_loss` paints each pixel of the image as a square with this side."""
STRIPE = 2
MIN_LOSS = 0.1
"""A pixel that lost less ink than this is not hatched."""
_CLEAR = bytes(4)
_GREYS = [bytes((grey, grey, grey, 255)) for grey in range(256)]


def paint_importance(
    image: Image, importance: Sequence[float], ink: Colour, sides: Sequence[Colour]
) -> bytes:
    """Paint the ink in the colours of its importance; ink that does not matter is faint.

    Args:
        image: The ink.
        importance: Of each pixel, see `Explanation.importance`.
        ink: The colour of ink that does not matter.
        sides: The colours for importance above and below zero. The strongest importance gets the
            full colour, but only if it is at least NOTICEABLE.

    Returns:
        A picture that is SIDE pixels wide.

    """
    strongest = max(NOTICEABLE, *map(abs, importance))
    above, below = sides
    pixels = bytearray()
    for value, each in zip(image, importance, strict=True):
        strength = abs(each) / strongest
        side = above if each > 0 else below
        pixels += bytes(round(a + (b - a) * strength) for a, b in zip(ink, side, strict=True))
        pixels.append(round(255 * value * (FAINT + (1 - FAINT) * strength)))
    return bytes(pixels)


def paint_loss(image: Image, rest: Image, ink: Colour, mark: Colour) -> bytes:
    """Paint the ink that is left of an image, and hatch what is lost. It is SIDE * ZOOM wide."""
    stripe = bytes((*mark, 255))
    hatch = [
        b"".join(stripe if (x + y) % ZOOM < STRIPE else _CLEAR for x in range(ZOOM))
        for y in range(ZOOM)
    ]
    pixels = bytearray()
    for start in range(0, SIDE * SIDE, SIDE):
        row = list(zip(image[start : start + SIDE], rest[start : start + SIDE], strict=True))
        for line in hatch:
            for before, after in row:
                hatched = before - after >= MIN_LOSS
                pixels += line if hatched else bytes((*ink, round(255 * after))) * ZOOM
    return bytes(pixels)


def maps_per_row(maps: int) -> int:
    """Return how many maps of a layer lie side by side, in a picture of about 4 to 1."""
    return -(-maps // max(round(math.sqrt(maps) / 2), 1))


def paint_maps(values: Sequence[float], maps: int, height: int, width: int) -> bytes:
    """Paint the maps of a layer side by side in rows, one pixel apart. Bright is a high value.

    Returns:
        A picture that is maps_per_row(maps) * (width + 1) - 1 pixels wide.

    """
    scale = 255 / (max(values) or 1.0)
    greys = [_GREYS[max(int(value * scale), 0)] for value in values]
    across, blank = maps_per_row(maps), _CLEAR * width
    lines: list[bytes] = []
    for first in range(0, maps, across):
        beside = range(first, first + across)
        for y in range(height):
            starts = [(place * height + y) * width for place in beside]
            rows = [b"".join(greys[start : start + width]) or blank for start in starts]
            lines.append(_CLEAR.join(rows))
        lines.append(_CLEAR * (across * (width + 1) - 1))
    return b"".join(lines[:-1])
