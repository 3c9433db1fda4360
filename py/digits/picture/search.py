"""Find what is written in a picture of any size: first in the whole picture, then closer.

The whole picture is searched at a low resolution. If the symbols that are found are small or
tilted, the area around them is searched again: at a resolution at which they are large enough, and
turned upright.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from digits.median import median
from digits.picture.components import NothingToRead
from digits.picture.find import MIN_LENGTH, find_in_colour
from digits.picture.source import Area, PictureSource
from digits.picture.tilt import tilt_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box
    from digits.picture.colour import ColourPicture

LONG_SIDE = 160
"""The maximum length of a picture's longer side in the first search, in pixels, unless the picture
is a strip: wider than 4:3, or higher than 3:4."""
STRIP_PIXELS = 19_200
"""In the first search, a strip has at most about this number of pixels. So it is longer than
LONG_SIDE, and the digits of a single line are not merged into one."""
MAX_STRIP = 640
"""The maximum length of a strip in the first search, in pixels."""
MIN_SIDE = 96
"""The longer side to which a smaller picture is enlarged, in pixels: `find` needs some pixels of
paper between the lines."""
CLOSE_UP_LENGTH = 1 / 3
"""A single digit that is shorter than this fraction of the picture's longer side is searched again
at a higher resolution."""
SYMBOL_HEIGHT = 40
"""The height of the tall symbols when several are searched again, in pixels."""
LARGE_ENOUGH = 0.8
"""Several symbols that have at least this fraction of SYMBOL_HEIGHT are not searched again, unless
they are tilted."""
MAX_PIXELS = 200_000
"""The maximum number of pixels when several symbols are searched again, so that the search takes at
most about two seconds."""
TALL = 0.6
"""A symbol is tall if it has this fraction of the tallest one's height."""
MAX_ENLARGEMENT = 3.0
"""The maximum enlargement when several symbols are searched again."""
MIN_CLOSE_UP_LENGTH = 12
"""The minimum length of a digit when several symbols are searched again, in pixels."""
WIDEST_DIGIT = 1.5
"""The maximum ratio of a digit's width to its height. What is wider may be a whole line."""
MARGIN = 0.6
"""The margin around several symbols, in heights of the tall symbols."""
MAX_COMPONENTS = 64
"""The maximum number of components that are read: as many as a drawing can have gestures."""


class Picture(Protocol):
    """A picture that can be scaled."""

    @property
    def width(self) -> int:
        """The width in pixels."""
        ...

    @property
    def height(self) -> int:
        """The height in pixels."""
        ...

    def pixels(self, area: Area, width: int, height: int) -> ColourPicture:
        """Return an area of the picture, turned upright and scaled to a width and height."""
        ...


def find_writing(picture: Picture) -> PictureSource:
    """Find the digits and signs in a picture.

    Raises:
        NothingToRead: No ink in the picture could be a digit, or there is too much of it.

    """
    source = _first_then_closer(picture)
    if len(source.found.components) > MAX_COMPONENTS:
        raise NothingToRead("picture_crowded")
    return source


def _first_then_closer(picture: Picture) -> PictureSource:
    whole = Area(picture.width / 2, picture.height / 2, picture.width, picture.height)
    shape = max(whole.width, whole.height) / min(whole.width, whole.height)
    strip = min(math.sqrt(STRIP_PIXELS * shape), MAX_STRIP)
    min_length = MIN_LENGTH * LONG_SIDE if strip > LONG_SIDE else None
    scale = _scale_of(whole, max(LONG_SIDE, strip), MIN_SIDE)
    first = _search(picture, whole, scale, min_length)
    closer = _closer(first)
    if closer is None:
        return first
    try:
        return _search(picture, *closer)
    except NothingToRead:
        return first


def _search(
    picture: Picture, area: Area, scale: float, min_length: float | None = None
) -> PictureSource:
    width, height = (max(round(side * scale), 1) for side in (area.width, area.height))
    found = find_in_colour(picture.pixels(area, width, height), min_length)
    return PictureSource(found, area, scale, (picture.width, picture.height))


def _scale_of(area: Area, long_side: float, min_side: float) -> float:
    """Return the scale nearest to 1 at which the longer side has min_side to long_side pixels."""
    longer = max(area.width, area.height)
    return min(max(min_side / longer, 1), long_side / longer)


def _closer(first: PictureSource) -> tuple[Area, float, float | None] | None:
    """Return the area to search again, its scale and the minimum length of a digit.

    None if the first search is good enough.
    """
    found = first.found
    left, top, right, bottom = found.box
    if len(found.components) == 1 and right - left <= WIDEST_DIGIT * (bottom - top):
        return _closer_to_digit(first)
    boxes = [first.box([index]) for index in range(len(found.components))]
    tilt = tilt_of(boxes)
    height = _typical_size(boxes)
    if not tilt and height >= LARGE_ENOUGH * SYMBOL_HEIGHT:
        return None
    area = _around(first, tilt, height * MARGIN)
    largest = math.sqrt(MAX_PIXELS / (area.width * area.height))
    scale = min(SYMBOL_HEIGHT / height * first.scale, largest, MAX_ENLARGEMENT)
    return area, scale, MIN_CLOSE_UP_LENGTH


def _closer_to_digit(first: PictureSource) -> tuple[Area, float, None] | None:
    """Return the area around a single digit, and its scale. None if the digit is large enough."""
    grid = first.found.grid
    left, top, right, bottom = first.found.box
    length = max(right - left, bottom - top)
    if length > CLOSE_UP_LENGTH * max(grid.width, grid.height) or first.scale >= 1:
        return None
    area = _around(first, 0.0, length / 2)
    return area, _scale_of(area, LONG_SIDE, MIN_SIDE), None


def _around(first: PictureSource, angle: float, margin: float) -> Area:
    """Return the smallest area with all ink and a margin, cut at the picture's edges if upright.

    Args:
        first: What was found.
        angle: The angle of the area, in radians clockwise.
        margin: The margin, in pixels of the search.

    """
    turn = Area(0, 0, 0, 0, -angle)
    corners = [
        turn.position(x, y)
        for left, top, right, bottom in (each.box for each in first.found.components)
        for x in (left, right)
        for y in (top, bottom)
    ]
    xs, ys = zip(*corners, strict=True)
    left, top, right, bottom = (
        min(xs) - margin,
        min(ys) - margin,
        max(xs) + margin,
        max(ys) + margin,
    )
    if not angle:
        grid = first.found.grid
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, grid.width), min(bottom, grid.height)
    middle = Area(0, 0, 0, 0, angle).position((left + right) / 2, (top + bottom) / 2)
    x, y = first.in_picture(middle)
    return Area(x, y, (right - left) / first.scale, (bottom - top) / first.scale, angle)


def _typical_size(boxes: Sequence[Box]) -> float:
    """Return the median height of the tall symbols, at least 1.

    A flat symbol counts as half as high as it is wide.
    """
    sizes = [max(bottom - top, (right - left) / 2) for left, top, right, bottom in boxes]
    return max(median(each for each in sizes if each >= TALL * max(sizes)), 1.0)
