"""How wide the line is that is shown: it follows the pressure of a pen that tells it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digits.drawing.edges import Point
    from digits.drawing.ink import Trace


def width_of(pressure: float) -> float:
    """Give the width for a pressure of 0..1, in widths of the pen: 0.5 to 1.4.

    It is 1 at 0.5: that is what a pen tells that knows no pressure.
    """
    return 0.5 + 1.1 * pressure - 0.2 * pressure * pressure


def runs(stroke: Trace) -> Iterator[tuple[list[Point], float]]:
    """Cut a stroke where its width changes: each run begins where the one before ended."""
    before: list[Point] = []
    for width, pairs in groupby(zip(stroke, stroke.widths, strict=True), lambda pair: pair[1]):
        points = before + [point for point, _ in pairs]
        yield points, width
        before = points[-1:]
