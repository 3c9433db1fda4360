"""Draw strokes as a 28x28 image in the format of MNIST.

MNIST's digits were cropped, fitted into 20x20 pixels without changing their aspect ratio, and
placed in 28x28 pixels with their centre of mass in the middle (LeCun, Cortes, Burges: "The MNIST
database of handwritten digits"). This module does the same to the coordinates of the strokes,
before it draws any pixel. So lines of any drawing are as thick as MNIST's, and the position and
the size of a drawing do not change its image.

The page, the training and the evaluation all draw strokes with this module.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

type Image = array[float]
"""784 values in row-major order: 0 is paper, 1 is ink."""

SIDE = 28
"""The side of the image in pixels."""
BOX = 20.0
"""The length of the ink's longer side in pixels, including the line's thickness."""
SMALLEST = 0.5
"""A symbol that is smaller than this, in heights of the digits beside it, does not fill the box."""
RADIUS = 1.3
"""Half the thickness of a line, in pixels, as in MNIST: tests/unit/drawing/test_raster.py measures
it."""
EDGE = 0.8
"""Ink fades to paper within this many pixels on both sides of a line's border."""

type _Points = Sequence[tuple[float, float]]


def rasterise(
    strokes: Sequence[_Points], radius: float = RADIUS, line_height: float = 0.0
) -> Image:
    """Draw strokes as an image in the format of MNIST.

    Args:
        strokes: Points (x, y) at any scale; y increases downwards. If all points are the same, the
            image is a dot; if there are no points, it is blank.
        radius: Half the thickness of a line, in pixels. `digits.picture.find` passes a smaller
            value, because it draws each pixel of a line as a dot.
        line_height: The height of the digits on the same line, at the same scale as the points. A
            drawing smaller than SMALLEST of it is not enlarged to the whole box, so that a dot
            stays a dot. 0 if there is no line.

    """
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return array("f", bytes(4 * SIDE * SIDE))
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    longer = max(right - left, bottom - top, SMALLEST * line_height)
    scale = (BOX - 2 * radius) / longer if longer else 0.0
    middle_x, middle_y = left + (right - left) / 2, top + (bottom - top) / 2
    centred = [[((x - middle_x) * scale, (y - middle_y) * scale) for x, y in s] for s in strokes]
    mass_x, mass_y = centre_of_mass(_draw(centred, SIDE / 2, SIDE / 2, radius))
    return _draw(centred, SIDE - mass_x, SIDE - mass_y, radius)


def _draw(strokes: Sequence[_Points], origin_x: float, origin_y: float, radius: float) -> Image:
    """Draw strokes with coordinates in pixels, relative to the origin.

    The value of a pixel depends on its distance to the nearest stroke.
    """
    reach = radius + EDGE
    squared_distances = [math.inf] * (SIDE * SIDE)  # of each pixel to the nearest stroke
    for stroke in strokes:
        placed = [(x + origin_x - 0.5, y + origin_y - 0.5) for x, y in stroke]
        for start, end in zip(placed, placed[1:] or placed, strict=False):
            _update_distances(squared_distances, start, end, reach)
    return array("f", (_ink(squared, reach) for squared in squared_distances))


def _update_distances(
    squared_distances: list[float],
    start: tuple[float, float],
    end: tuple[float, float],
    reach: float,
) -> None:
    """Lower the squared distances of the pixels that are nearer to this segment than before.

    Skip pixels that are farther than `reach` from the segment's bounding box.
    """
    ax, ay = start
    bx, by = end
    dx, dy = bx - ax, by - ay
    squared_length = dx * dx + dy * dy
    columns = range(
        max(math.ceil(min(ax, bx) - reach), 0), min(math.floor(max(ax, bx) + reach), SIDE - 1) + 1
    )
    first = max(math.ceil(min(ay, by) - reach), 0)
    last = min(math.floor(max(ay, by) + reach), SIDE - 1)
    for row in range(first, last + 1):
        y = row - ay
        base = row * SIDE
        for column in columns:
            x = column - ax
            along = x * dx + y * dy
            if along <= 0 or squared_length == 0:
                squared = x * x + y * y
            elif along >= squared_length:
                squared = (x - dx) ** 2 + (y - dy) ** 2
            else:
                across = x * dy - y * dx
                squared = across * across / squared_length
            if squared < squared_distances[base + column]:
                squared_distances[base + column] = squared


def _ink(squared_distance: float, reach: float) -> float:
    """Return the value of a pixel at this squared distance from the middle of the nearest line."""
    if squared_distance >= reach * reach:
        return 0.0
    return min((reach - math.sqrt(squared_distance)) / (2 * EDGE), 1.0)


def centre_of_mass(image: Image) -> tuple[float, float]:
    """Return an image's centre of mass: x and y in pixels from the top left corner.

    The image must have ink.
    """
    total = sum(image)
    columns = sum(value * (index % SIDE + 0.5) for index, value in enumerate(image))
    rows = sum(value * (index // SIDE + 0.5) for index, value in enumerate(image))
    return columns / total, rows / total
