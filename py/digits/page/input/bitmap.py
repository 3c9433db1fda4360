"""Find the digit in a picture: scale the browser's bitmap down and read its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document
from pyodide.ffi import JsException

from digits.picture.colour import Pixels, is_light_on_transparent
from digits.picture.components import NoDigitFound
from digits.picture.find import Found, close_up, find_in_colour
from digits.picture.grouping import SeveralDigits

if TYPE_CHECKING:
    from digits.picture.components import Box

LONG_SIDE = 160
"""The longer side of the image that is searched for a digit, in pixels."""
MIN_SIDE = 96
"""The longer side to which a smaller picture is enlarged, in pixels: `find` needs some pixels of
paper between the lines."""
THUMBNAIL_SIDE = 40
"""The longer side of the image that shows whether the ink is light, in pixels."""
STRIPES = {"#000": (0, 0, 0, 255), "#fff": (255, 255, 255, 255), "#f00": (255, 0, 0, 255)}
"""Colours of the pattern that shows whether the browser returns true pixels, and their pixels."""
STRIPE = 8
"""The side of a square of this pattern in pixels."""
MAX_NOISE = 24
"""The maximum difference of a byte that still counts as true. Brave and Firefox's private windows
change some bytes by 1, so that pages can't recognise the device. Reading tolerates this."""


class PixelsRefused(Exception):
    """The browser does not return a canvas's true pixels, to protect against fingerprinting."""


def find_digit(js_bitmap: Any) -> Found:
    """Find the digit. If it is small, search the area around it again at a larger scale.

    Raises:
        NoDigitFound: No digit, or more than one digit, was found.
        PixelsRefused: The browser does not return true pixels.

    """
    _check_pixels()
    width, height = js_bitmap.width, js_bitmap.height
    js_whole = scaled(js_bitmap, (0, 0, width, height), LONG_SIDE, MIN_SIDE)
    found: Found | SeveralDigits
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
        except NoDigitFound:
            pass  # use the result of the first search
    if isinstance(found, SeveralDigits):
        raise found
    return found


def background(js_canvas: Any) -> str:
    """Return the colour to show a picture on: black if its ink is light and the rest transparent.

    Args:
        js_canvas: The picture, on a canvas.

    """
    whole = (0, 0, js_canvas.width, js_canvas.height)
    is_light = is_light_on_transparent(_pixels(scaled(js_canvas, whole, THUMBNAIL_SIDE)))
    return "black" if is_light else "white"


def scaled(js_source: Any, box: Box, long_side: int, min_side: int = 0) -> Any:
    """Return a canvas with an area of a picture, scaled down.

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


def _pixels(js_canvas: Any) -> Pixels:
    """Return the pixels of a canvas.

    Raises:
        PixelsRefused: The browser, or one of its extensions, does not return them.

    """
    width, height = js_canvas.width, js_canvas.height
    try:
        js_data = js_canvas.getContext("2d").getImageData(0, 0, width, height).data
    except (JsException, AttributeError) as error:
        raise PixelsRefused from error
    return Pixels(width, height, js_data.to_bytes())


def _check_pixels() -> None:
    """Draw a known pattern and read its pixels. Raises PixelsRefused if they differ."""
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
