"""Arrange the symbols of a drawing in lines, and measure where a symbol stands on its line.

Symbols that are tall, such as digits, form the lines. From left to right, each is added to the line
whose last symbol is nearest, of those with a middle at about the same height; if there is none, it
begins a line. So a line may be slanted or wavy. Small symbols, such as a dot or a minus, then join
the line that they are nearest to. Those that are too far from every line form lines of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.median import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box
    from digits.drawing.lean import Lean

TALL = 0.45
"""A symbol is tall if it has at least this fraction of the height of the tallest symbol. For this
height, a flat symbol counts as half as high as it is wide."""
AS_TALL_AS_DIGITS = 0.7
"""The height and the middle of a line are those of its symbols that have at least this fraction of
the height of its tallest symbol."""
MAX_STEP = 0.6
"""The middle of a tall symbol is at most this much higher or lower than that of its neighbour on
the line, in heights of the smaller of the two."""
MAX_DISTANCE = 0.95
"""The maximum distance of a small symbol from the middle of its line, in heights of the line."""
MIN_HEIGHT = 0.5
"""The `Place` of a symbol that is less tall than this, in heights of the line, has no lean."""
MAX_BEND = 0.15
"""The `Place` of a symbol with a larger bend has no lean. A "/" and a plain "1" are straighter."""


@dataclass(frozen=True)
class Place:
    """Where a symbol stands on its line.

    Attributes:
        line_height: The height of the digits on the line.
        size: The symbol's longer side, in heights of the line.
        offset: How far its middle is below the middle of the line, in heights of the line.
        lean: How much more a straight stroke slants to the right than the line's other symbols:
            its slant minus their median slant. None for a symbol that is bent or not tall, or if
            the slants are unknown.

    """

    line_height: float
    size: float
    offset: float
    lean: float | None = None


class Line:
    """The boxes of the symbols on a line. Use `place_of` to find where one stands.

    Attributes:
        height: The height of the digits on the line.

    """

    def __init__(self, boxes: Sequence[Box], slants: Sequence[float] = ()) -> None:
        """Measure the line.

        Args:
            boxes: The boxes of its symbols, at least one.
            slants: The slant of each symbol. Without slants, no place has a lean.

        """
        tallest = max(map(_height, boxes))
        tall = [box for box in boxes if _height(box) >= AS_TALL_AS_DIGITS * tallest]
        self._tall = sorted(tall, key=_x)
        self._slants = dict(zip(boxes, slants, strict=bool(slants)))
        self.height = _typical_height(self._tall)

    def middle_at(self, x: float) -> float:
        """Return the y of the line's middle at x, from the tall symbols on both sides."""
        return _middle(self._tall, x)

    def place_of(self, box: Box, lean: Lean | None = None) -> Place | None:
        """Return where a symbol stands relative to the line's tall symbols outside its box.

        Return None if there are none.

        Args:
            box: The box of the symbol.
            lean: How it leans; without it, the place has no lean.

        """
        others = [each for each in self._tall if not _contains(box, each)]
        if not others:
            return None
        height = _typical_height(others)
        return Place(
            height,
            max(_height(box), _width(box)) / height,
            (_y(box) - _middle(others, _x(box))) / height,
            self._relative(lean, others) if lean and _height(box) >= MIN_HEIGHT * height else None,
        )

    def _relative(self, lean: Lean, others: Sequence[Box]) -> float | None:
        """Return how much more a straight stroke leans than the others; None if it is bent."""
        if lean.bend > MAX_BEND or not self._slants:
            return None
        return lean.slant - median(self._slants[box] for box in others)


def lines_of(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the indices of the symbols of each line.

    Args:
        boxes: The boxes around the symbols.

    Returns:
        For each line, from top to bottom, the indices of its symbols from left to right.

    """
    if not boxes:
        return []
    unit = max(max(_height(box), _width(box) / 2) for box in boxes)
    by_x = sorted(range(len(boxes)), key=lambda index: _x(boxes[index]))
    lines: list[list[int]] = []
    small = []
    for index in by_x:
        box = boxes[index]
        if _height(box) < TALL * unit:
            small.append(index)
        elif (found := _line_on_the_left(box, lines, boxes)) is None:
            lines.append([index])
        else:
            found.append(index)
    if not lines:
        return [small]
    apart: list[list[int]] = []
    placed = [Line([boxes[index] for index in line]) for line in lines]
    for index in small:
        box = boxes[index]
        distances = [_distance(box, line) for line in placed]
        nearest = min(range(len(lines)), key=distances.__getitem__)
        if distances[nearest] <= MAX_DISTANCE:
            lines[nearest].append(index)
            continue
        near = [line for line in apart if abs(_y(boxes[line[-1]]) - _y(box)) <= MAX_STEP * unit]
        if near:
            near[0].append(index)
        else:
            apart.append([index])
    every = sorted((*lines, *apart), key=lambda line: sum(_y(boxes[i]) for i in line) / len(line))
    return [sorted(line, key=lambda index: _x(boxes[index])) for line in every]


def _line_on_the_left(
    box: Box, lines: Sequence[list[int]], boxes: Sequence[Box]
) -> list[int] | None:
    """Return the line whose last symbol is nearest to a box, of those at about the same height.

    Return None if there is none.
    """
    near = []
    for index, line in enumerate(lines):
        last = boxes[line[-1]]
        rise = abs(_y(box) - _y(last))
        if rise <= MAX_STEP * min(_height(box), _height(last)):
            near.append((_x(box) - _x(last) + 2 * rise, index))
    return lines[min(near)[1]] if near else None


def _distance(box: Box, line: Line) -> float:
    """Return how far a small symbol is from the middle of a line, in heights of the line.

    Return inf if its box contains all tall symbols of the line.
    """
    place = line.place_of(box)
    return abs(place.offset) if place else math.inf


def _typical_height(tall: Sequence[Box]) -> float:
    """Return the median height of a line's tall symbols; if it is 0, their largest width, or 1."""
    return median(map(_height, tall)) or max(map(_width, tall)) or 1.0


def _middle(tall: Sequence[Box], x: float) -> float:
    """Return the middle of a line at x, between the nearest tall symbols on both sides."""
    before = [box for box in tall if _x(box) <= x]
    after = [box for box in tall if _x(box) > x]
    if not (before and after):
        return _y(before[-1] if before else after[0])
    left, right = before[-1], after[0]
    return _y(left) + (_y(right) - _y(left)) * (x - _x(left)) / (_x(right) - _x(left))


def _contains(box: Box, other: Box) -> bool:
    """Return whether another box lies within this one."""
    return box[0] <= other[0] and box[1] <= other[1] and box[2] >= other[2] and box[3] >= other[3]


def _height(box: Box) -> float:
    return box[3] - box[1]


def _width(box: Box) -> float:
    return box[2] - box[0]


def _x(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _y(box: Box) -> float:
    return (box[1] + box[3]) / 2
