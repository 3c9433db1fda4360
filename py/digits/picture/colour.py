"""Convert a colour picture to grey pictures, at least one of which shows the ink.

Ink can differ from paper in brightness, in opacity (a drawing on a transparent background), or in
hue alone (red ink on blue paper of the same brightness).
"""

from __future__ import annotations

import math
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from digits.picture.light import GreyPicture

if TYPE_CHECKING:
    from collections.abc import Iterator

OPAQUE = 128
"""The minimum opacity of a pixel that counts as opaque, of 0 to 255."""
DARK_OFFSET = 24
"""A hue is relative to the sum of a pixel's channels plus this offset. So the hue of dark pixels,
which is mostly noise, counts less."""
SAMPLE_STEP = 5
"""The hue of the paper is the median of every SAMPLE_STEP-th pixel."""


class ColourPicture(NamedTuple):
    """A picture in colour. rgba: red, green, blue and opacity of each pixel, row by row."""

    width: int
    height: int
    rgba: bytes

    @property
    def transparent_share(self) -> float:
        """The fraction of the pixels that are transparent, in 0..1."""
        opacity = self.rgba[3::4]
        if opacity.count(255) == len(opacity):  # this is much faster, and most pictures are opaque
            return 0.0
        return sum(value < OPAQUE for value in opacity) / len(opacity)


def grey_pictures(pixels: ColourPicture) -> Iterator[GreyPicture]:
    """Yield grey pictures of the same pixels, in the order in which they should be searched.

    The order is opacity, brightness, hue; opacity comes last if most of the picture is opaque. Skip
    opacity if the whole picture is opaque, and hue if the whole picture is grey.
    """
    width, height, rgba = pixels
    opacity = rgba[3::4]
    has_opacity = opacity.count(255) < len(opacity)
    is_mostly_transparent = pixels.transparent_share >= 0.5
    if is_mostly_transparent:
        yield _by_opacity(pixels)
    red, green, blue = _opaque_channels(rgba) if has_opacity else _channels(rgba)
    yield GreyPicture(width, height, _brightness(red, green, blue))
    if not red == green == blue:
        yield GreyPicture(width, height, _hue_similarity(red, green, blue))
    if has_opacity and not is_mostly_transparent:
        yield _by_opacity(pixels)


def is_light_on_transparent(pixels: ColourPicture) -> bool:
    """Return whether to show a picture on black: it is mostly transparent, and its ink is light."""
    opacity = pixels.rgba[3::4]
    if pixels.transparent_share < 0.5:
        return False
    brightness = _brightness(*_channels(pixels.rgba))
    weighted = sum(value * alpha for value, alpha in zip(brightness, opacity, strict=True))
    return weighted > sum(opacity) * 127.5


def _channels(rgba: bytes) -> tuple[bytes, bytes, bytes]:
    return rgba[0::4], rgba[1::4], rgba[2::4]


def _brightness(red: bytes, green: bytes, blue: bytes) -> bytes:
    """Return the brightness of each pixel, by the weights of ITU-R BT.601."""
    channels = zip(red, green, blue, strict=True)
    return bytes((77 * r + 150 * g + 29 * b) >> 8 for r, g, b in channels)


def _by_opacity(pixels: ColourPicture) -> GreyPicture:
    return GreyPicture(
        pixels.width, pixels.height, bytes(255 - opacity for opacity in pixels.rgba[3::4])
    )


def _opaque_channels(rgba: bytes) -> tuple[bytes, bytes, bytes]:
    """Return red, green and blue of the picture, with a background where it is transparent.

    The background has the median colour of the opaque pixels. So transparent corners, or the area
    around a sticker, get the colour of the paper.
    """
    opacity = rgba[3::4]
    flattened = []
    for channel in _channels(rgba):
        opaque = sorted(compress(channel, (alpha >= OPAQUE for alpha in opacity))) or [255]
        background = opaque[len(opaque) // 2]
        flattened.append(
            bytes(
                (value * alpha + background * (255 - alpha)) // 255
                for value, alpha in zip(channel, opacity, strict=True)
            )
        )
    red, green, blue = flattened
    return red, green, blue


def _hue_similarity(red: bytes, green: bytes, blue: bytes) -> bytes:
    """Return for each pixel how similar its hue is to that of the paper: 255 is the same hue.

    A hue is the point (red - green, blue - yellow), relative to the sum of the pixel's channels, so
    shadows hardly change it. The distance between grey and a pure red, green or blue is about 1. At
    a distance of 1/3 or more from the paper, the value is 0.
    """
    points = [
        ((r - g) / (total := r + g + b + DARK_OFFSET), (b - (r + g) / 2) / total)
        for r, g, b in zip(red, green, blue, strict=True)
    ]
    paper_x, paper_y = (
        sorted(values)[len(values) // 2] for values in zip(*points[::SAMPLE_STEP], strict=True)
    )
    return bytes(
        round(255 * max(1 - 3 * math.hypot(x - paper_x, y - paper_y), 0.0)) for x, y in points
    )
