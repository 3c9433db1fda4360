"""A picture of a digit to a 28x28 image, the way MNIST was made.

The light is made even (`digits.picture.light`), ink is told from paper, and the digit from all else
(`digits.picture.components`). The ink is fitted into MNIST's box by averaging, so that a small hole stays a
grey one. A pen that is finer than MNIST's is drawn with a thicker one, by `digits.drawing.raster`.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digits.drawing.raster import BOX, RADIUS, SIDE, rasterise
from digits.picture.components import NothingFound, Sheet, together
from digits.picture.light import Picture, darkness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.raster import Image
    from digits.picture.components import Box, Part
    from digits.picture.light import Rows

FAINTEST = 0.1
"""The least strength of ink beside paper; see `digits.picture.light.darkness`."""
NOISE = 13.0
"""Ink is stronger than paper by this many times the paper's spread, from its 50th percentile to its
60th: further up there may be ink, or a frame."""
WEAK = 0.6
"""Ink that is connected to ink counts from this part of the threshold on (hysteresis)."""
LEAST = 0.07
"""The least length of a digit, as a part of the picture's longer side."""
SLIM = 2.5
"""A digit is at least this many times longer than it is thick; a spot of light is not."""
NARROW = 1 / 3
"""A digit that takes less of the picture's longer side is looked at once more, from nearer."""
FINE = 1.6
"""Ink of less thickness, in pixels of the image, is drawn anew with MNIST's pen."""
FADE, FULL = 0.4, 1.6
"""Ink's edge fades to paper between these parts of the threshold."""


class Found(NamedTuple):
    """A digit in a picture: its image, and where it is."""

    image: Image
    box: Box


def find(picture: Picture) -> Found:
    """Find the digit in a picture, of which the longer side has at most 160 pixels or so.

    Whether ink or paper is the lighter one, and where the digit is, does not matter. Raises
    NothingFound for a picture with nothing on it.
    """
    rows = darkness(picture)
    paper, ink = _levels(rows)
    sheet = Sheet(rows)
    weak = paper + WEAK * (ink - paper)
    parts = [part for part in sheet.parts(weak, ink) if not sheet.is_edge(part)]
    digit = together(parts)
    left, top, right, bottom = digit.box
    length, thickness = max(right - left, bottom - top), sheet.thickness(digit)
    if length < max(LEAST * max(picture.width, picture.height), SLIM * thickness):
        raise NothingFound("what is on the picture is too small for a digit, or a spot")
    scale = (BOX - 2 * RADIUS) / max(length - thickness, 1)
    if thickness * scale < FINE:
        dots = [[sheet.place(pixel)] for pixel in digit.pixels]
        return Found(rasterise(dots, RADIUS - thickness * scale / 2), digit.box)
    return Found(_fit(sheet, digit, paper, ink), digit.box)


def nearer(box: Box, width: int, height: int) -> Box | None:
    """Give the part of a picture to be looked at from nearer, if its digit takes little of it.

    box: of the digit. width, height: of the picture, in the same pixels.
    """
    left, top, right, bottom = box
    length = max(right - left, bottom - top)
    if length > NARROW * max(width, height):
        return None
    room = length // 2
    return (
        max(left - room, 0),
        max(top - room, 0),
        min(right + room, width),
        min(bottom + room, height),
    )


def _levels(rows: Rows) -> tuple[float, float]:
    """Give the strength of paper and the least one of ink: halfway from paper to the mean of ink.

    T. W. Ridler and S. Calvard, "Picture thresholding using an iterative selection method", IEEE
    Transactions on Systems, Man and Cybernetics 8 (1978).
    """
    values = sorted(value for row in rows for value in row)
    if not values:
        raise NothingFound("the picture has no pixels")
    paper, upper = values[len(values) // 2], values[len(values) * 6 // 10]
    least = paper + NOISE * (upper - paper) + FAINTEST
    ink, before = least, 0.0
    while abs(ink - before) > 0.005:
        inked = values[bisect(values, ink) :]
        if not inked:
            raise NothingFound("all of the picture is paper")
        ink, before = max((sum(inked) / len(inked) + paper) / 2, least), ink
    return paper, ink


def _fit(sheet: Sheet, part: Part, paper: float, ink: float) -> Image:
    """Average the ink into MNIST's box; its centre of mass is in the middle."""
    zero, full = paper + FADE * (ink - paper), paper + FULL * (ink - paper)
    near = {pixel + step for pixel in part.pixels for step in (0, 1, -1, sheet.row, -sheet.row)}
    values = {p: min(max((sheet.values[p] - zero) / (full - zero), 0.0), 1.0) for p in near}
    solid = [pixel for pixel, value in values.items() if value > 0.5] or part.pixels
    left, top, right, bottom = sheet.box(solid)
    scale = max(right - left, bottom - top) / BOX
    left, top, right, bottom = sheet.box(list(near))
    rows = [
        [values.get((y + 1) * sheet.row + x + 1, 0.0) for x in range(left, right)]
        for y in range(top, bottom)
    ]
    mass = sum(map(sum, rows))
    middle_y = sum(sum(row) * (y + 0.5) for y, row in enumerate(rows)) / mass
    columns = [sum(column) for column in zip(*rows, strict=True)]
    middle_x = sum(value * (x + 0.5) for x, value in enumerate(columns)) / mass
    across = [_average(row, middle_x, scale) for row in rows]
    down = [_average(column, middle_y, scale) for column in zip(*across, strict=True)]
    return array("f", (min(value, 1.0) for row in zip(*down, strict=True) for value in row))


def _average(values: Sequence[float], middle: float, scale: float) -> list[float]:
    """Average values over SIDE pieces of this scale, the middle of them at `middle`."""
    sums = [0.0, *accumulate(values)]
    borders = [min(max(middle + (i - SIDE / 2) * scale, 0.0), len(values)) for i in range(SIDE + 1)]
    until = [
        sums[int(b)] + (b - int(b)) * (values[int(b)] if int(b) < len(values) else 0.0)
        for b in borders
    ]
    return [(after - before) / scale for before, after in pairwise(until)]
