"""Draw pictures of digits on paper, and return them as PNG or SVG files."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.support.strokes import DRAWN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PAPER, INK = 230, 50
"""The brightness of paper and of ink, from 0 to 255."""


def draw_on_paper(
    strokes: Sequence[Sequence[tuple[float, float]]],
    pen: float,
    x: float = 0,
    y: float = 0,
    side: int = 120,
    scale: float = 100,
) -> np.ndarray[Any, Any]:
    """Draw strokes on white paper; return the brightness of the pixels as [side, side].

    Args:
        strokes: lists of points (x, y), from 0 to 1. The point (0.5, 0.5) is in the paper's middle.
        pen: the width of the pen in pixels.
        x: how far the drawing is moved from the middle to the right, in pixels.
        y: how far the drawing is moved from the middle downwards, in pixels.
        side: the picture's side in pixels.
        scale: the length of one unit of the strokes, in pixels.
    """
    rows, columns = np.indices((side, side)) + 0.5
    nearest = np.full((side, side), np.inf)
    for stroke in strokes:
        ends = (np.array(stroke) - 0.5) * scale + side / 2 + (x, y)
        for start, end in pairwise(ends):
            dx, dy = end - start
            along = ((columns - start[0]) * dx + (rows - start[1]) * dy) / (dx * dx + dy * dy)
            along = np.clip(along, 0, 1)
            distance = np.hypot(columns - start[0] - along * dx, rows - start[1] - along * dy)
            nearest = np.minimum(nearest, distance)
    return PAPER - (PAPER - INK) * np.clip(pen / 2 + 0.5 - nearest, 0, 1)


def photo(label: str, side: int = 300, scale: float = 250, pen: float = 9) -> bytes:
    """Return a PNG file of a digit on paper in uneven light. See `draw_on_paper`."""
    return png(
        draw_on_paper(DRAWN_DIGITS[label], pen, side=side, scale=scale) * np.linspace(0.5, 1, side)
    )


def svg(label: str) -> bytes:
    """Return an SVG file of a digit. The file states no width or height in pixels."""
    lines = [
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in stroke)}"/>'
        for stroke in DRAWN_DIGITS[label]
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" fill="none" stroke="#123" '
        f'stroke-width=".06">{"".join(lines)}</svg>'
    ).encode()


def rgba_png(pixels: np.ndarray[Any, Any]) -> bytes:
    """Return a PNG file in colour.

    Args:
        pixels: red, green, blue and opacity, 0 to 255, as [height, width, 4].
    """
    height, width, _ = pixels.shape
    # In a PNG, each row begins with the number of a filter; 0 is no filter.
    rows = np.pad(np.rint(pixels).astype(np.uint8).reshape(height, -1), ((0, 0), (1, 0)))
    return png_from_data(width, height, 8, zlib.compress(rows.tobytes()), colour_type=6)


def png(brightness: np.ndarray[Any, Any]) -> bytes:
    """Return a grey PNG file.

    Args:
        brightness: the pixels, 0 to 255, as [height, width].
    """
    height, width = brightness.shape
    rows = np.pad(np.rint(brightness).astype(np.uint8), ((0, 0), (1, 0)))  # as in `rgba_png`
    return png_from_data(width, height, 8, zlib.compress(rows.tobytes()))


def png_from_data(width: int, height: int, bits: int, data: bytes, colour_type: int = 0) -> bytes:
    """Return a PNG file, by default a grey one.

    Args:
        width: in pixels.
        height: in pixels.
        bits: the number of bits of each channel of a pixel.
        data: the rows of pixels, compressed with zlib.
        colour_type: 0 for grey pixels, 6 for red, green, blue and opacity.
    """
    head = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum
