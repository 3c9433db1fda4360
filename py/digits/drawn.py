"""What is drawn, digit by digit: as images that a network can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.drawing.ink import box_around
from digits.drawing.raster import rasterise
from digits.drawing.segment import segment

if TYPE_CHECKING:
    from digits.drawing.ink import Box, Ink
    from digits.drawing.raster import Image


def digits_of(ink: Ink) -> tuple[list[Box], list[Image], int]:
    """Give the box and the image of each digit, left to right, and which was drawn on last.

    Something has to be drawn.
    """
    gestures = ink.gestures
    # A gesture that left the sheet and came back is one line, whatever was cut off it.
    lines = [[point for stroke in gesture for point in stroke] for gesture in gestures]
    cut = {id(line): gesture for line, gesture in zip(lines, gestures, strict=True)}
    groups = segment(lines)
    newest = next(i for i, group in enumerate(groups) if any(line is lines[-1] for line in group))
    digits = [[stroke for line in group for stroke in cut[id(line)]] for group in groups]
    return [box_around(each) for each in digits], [rasterise(each) for each in digits], newest
