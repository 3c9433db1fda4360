"""Find the digit in a picture: scale the browser's bitmap down and make it grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.picture.components import NoDigitFound
from digits.picture.find import Found, close_up, find
from digits.picture.light import Picture

if TYPE_CHECKING:
    from digits.picture.components import Box

LONG_SIDE = 160
"""The longer side of the image that is searched for a digit, in pixels."""


def find_digit(js_bitmap: Any) -> Found:
    """Find the digit. If it is small, search the area around it again at a larger scale.

    Raises:
        NoDigitFound: No digit was found.

    """
    width, height = js_bitmap.width, js_bitmap.height
    js_whole = scaled(js_bitmap, (0, 0, width, height), LONG_SIDE)
    found = find(_grey(js_whole))
    area, scale = close_up(found.box, js_whole.width, js_whole.height), width / js_whole.width
    if area is None or scale <= 1:
        return found
    left, top, right, bottom = (round(side * scale) for side in area)
    area_box = left, top, min(right, width), min(bottom, height)
    try:
        return find(_grey(scaled(js_bitmap, area_box, LONG_SIDE)))
    except NoDigitFound:
        return found


def scaled(js_source: Any, box: Box, long_side: int) -> Any:
    """Return a canvas with an area of a picture, scaled down.

    The picture is halved repeatedly: scaling it in one large step would lose thin lines.

    Args:
        js_source: A bitmap or a canvas.
        box: The area: left, top, right and bottom, in pixels.
        long_side: The longer side of the result, in pixels, unless the area is smaller.

    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    while True:
        scale = max(min(long_side / max(width, height), 1), 0.5)
        js_canvas = document.createElement("canvas")
        js_canvas.width = max(round(width * scale), 1)
        js_canvas.height = max(round(height * scale), 1)
        js_context = js_canvas.getContext("2d")
        js_context.fillStyle = "white"  # transparent pixels count as paper
        js_context.fillRect(0, 0, js_canvas.width, js_canvas.height)
        js_context.imageSmoothingQuality = "high"
        size = js_canvas.width, js_canvas.height
        js_context.drawImage(js_source, left, top, width, height, 0, 0, *size)
        js_source, left, top, (width, height) = js_canvas, 0, 0, size
        if max(width, height) <= long_side:
            return js_canvas


def _grey(js_canvas: Any) -> Picture:
    """Return the brightness of each pixel, by the weights of ITU-R BT.601."""
    width, height = js_canvas.width, js_canvas.height
    colours = js_canvas.getContext("2d").getImageData(0, 0, width, height).data.to_bytes()
    channels = zip(colours[0::4], colours[1::4], colours[2::4], strict=True)
    return Picture(width, height, bytes((77 * r + 150 * g + 29 * b) >> 8 for r, g, b in channels))
