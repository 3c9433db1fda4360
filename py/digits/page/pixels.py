"""Pixels that Python has made, as the page's canvases take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import ImageData, Uint8ClampedArray

from digits.drawing.raster import SIDE

if TYPE_CHECKING:
    from digits.drawing.raster import Image


def image_data(image: Image) -> Any:
    """Make the image visible: white ink on black, as the network has it."""
    return grey_data(bytes(round(255 * value) for value in image))


def grey_data(greys: bytes) -> Any:
    """Make an image visible that is a byte for each pixel: 0 is black, 255 white."""
    pixels = bytearray(b"\xff" * 4 * len(greys))
    for channel in range(3):
        pixels[channel::4] = greys
    return js_pixels(pixels, SIDE)


def js_pixels(pixels: bytes | bytearray, width: int) -> Any:
    """Hand over rows of red, green, blue and opacity, so many pixels wide."""
    js_bytes = Uint8ClampedArray.new(len(pixels))
    js_bytes.assign(pixels)
    return ImageData.new(js_bytes, width)
