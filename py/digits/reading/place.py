"""Tell symbols of the same shape apart by their size, their place on the line, and their lean.

For each symbol, sizes and places are described by two normal distributions: of the logarithm of the
size, and of the offset. A third one describes how much more straight strokes lean than the rest of
the line: a "/" leans, where a "1" follows the slant of the writer's hand. These distributions were
estimated from lines that `model.writing.lines` wrote.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from digits.drawing.lines import Place


class _Typical(NamedTuple):
    """Mean and standard deviation of the logarithm of `Place.size`, and of `Place.offset`."""

    size: float
    size_deviation: float
    offset: float
    offset_deviation: float


DOT_FOR_TIMES = "·"
"""A dot at half height, which stands for "×"."""
TYPICAL = {
    "": _Typical(-0.6, 1.0, 0.05, 0.35),
    "digit": _Typical(0.0, 0.13, 0.0, 0.09),
    "+": _Typical(-0.41, 0.25, 0.01, 0.08),
    "-": _Typical(-0.51, 0.38, 0.02, 0.08),
    "×": _Typical(-0.43, 0.25, 0.03, 0.08),
    "÷": _Typical(-0.49, 0.29, 0.02, 0.07),
    "=": _Typical(-0.46, 0.32, 0.01, 0.1),
    ".": _Typical(-2.9, 0.5, 0.48, 0.08),
    DOT_FOR_TIMES: _Typical(-2.9, 0.5, 0.0, 0.08),
    ",": _Typical(-1.42, 0.31, 0.55, 0.08),
    "/": _Typical(0.09, 0.2, 0.01, 0.09),
    ":": _Typical(-0.68, 0.29, 0.14, 0.08),
    "(": _Typical(0.07, 0.22, 0.01, 0.11),
    ")": _Typical(0.07, 0.22, 0.01, 0.11),
}
"""The distributions of each symbol. All digits have the same; "" is for ink that is no symbol."""
LEAN, LEAN_OF_SLASH = 0.03, 0.52
"""Mean lean of a straight stroke that is a "1" or another symbol, and of one that is a "/"."""
LEAN_DEVIATION = 0.2
"""Standard deviation of both leans. It is the same for both, so that the more a stroke leans, the
more probable is a "/"."""
WIDER = 1.4
"""The deviations of people's lines, as a multiple of those of synthetic lines."""
SMALLEST_SIZE = 0.03
"""A smaller size counts as this."""
MIN_DENSITY = 1e-5
"""No place is less likely than this, so that a clear shape can outweigh it."""


def density(symbol: str, place: Place) -> float:
    """Return a number proportional to the probability density of a place, given the symbol.

    The factor is the same for all symbols. The number is at least MIN_DENSITY.

    Args:
        symbol: A digit, a sign, DOT_FOR_TIMES, or "" for ink that is no symbol.
        place: The place.

    """
    typical = TYPICAL["digit" if symbol and symbol in DIGITS else symbol]
    size = math.log(max(place.size, SMALLEST_SIZE))
    exponent, scale = 0.0, 1.0
    for value, mean, deviation in (
        (size, typical.size, typical.size_deviation),
        (place.offset, typical.offset, typical.offset_deviation),
    ):
        wide = WIDER * deviation
        exponent += ((value - mean) / wide) ** 2 / 2
        scale *= wide
    if place.lean is not None:
        mean = LEAN_OF_SLASH if symbol == "/" else LEAN
        exponent += ((place.lean - mean) / (WIDER * LEAN_DEVIATION)) ** 2 / 2
    return max(math.exp(-exponent) / scale, MIN_DENSITY)
