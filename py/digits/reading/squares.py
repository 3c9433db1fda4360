"""Squares all over an image, one of which is erased at a time."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE

if TYPE_CHECKING:
    from digits.drawing.raster import Image

type Square = tuple[int, int]
"""The left column and the top row."""

SIZE = 6
"""The side of a square, in pixels: enough to cut a stroke."""
STEP = 2
"""From a square to the next one, in pixels. Every pixel lies in one or more."""
STARTS = range(0, SIDE - SIZE + 1, STEP)
_PAPER = array("f", bytes(4 * SIZE))


def inked(image: Image) -> list[Square]:
    """Give the squares that hold ink."""
    return [
        (left, top)
        for top in STARTS
        for left in STARTS
        if any(any(image[start : start + SIZE]) for start in _rows((left, top)))
    ]


def erased(image: Image, square: Square) -> Image:
    """Give the image without the ink in a square."""
    rest = image[:]
    for start in _rows(square):
        rest[start : start + SIZE] = _PAPER
    return rest


def pixels_in(square: Square) -> list[int]:
    """Give the pixels of a square, by their place in the image."""
    return [start + column for start in _rows(square) for column in range(SIZE)]


def cover() -> list[int]:
    """Count for each pixel the squares that hold it."""
    lines = [sum(start <= line < start + SIZE for start in STARTS) for line in range(SIDE)]
    return [rows * columns for rows in lines for columns in lines]


def _rows(square: Square) -> range:
    """Give the first pixel of each row of a square."""
    left, top = square
    return range(top * SIDE + left, (top + SIZE) * SIDE + left, SIDE)
