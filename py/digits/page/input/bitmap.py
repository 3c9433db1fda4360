"""Find the digit in a picture: scale the browser's bitmap down and read its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document
from pyodide.ffi import JsException

from digits.picture.colour import ColourPicture, is_light_on_transparent
from digits.picture.components import NoSingleDigit
from digits.picture.find import FoundDigit, close_up, find_in_colour
from digits.picture.grouping import SeveralDigits

if TYPE_CHECKING:
    from digits.picture.components import Box

LONG_SIDE = 160
"""The longer side of the image that is searched for a digit, in pixels."""
MIN_SIDE = 96
"""The longer side to which a smaller picture is enlarged, in pixels: `find` needs some pixels of
paper between the lines."""
THUMBNAIL_SIDE = 40
"""The longer side, in pixels, of the small image in which `background` measures the ink."""
STRIPES = {"#000": (0, 0, 0, 255), "#fff": (255, 255, 255, 255), "#f00": (255, 0, 0, 255)}
"""A test pattern: the colour of each square, and the pixel (red, green, blue, opacity) to expect.

The page draws it and reads its pixels, to find out whether the browser returns true pixels.
"""
STRIPE = 8
"""The side of a square of the test pattern, in pixels."""
MAX_NOISE = 24
"""The maximum difference between an expected byte and the byte that the browser returns. Brave and
Firefox's private windows change some bytes by 1, so that pages can't recognise the device. Such
small changes do not matter for reading."""


class PixelsRefused(Exception):
    """The browser does not return the true pixels of a canvas, to protect the user's privacy."""


def find_digit(js_bitmap: Any) -> FoundDigit:
    """Find the digit. If it is small, search the area around it again at a larger scale.

    Raises:
        NoSingleDigit: The picture shows no digit.
        SeveralDigits: The picture shows several digits.
        PixelsRefused: The browser does not return true pixels.

    """
    _check_pixels()
    width, height = js_bitmap.width, js_bitmap.height
    js_whole = scaled(js_bitmap, (0, 0, width, height), LONG_SIDE, MIN_SIDE)
    found: FoundDigit | SeveralDigits
    try:
        found = find_in_colour(_pixels(js_whole))
    except SeveralDigits as several:
        found = several
    area, scale = close_up(found.box, js_whole.width, js_whole.height), width / js_whole.width
    if area is not None and scale > 1:
        left, top, right, bottom = (round(side * scale) for side in area)
        area_box = left, top, min(right, width), min(bottom, height)
        try:
            return find_in_colour(_pixels(scaled(js_bitmap, area_box, LONG_SIDE, MIN_SIDE)))
        except SeveralDigits as several:
            found = several
        except NoSingleDigit:
            pass  # use the result of the first search
    if isinstance(found, SeveralDigits):
        raise found
    return found


def background(js_canvas: Any) -> str:
    """Return the background to show a picture on: black for light ink on transparency, else white.

    Args:
        js_canvas: The picture, on a canvas.

    """
    whole = (0, 0, js_canvas.width, js_canvas.height)
    is_light = is_light_on_transparent(_pixels(scaled(js_canvas, whole, THUMBNAIL_SIDE)))
    return "black" if is_light else "white"


def scaled(js_source: Any, box: Box, long_side: int, min_side: int = 0) -> Any:
    """Return a canvas with an area of a picture, scaled down or enlarged.

    The picture is halved repeatedly: scaling it in one large step would lose thin lines.

    Args:
        js_source: A bitmap or a canvas.
        box: The area: left, top, right and bottom, in pixels.
        long_side: The maximum length of the result's longer side, in pixels.
        min_side: An area whose longer side is shorter is enlarged to this length, in pixels.

    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    while True:
        longer = max(width, height)
        scale = max(min(long_side / longer, max(min_side / longer, 1)), 0.5)
        js_canvas = document.createElement("canvas")
        js_canvas.width = max(round(width * scale), 1)
        js_canvas.height = max(round(height * scale), 1)
        js_context = js_canvas.getContext("2d")
        js_context.imageSmoothingQuality = "high"
        size = js_canvas.width, js_canvas.height
        js_context.drawImage(js_source, left, top, width, height, 0, 0, *size)
        js_source, left, top, (width, height) = js_canvas, 0, 0, size
        if max(width, height) <= long_side:
            return js_canvas


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
    js_canvas.width, js_canvas.height = STRIPE, STRIPE * len(STRIPES)
    js_context = js_canvas.getContext("2d")
    for index, colour in enumerate(STRIPES):
        js_context.fillStyle = colour
        js_context.fillRect(0, index * STRIPE, STRIPE, STRIPE)
    expected = b"".join(bytes(pixel) * STRIPE**2 for pixel in STRIPES.values())
    read = _pixels(js_canvas).rgba
    if any(abs(a - b) > MAX_NOISE for a, b in zip(read, expected, strict=True)):
        raise PixelsRefused
