"""Find the ink in a picture: scale the browser's bitmap, turn it, and read its pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from js import document
from pyodide.ffi import JsException

from digits.picture.colour import ColourPicture, is_light_on_transparent
from digits.picture.search import find_writing

if TYPE_CHECKING:
    from digits.picture.components import Box
    from digits.picture.source import Area, PictureSource

THUMBNAIL_SIDE = 40
"""The maximum length, in pixels, of the longer side of the image in which `background` measures the
ink."""
SQUARES = {"#000": (0, 0, 0, 255), "#fff": (255, 255, 255, 255), "#f00": (255, 0, 0, 255)}
"""A test pattern: the colour of each square, and the pixel (red, green, blue, opacity) to expect.

The page draws it and reads its pixels, to find out whether the browser returns true pixels.
"""
SQUARE_SIDE = 8
"""The side of a square of the test pattern, in pixels."""
MAX_NOISE = 24
"""The maximum difference between an expected byte and the byte that the browser returns. Brave and
Firefox's private windows change some bytes by 1, so that pages can't recognise the device. Such
small changes do not matter for reading."""


class PixelsRefused(Exception):
    """The browser does not return the true pixels of a canvas, to protect the user's privacy."""


class Bitmap:
    """A bitmap of the browser. It implements `digits.picture.search.Picture`."""

    def __init__(self, js_bitmap: Any) -> None:
        self._js_bitmap = js_bitmap
        self.width: int = js_bitmap.width
        self.height: int = js_bitmap.height

    def pixels(self, area: Area, width: int, height: int) -> ColourPicture:
        """Return an area of the picture, turned upright and scaled to a width and height.

        Raises:
            PixelsRefused: The browser does not return true pixels.

        """
        if not area.angle:
            left, top = round(area.x - area.width / 2), round(area.y - area.height / 2)
            right, bottom = round(area.x + area.width / 2), round(area.y + area.height / 2)
            box = max(left, 0), max(top, 0), min(right, self.width), min(bottom, self.height)
            return _pixels(_scaled(self._js_bitmap, box, width, height))
        # First scale the whole picture, so that thin lines are not lost; then turn it.
        scale = min(width / area.width, 1)
        whole = 0, 0, self.width, self.height
        size = max(round(self.width * scale), 1), max(round(self.height * scale), 1)
        js_whole = _scaled(self._js_bitmap, whole, *size)
        js_canvas, js_context = _canvas(width, height)
        js_context.translate(width / 2, height / 2)
        js_context.rotate(-area.angle)
        js_context.scale(width / (area.width * scale), height / (area.height * scale))
        js_context.translate(-area.x * scale, -area.y * scale)
        _draw_beyond_edges(js_context, js_whole)
        return _pixels(js_canvas)


def find_ink(js_bitmap: Any) -> PictureSource:
    """Find the digits and signs in a bitmap.

    Raises:
        NothingToRead: The picture shows no digit or sign.
        PixelsRefused: The browser does not return true pixels.

    """
    _check_pixels()
    return find_writing(Bitmap(js_bitmap))


def background(js_canvas: Any) -> str:
    """Return the background to show a picture on: black for light ink on transparency, else white.

    Args:
        js_canvas: The picture, on a canvas.

    """
    is_light = is_light_on_transparent(_pixels(scaled(js_canvas, THUMBNAIL_SIDE)))
    return "black" if is_light else "white"


def scaled(js_source: Any, long_side: int) -> Any:
    """Return a canvas with a whole picture, scaled down if its longer side is too long.

    Args:
        js_source: A bitmap or a canvas.
        long_side: The maximum length of the result's longer side, in pixels.

    """
    width, height = js_source.width, js_source.height
    scale = min(long_side / max(width, height), 1)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return _scaled(js_source, (0, 0, width, height), *size)


def _scaled(js_source: Any, box: Box, to_width: int, to_height: int) -> Any:
    """Return a canvas with an area of a picture, scaled to a width and height.

    The picture is halved repeatedly: scaling it in one large step would lose thin lines.

    Args:
        js_source: A bitmap or a canvas.
        box: The area: left, top, right and bottom, in pixels.
        to_width: The width of the canvas.
        to_height: Its height.

    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    while True:
        size = max(to_width, math.ceil(width / 2)), max(to_height, math.ceil(height / 2))
        js_canvas, js_context = _canvas(*size)
        js_context.drawImage(js_source, left, top, width, height, 0, 0, *size)
        js_source, left, top, (width, height) = js_canvas, 0, 0, size
        if size == (to_width, to_height):
            return js_canvas


def _draw_beyond_edges(js_context: Any, js_picture: Any) -> None:
    """Draw a picture at (0, 0), and extend its outermost pixels to the edges of the canvas.

    A transparent corner beside a turned picture would look like the edge of a sheet on a desk.
    """
    width, height = js_picture.width, js_picture.height
    far = 2 * (width + height)
    # For each axis, three parts: the start and length in the picture, then those on the canvas.
    across = (0, 1, -far, far), (width - 1, 1, width, far), (0, width, 0, width)
    down = (0, 1, -far, far), (height - 1, 1, height, far), (0, height, 0, height)
    for x, part_width, to_x, to_width in across:
        for y, part_height, to_y, to_height in down:
            js_context.drawImage(
                js_picture, x, y, part_width, part_height, to_x, to_y, to_width, to_height
            )


def _canvas(width: int, height: int) -> tuple[Any, Any]:
    """Return a new canvas of this size and its context, which scales pictures smoothly."""
    js_canvas = document.createElement("canvas")
    js_canvas.width, js_canvas.height = width, height
    js_context = js_canvas.getContext("2d")
    js_context.imageSmoothingQuality = "high"
    return js_canvas, js_context


def _pixels(js_canvas: Any) -> ColourPicture:
    """Return the pixels of a canvas.

    Raises:
        PixelsRefused: The browser, or one of its extensions, does not return them.

    """
    width, height = js_canvas.width, js_canvas.height
    try:
        js_data = js_canvas.getContext("2d").getImageData(0, 0, width, height).data
    except (JsException, AttributeError) as error:
        raise PixelsRefused from error
    return ColourPicture(width, height, js_data.to_bytes())


def _check_pixels() -> None:
    """Draw the test pattern and read its pixels. Raises PixelsRefused if they are different."""
    js_canvas = document.createElement("canvas")
    js_canvas.width, js_canvas.height = SQUARE_SIDE, SQUARE_SIDE * len(SQUARES)
    js_context = js_canvas.getContext("2d")
    for index, colour in enumerate(SQUARES):
        js_context.fillStyle = colour
        js_context.fillRect(0, index * SQUARE_SIDE, SQUARE_SIDE, SQUARE_SIDE)
    expected = b"".join(bytes(pixel) * SQUARE_SIDE**2 for pixel in SQUARES.values())
    read = _pixels(js_canvas).rgba
    if any(abs(a - b) > MAX_NOISE for a, b in zip(read, expected, strict=True)):
        raise PixelsRefused
