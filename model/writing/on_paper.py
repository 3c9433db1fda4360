"""Writing on paper: strokes drawn with a pen, and what the app finds of them in a picture."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from digits.picture.components import Component, PixelGrid
from digits.picture.search import SYMBOL_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke

    type Plane = NDArray[np.float64]

MARGIN = 4
"""Pixels of blank paper around the ink."""
MIN_RADIUS = 0.8
"""The smallest half thickness of a pen, in pixels."""
NOISE = 0.2
"""Standard deviation of the noise of each pixel with ink. Full ink is 1, paper 0."""


def draw_with_pen(strokes: Sequence[Plane], shape: tuple[int, int], radius: float) -> Plane:
    """Draw strokes on a sheet: [height, width], 0 is paper and 1 is ink.

    Args:
        strokes: Points [N, 2] in pixels, x and y.
        shape: Height and width of the sheet.
        radius: Half the thickness of the pen, in pixels.
    """
    distances = np.full(shape, np.inf)
    for stroke in strokes:
        for start, end in pairwise(stroke) if len(stroke) > 1 else [(stroke[0], stroke[0])]:
            _update_distances(distances, start, end, radius + 1)
    ink: Plane = np.clip(radius + 0.5 - distances, 0, 1)
    return ink


def dots_on_paper(
    strokes: Sequence[Stroke], height: float, rng: Generator
) -> tuple[list[Stroke], float]:
    """Write a symbol with a random pen; return it as `digits.picture` finds it in a picture.

    The noise of the picture frays the lines, and their middle, found pixel by pixel, is not quite
    where the pen went.

    Args:
        strokes: The symbol, not empty.
        height: The height of the digits on its line, at the same scale as the strokes.
        rng: The random generator.

    Returns:
        Each point of the middle of the lines as a stroke, in pixels, and the height of the digits
        on the line, in pixels.
    """
    line_height = SYMBOL_HEIGHT * rng.uniform(0.8, 1.3)
    radius = max(rng.uniform(0.05, 0.15) * line_height / 2, MIN_RADIUS)
    scaled = [np.array(stroke) * (line_height / height) for stroke in strokes]
    points = np.concatenate(scaled)
    margin = radius + MARGIN
    origin = points.min(0) - margin + rng.uniform(0, 1, 2)  # relative to the grid of pixels
    columns, rows = np.ceil(np.ptp(points, 0) + 2 * margin).astype(int)
    ink = draw_with_pen([stroke - origin for stroke in scaled], (rows, columns), radius)
    ink = np.where(ink > 0, ink + rng.normal(0, NOISE, ink.shape), 0)
    grid = PixelGrid(ink.tolist())
    pixels = [pixel for pixel, value in enumerate(grid.values) if value > 0.5]
    return [[point] for point in Component(grid, pixels).middle_points], line_height


def _update_distances(distances: Plane, start: Plane, end: Plane, reach: float) -> None:
    """Lower the distance of each pixel that is nearer to this segment than to earlier ones."""
    (left, top), (right, bottom) = np.minimum(start, end) - reach, np.maximum(start, end) + reach
    rows = slice(max(int(top), 0), max(int(bottom) + 2, 0))
    columns = slice(max(int(left), 0), max(int(right) + 2, 0))
    part = distances[rows, columns]
    if not part.size:
        return
    y, x = np.indices(part.shape)
    dx, dy = x + columns.start + 0.5 - start[0], y + rows.start + 0.5 - start[1]
    (along_x, along_y), squared = end - start, ((end - start) ** 2).sum()
    along = np.clip((dx * along_x + dy * along_y) / max(squared, 1e-9), 0, 1)
    np.minimum(part, np.hypot(dx - along * along_x, dy - along * along_y), out=part)
