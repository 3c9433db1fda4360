"""What people might do to all digits that they draw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digits.drawing.ink import Point, Stroke


def _turned(degrees: float) -> Callable[[Point], Point]:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return lambda point: (
        cosine * point[0] - sine * point[1],
        sine * point[0] + cosine * point[1],
    )


HABITS: dict[str, Callable[[Point], Point]] = {
    "mirrored": lambda point: (-point[0], point[1]),
    "upside down": lambda point: (-point[0], -point[1]),
    "flipped": lambda point: (point[0], -point[1]),
    "leaning left": lambda point: (point[0] + 1.2 * point[1], point[1]),
    "leaning right": lambda point: (point[0] - 1.2 * point[1], point[1]),
    "turned left": _turned(-90),
    "turned half left": _turned(-45),
    "turned half right": _turned(45),
    "turned right": _turned(90),
}
"""What is done to each point; y points down, and the scale and place do not matter."""


def drawn(strokes: Sequence[Stroke], habit: str) -> list[Stroke]:
    """Give a drawing as it is with a habit."""
    return [[HABITS[habit](point) for point in stroke] for stroke in strokes]
