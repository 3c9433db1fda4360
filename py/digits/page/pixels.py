"""Pixels that Python has made, as the page's canvases take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import ImageData, Uint8ClampedArray

from digits.raster import SIDE

if TYPE_CHECKING:
    from digits.raster import Image


def image_data(image: Image) -> Any:
    """Make the image visible: white ink on black, as the network has it."""
    pixels = bytearray()
    for value in image:
        grey = round(255 * value)
        pixels += bytes((grey, grey, grey, 255))
    return js_pixels(pixels, SIDE)


def js_pixels(pixels: bytes | bytearray, width: int) -> Any:
    """Hand over rows of red, green, blue and opacity, so many pixels wide."""
    js_bytes = Uint8ClampedArray.new(len(pixels))
    js_bytes.assign(pixels)
    return ImageData.new(js_bytes, width)
