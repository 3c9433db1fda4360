"""What was drawn: strokes on a square sheet, and undo.

Coordinates are in sheet sides: (0, 0) is the top left corner, (1, 1) the bottom right one. A
gesture is what happens from pen down to pen up; where it leaves the sheet it is cut, so that what
is read is what is seen, and it may come back, which makes several strokes of one gesture. How wide
the line is, is for the eye alone: what is read has lines of one width, as MNIST's digits have.
"""

from __future__ import annotations

import json
import math
from itertools import islice
from typing import TYPE_CHECKING

from digits.drawing.edges import Point, clip, on_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

type Stroke = list[Point]
type Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

MIN_STEP = 0.004
"""Closer points than this are one: a pen that rests trembles."""
WIDEST = 2
"""In widths of the pen: a wider line would hide the digit."""

MOST_GESTURES, MOST_POINTS = 64, 3000
"""What a sheet takes: a long number is far less, and more would take too long to be read."""


class Trace(list[Point]):
    """A stroke as the pen drew it. widths: of the line at each point, in widths of the pen."""

    def __init__(self, points: Iterable[Point], widths: Iterable[float]) -> None:
        super().__init__(points)
        self.widths = list(widths)

    def add(self, point: Point, width: float) -> None:
        """Go on to a point."""
        self.append(point)
        self.widths.append(width)


class Ink:
    """The gestures on the sheet, oldest first."""

    def __init__(self) -> None:
        self._gestures: list[list[Trace]] = []
        self._pen: Point | None = None

    @property
    def strokes(self) -> list[Trace]:
        """All strokes, oldest first. A stroke has one point or more, all on the sheet."""
        return [stroke for gesture in self._gestures for stroke in gesture]

    @property
    def gestures(self) -> list[list[Trace]]:
        """All gestures, oldest first, each of one stroke or more."""
        return [gesture for gesture in self._gestures if gesture]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not any(self._gestures)

    @property
    def pen_is_down(self) -> bool:
        """Whether somebody is drawing right now."""
        return self._pen is not None

    @property
    def is_full(self) -> bool:
        """Whether the sheet takes no more."""
        return len(self._gestures) >= MOST_GESTURES or self._has_most_points

    @property
    def _has_most_points(self) -> bool:
        return sum(map(len, self.strokes)) >= MOST_POINTS

    def begin(self, point: Point, width: float = 1) -> None:
        """Put the pen down, unless the sheet is full. width: of the line there, in pen widths."""
        if self.is_full:
            return
        self._gestures.append([Trace([point], [width])] if on_sheet(point) else [])
        self._pen = point

    def extend(self, point: Point, width: float = 1) -> tuple[Point, Point] | None:
        """Move the pen that is down to `point`, on the sheet or beside it.

        width: of the line there. Gives the ends of the line that this adds to the sheet, if it
        adds one.
        """
        if self._pen is None or math.dist(self._pen, point) < MIN_STEP or self._has_most_points:
            return None
        line = clip(self._pen, point)
        if line:
            gesture = self._gestures[-1]
            if not on_sheet(self._pen):
                gesture.append(Trace([line[0]], [width]))
            gesture[-1].add(line[1], width)
        self._pen = point
        return line

    def end(self) -> None:
        """Lift the pen."""
        self._pen = None
        if self._gestures and not self._gestures[-1]:
            self._gestures.pop()

    def undo(self) -> None:
        """Take the last gesture back."""
        self.end()
        if self._gestures:
            self._gestures.pop()

    def clear(self) -> None:
        """Take all back."""
        self._pen = None
        self._gestures.clear()

    def to_json(self) -> str:
        """Write the gestures as JSON: gestures of strokes of [x, y], or [x, y, width] if not 1."""
        gestures = [[_numbers(stroke) for stroke in gesture] for gesture in self._gestures]
        return json.dumps(gestures, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Ink:
        """Read what `to_json` wrote, as much of it as a sheet takes.

        Raises ValueError for anything else.
        """
        ink, left = cls(), MOST_POINTS
        gestures: list[list[Trace]] = []
        try:
            for gesture in islice(json.loads(text), MOST_GESTURES):
                gestures.append([])
                for points in gesture:
                    if kept := points[:left]:
                        gestures[-1].append(_stroke(kept))
                        left -= len(kept)
        except (TypeError, KeyError, OverflowError, RecursionError) as error:
            raise ValueError(f"not a drawing: {error}") from error
        if not all(on_sheet(p) for gesture in gestures for stroke in gesture for p in stroke):
            raise ValueError("not a drawing: a point is not on the sheet")
        widths = [width for gesture in gestures for stroke in gesture for width in stroke.widths]
        if not all(0 < width <= WIDEST for width in widths):
            raise ValueError("not a drawing: no pen draws such a line")
        ink._gestures = [gesture for gesture in gestures if gesture]
        return ink


def box_around(strokes: Iterable[Sequence[Point]]) -> Box:
    """Give the smallest box that holds the strokes. Raises ValueError if they have no point."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _numbers(stroke: Trace) -> list[Sequence[float]]:
    return [
        point if width == 1 else (*point, width)
        for point, width in zip(stroke, stroke.widths, strict=True)
    ]


def _stroke(numbers: Sequence[Sequence[float]]) -> Trace:
    points, widths = [], []
    for x, y, *width in numbers:
        points.append((float(x), float(y)))
        widths.append(float(*(width or [1])))
    return Trace(points, widths)
