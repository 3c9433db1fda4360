"""Draw pictures of an explanation and of the network's layers.

Each picture is a sequence of pixels, row by row. A pixel has four bytes: red, green, blue, opacity.
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

MIN_OPACITY = 0.22
"""The opacity of ink without importance."""
ZOOM = 6
"""`paint_erasure` draws each pixel of the image as a square with this side, in pixels."""
STRIPE = 2
"""The width of a stripe of the hatching, in pixels of the picture."""
MIN_ERASED = 0.1
"""Pixels that lost less ink than this are not hatched."""
_CLEAR = bytes(4)
_GREYS = [bytes((grey, grey, grey, 255)) for grey in range(256)]


def paint_importance(
    image: Image, importance: Sequence[float], ink: Colour, support_and_opposition: Sequence[Colour]
) -> bytes:
    """Draw the ink in colours that show its importance. Ink without importance is faint.

    Args:
        image: The ink.
        importance: The importance of each pixel, see `Explanation.importance`.
        ink: The colour of ink without importance.
        support_and_opposition: The colours for positive and for negative importance. The pixel with
            the strongest importance gets the full colour if its importance is at least NOTICEABLE.

    Returns:
        A picture that is SIDE pixels wide.

    """
    strongest = max(NOTICEABLE, *map(abs, importance))
    support, opposition = support_and_opposition
    pixels = bytearray()
    for value, weight in zip(image, importance, strict=True):
        strength = abs(weight) / strongest
        full = support if weight > 0 else opposition
        pixels += bytes(round(a + (b - a) * strength) for a, b in zip(ink, full, strict=True))
        pixels.append(round(255 * value * (MIN_OPACITY + (1 - MIN_OPACITY) * strength)))
    return bytes(pixels)


def paint_erasure(image: Image, remaining: Image, ink: Colour, mark: Colour) -> bytes:
    """Draw the remaining ink of an image, and hatch the erased ink.

    Args:
        image: The original image.
        remaining: The image after ink was erased.
        ink: The colour of the remaining ink.
        mark: The colour of the hatching.

    Returns:
        A picture that is SIDE * ZOOM pixels wide.

    """
    stripe = bytes((*mark, 255))
    hatch = [
        b"".join(stripe if (x + y) % ZOOM < STRIPE else _CLEAR for x in range(ZOOM))
        for y in range(ZOOM)
    ]
    pixels = bytearray()
    for start in range(0, SIDE * SIDE, SIDE):
        row = list(zip(image[start : start + SIDE], remaining[start : start + SIDE], strict=True))
        for line in hatch:
            for before, after in row:
                hatched = before - after >= MIN_ERASED
                pixels += line if hatched else bytes((*ink, round(255 * after))) * ZOOM
    return bytes(pixels)


def maps_per_row(maps: int) -> int:
    """Return how many feature maps to draw in a row: about 4 times as many as there are rows."""
    return -(-maps // max(round(math.sqrt(maps) / 2), 1))


def paint_maps(values: Sequence[float], maps: int, height: int, width: int) -> bytes:
    """Draw the feature maps of a layer in rows, with a gap of one pixel. High values are bright.

    Args:
        values: The values of all maps, map by map and row by row.
        maps: The number of maps.
        height: The height of a map.
        width: The width of a map.

    Returns:
        A picture that is maps_per_row(maps) * (width + 1) - 1 pixels wide.

    """
    scale = 255 / (max(values) or 1.0)
    greys = [_GREYS[max(int(value * scale), 0)] for value in values]
    columns, blank = maps_per_row(maps), _CLEAR * width
    lines: list[bytes] = []
    for first in range(0, maps, columns):
        maps_in_row = range(first, first + columns)
        for y in range(height):
            starts = [(number * height + y) * width for number in maps_in_row]
            # Beyond the last map, the slice is empty.
            rows = [b"".join(greys[start : start + width]) or blank for start in starts]
            lines.append(_CLEAR.join(rows))
        lines.append(_CLEAR * (columns * (width + 1) - 1))
    return b"".join(lines[:-1])
