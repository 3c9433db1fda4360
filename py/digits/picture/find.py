"""Turn a picture of a digit into a 28x28 image, the way MNIST was made.

`digits.picture.light` evens out the light. Then ink is separated from paper, and the digit from
everything else (`digits.picture.components`). Averaging fits the ink into MNIST's box, so that a
small hole remains as a grey one. Lines finer than MNIST's are redrawn with a thicker pen, by
`digits.drawing.raster`.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digits.drawing.raster import BOX, RADIUS, SIDE, rasterise
from digits.picture.components import NoDigitFound, PixelGrid, merge_nearby
from digits.picture.light import Picture, darkness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.raster import Image
    from digits.picture.components import Box, Component
    from digits.picture.light import Rows

FAINTEST = 0.1
"""The minimum difference in strength between ink and paper, see `digits.picture.light.darkness`."""
NOISE = 13.0
"""Ink is stronger than paper by this many times the paper's spread. The spread is measured between
the 50th and the 60th percentile: higher percentiles may be ink or a frame."""
WEAK = 0.6
"""Next to ink, pixels count as ink from this fraction of the threshold on (hysteresis)."""
MIN_LENGTH = 0.07
"""The minimum length of a digit, as a fraction of the picture's longer side."""
SLIM = 2.5
"""A digit is at least this many times longer than thick; a spot of light is not."""
SMALL = 1 / 3
"""A digit that takes up less of the picture's longer side is looked at again, in a close-up."""
FINE = 1.6
"""Thinner ink, in pixels of the 28x28 image, is redrawn with a pen as thick as MNIST's."""
FADE, FULL = 0.4, 1.6
"""The edge of the ink fades to paper between these multiples of the threshold."""


class Found(NamedTuple):
    """A digit in a picture: its 28x28 image, and where it is."""

    image: Image
    box: Box


def find(picture: Picture) -> Found:
    """Find the digit in a picture, wherever it is, dark on light or light on dark.

    Args:
        picture: Its longer side has about 160 pixels at most: time and memory grow with the area.

    Raises:
        NoDigitFound: No ink in the picture could be a digit.

    """
    rows = darkness(picture)
    paper, ink = _levels(rows)
    grid = PixelGrid(rows)
    weak = paper + WEAK * (ink - paper)
    components = [each for each in grid.components(weak, ink) if not grid.is_edge(each)]
    digit = merge_nearby(components)
    left, top, right, bottom = digit.box
    length, thickness = max(right - left, bottom - top), grid.thickness(digit)
    if length < max(MIN_LENGTH * max(picture.width, picture.height), SLIM * thickness):
        raise NoDigitFound("the largest ink is too small for a digit, or a spot")
    scale = (BOX - 2 * RADIUS) / max(length - thickness, 1)
    if thickness * scale < FINE:
        dots = [[grid.position(pixel)] for pixel in digit.pixels]
        return Found(rasterise(dots, RADIUS - thickness * scale / 2), digit.box)
    return Found(_fit(grid, digit, paper, ink), digit.box)


def close_up(box: Box, width: int, height: int) -> Box | None:
    """Return the part of a picture to look at again, because its digit is small; else None.

    Args:
        box: Of the digit.
        width: Of the picture, in the same pixels.
        height: Of the picture.

    """
    left, top, right, bottom = box
    length = max(right - left, bottom - top)
    if length > SMALL * max(width, height):
        return None
    margin = length // 2
    return (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, width),
        min(bottom + margin, height),
    )


def _levels(rows: Rows) -> tuple[float, float]:
    """Return the strength of paper, and the threshold of ink: halfway from paper to the mean ink.

    T. W. Ridler and S. Calvard, "Picture thresholding using an iterative selection method", IEEE
    Transactions on Systems, Man and Cybernetics 8 (1978).
    """
    values = sorted(value for row in rows for value in row)
    if not values:
        raise NoDigitFound("the picture has no pixels")
    paper, upper = values[len(values) // 2], values[len(values) * 6 // 10]
    least = paper + NOISE * (upper - paper) + FAINTEST
    ink, before = least, 0.0
    while abs(ink - before) > 0.005:
        inked = values[bisect(values, ink) :]
        if not inked:
            raise NoDigitFound("all of the picture is paper")
        ink, before = max((sum(inked) / len(inked) + paper) / 2, least), ink
    return paper, ink


def _fit(grid: PixelGrid, digit: Component, paper: float, ink: float) -> Image:
    """Average the ink into MNIST's box, with its centre of mass in the middle."""
    zero, full = paper + FADE * (ink - paper), paper + FULL * (ink - paper)
    near = {pixel + step for pixel in digit.pixels for step in (0, 1, -1, grid.row, -grid.row)}
    values = {p: min(max((grid.values[p] - zero) / (full - zero), 0.0), 1.0) for p in near}
    solid = [pixel for pixel, value in values.items() if value > 0.5] or digit.pixels
    left, top, right, bottom = grid.box(solid)
    scale = max(right - left, bottom - top) / BOX
    left, top, right, bottom = grid.box(list(near))
    rows = [
        [values.get((y + 1) * grid.row + x + 1, 0.0) for x in range(left, right)]
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
    """Return the means of SIDE intervals of length `scale`, centred at `middle`."""
    sums = [0.0, *accumulate(values)]
    borders = [min(max(middle + (i - SIDE / 2) * scale, 0.0), len(values)) for i in range(SIDE + 1)]
    until = [
        sums[int(b)] + (b - int(b)) * (values[int(b)] if int(b) < len(values) else 0.0)
        for b in borders
    ]
    return [(after - before) / scale for before, after in pairwise(until)]
