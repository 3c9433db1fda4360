"""The strokes on a square sheet, with undo.

The unit of all coordinates is the side of the sheet: (0, 0) is the top left corner, (1, 1) the
bottom right corner.

A gesture is the path of the pen from pen down to pen up. It is cut at the edges of the sheet, so
that the app reads exactly the visible ink. If the pen leaves the sheet and returns, the gesture has
several strokes.

The width of a line is cosmetic: recognition draws all lines with the same width, as in MNIST.
"""

from __future__ import annotations

import json
import math
from collections import deque
from itertools import groupby, islice
from typing import TYPE_CHECKING

from offline_onnx.inference.json_fields import is_unsafe_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

type Point = tuple[float, float]
"""x and y: in this module in sides of the sheet."""
type Stroke = list[Point]
type Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in the unit of the points."""
type Gesture = list[StrokeWithWidths]
"""The strokes of one gesture; an empty list if the pen has not been on the sheet yet."""

MIN_STEP = 0.004
"""The minimum distance between two points of a stroke, in sides of the sheet.

A pen that is held still trembles; smaller movements are ignored.
"""
MAX_WIDTH = 2
"""The maximum width of a line in a stored drawing, in pen widths. The normal width is 1. Wider
lines would hide the digit."""

MAX_GESTURES = 64
"""The maximum number of gestures on a sheet: far more than a long number needs."""
MAX_POINTS = 3000
"""The maximum number of points on a sheet. More points would take too long to read."""
MAX_CLEARED = 20
"""The maximum number of cleared drawings that `undo` can bring back."""


class StrokeWithWidths(list[Point]):
    """A stroke with a width at each point. widths: the widths of the line, in pen widths."""

    def __init__(self, points: Iterable[Point], widths: Iterable[float]) -> None:
        super().__init__(points)
        self.widths = list(widths)

    def add(self, point: Point, width: float) -> None:
        """Append a point."""
        self.append(point)
        self.widths.append(width)

    def runs(self) -> Iterator[tuple[list[Point], float]]:
        """Split the stroke into runs of constant width. Yield the points and the width of each.

        Each run begins with the last point of the previous run.
        """
        last_point: list[Point] = []
        for width, pairs in groupby(zip(self, self.widths, strict=True), lambda pair: pair[1]):
            points = last_point + [point for point, _ in pairs]
            yield points, width
            last_point = points[-1:]


class Ink:
    """The gestures on the sheet, oldest first."""

    def __init__(self) -> None:
        self._gestures: list[Gesture] = []
        self._cleared: deque[list[Gesture]] = deque(maxlen=MAX_CLEARED)
        self._pen: Point | None = None  # where the pen is; None if it is up

    @property
    def strokes(self) -> list[StrokeWithWidths]:
        """All strokes, oldest first. Each has at least one point; all points are on the sheet."""
        return [stroke for gesture in self._gestures for stroke in gesture]

    @property
    def gestures(self) -> list[Gesture]:
        """All gestures, oldest first, each with at least one stroke."""
        return [gesture for gesture in self._gestures if gesture]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not any(self._gestures)

    @property
    def can_undo(self) -> bool:
        """Whether there is a gesture or a clearing to undo."""
        return bool(self._gestures or self._cleared)

    @property
    def actions(self) -> list[object]:
        """The gestures and clearings that can be undone, oldest first; compare them by identity.

        A clearing is the list of the gestures that it removed.
        """
        before = [action for cleared in self._cleared for action in (*cleared, cleared)]
        return [*before, *self._gestures]

    @property
    def pen_is_down(self) -> bool:
        """Whether a gesture is in progress."""
        return self._pen is not None

    @property
    def is_full(self) -> bool:
        """Whether the sheet has reached one of its limits, so that no gesture can be added."""
        return len(self._gestures) >= MAX_GESTURES or self._has_max_points

    @property
    def _has_max_points(self) -> bool:
        return sum(map(len, self.strokes)) >= MAX_POINTS

    def begin(self, point: Point, width: float = 1) -> Gesture | None:
        """Put the pen down.

        Args:
            point: The position of the pen, on the sheet or beside it.
            width: The width of the line at this point, in pen widths.

        Returns:
            The new gesture, None if the sheet is full.

        """
        if self.is_full:
            return None
        gesture = [StrokeWithWidths([point], [width])] if on_sheet(point) else []
        self._gestures.append(gesture)
        self._pen = point
        return gesture

    def extend(self, point: Point, width: float = 1) -> tuple[Point, Point] | None:
        """Move the pen to a point.

        Do nothing if the pen is up, if it has moved less than MIN_STEP, or if the sheet has
        MAX_POINTS points.

        Args:
            point: The new position of the pen, on the sheet or beside it.
            width: The width of the line at this point, in pen widths.

        Returns:
            The two ends of the line that was added to the sheet, None if no line was added.

        """
        if self._pen is None or math.dist(self._pen, point) < MIN_STEP or self._has_max_points:
            return None
        line = clip(self._pen, point)
        if line:
            gesture = self._gestures[-1]
            if not on_sheet(self._pen):
                gesture.append(StrokeWithWidths([line[0]], [width]))
            gesture[-1].add(line[1], width)
        self._pen = point
        return line

    def end(self) -> None:
        """Lift the pen."""
        self._pen = None
        if self._gestures and not self._gestures[-1]:
            self._gestures.pop()

    def remove(self, gesture: Gesture) -> None:
        """Remove a gesture that `begin` returned, unless it has been removed already."""
        if self._gestures and self._gestures[-1] is gesture:  # the gesture may be in progress
            self._pen = None
        self._gestures = [each for each in self._gestures if each is not gesture]

    def undo(self) -> None:
        """Remove the last gesture. If there is none, bring back what `clear` last removed."""
        self.end()
        if self._gestures:
            self._gestures.pop()
        elif self._cleared:
            self._gestures = self._cleared.pop()

    def clear(self) -> None:
        """Remove all gestures. `undo` brings them back."""
        self.end()
        if self._gestures:
            self._cleared.append(self._gestures)
            self._gestures = []

    def to_json(self) -> str:
        """Return the gestures as JSON: a list of gestures, each a list of strokes.

        A stroke is a list of points: [x, y], or [x, y, width] if the width is not 1.
        """
        gestures = [[_to_numbers(stroke) for stroke in gesture] for gesture in self._gestures]
        return json.dumps(gestures, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Ink:
        """Parse the JSON that `to_json` returned. Drop gestures and points beyond the limits.

        Raises:
            ValueError: The text is not a drawing.

        """
        if is_unsafe_json(text):
            raise ValueError("not a drawing: it is nested too deeply")
        ink, remaining = cls(), MAX_POINTS
        gestures: list[Gesture] = []
        try:
            for gesture in islice(json.loads(text), MAX_GESTURES):
                gestures.append([])
                for points in gesture:
                    if fitting := points[:remaining]:
                        gestures[-1].append(_from_numbers(fitting))
                        remaining -= len(fitting)
        except (TypeError, KeyError, OverflowError) as error:
            raise ValueError(f"not a drawing: {error}") from error
        if not all(on_sheet(p) for gesture in gestures for stroke in gesture for p in stroke):
            raise ValueError("not a drawing: a point is not on the sheet")
        widths = [width for gesture in gestures for stroke in gesture for width in stroke.widths]
        if not all(0 < width <= MAX_WIDTH for width in widths):
            raise ValueError("not a drawing: a width is out of range")
        ink._gestures = [gesture for gesture in gestures if gesture]
        return ink


def on_sheet(point: Point) -> bool:
    """Return whether a point is on the sheet."""
    return 0 <= point[0] <= 1 and 0 <= point[1] <= 1


def clip(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Cut the line from a to b at the sheet's edges (Liang and Barsky, 1984).

    Returns:
        The two ends of the part that is on the sheet; None if all of the line is outside.

    """
    enter, leave = 0.0, 1.0
    for start, end in zip(a, b, strict=True):
        delta = end - start
        if delta == 0:
            if not 0 <= start <= 1:
                return None
            continue
        near, far = sorted(((0 - start) / delta, (1 - start) / delta))
        enter, leave = max(enter, near), min(leave, far)
    if enter > leave:
        return None
    return _between(a, b, enter), _between(a, b, leave)


def box_around(strokes: Iterable[Sequence[Point]]) -> Box:
    """Return the smallest box around the strokes. Raise ValueError if they have no points."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def width_of(pressure: float) -> float:
    """Return the width of a line in pen widths, from 0.5 to 1.4, for a pressure in 0..1.

    A pressure of 0.5 gives a width of 1, because devices without a pressure sensor report 0.5.
    """
    return 0.5 + 1.1 * pressure - 0.2 * pressure * pressure


def _between(a: Point, b: Point, fraction: float) -> Point:
    """Return the point at a fraction of the way from a to b."""
    x, y = b if fraction == 1 else (p + (q - p) * fraction for p, q in zip(a, b, strict=True))
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def _to_numbers(stroke: StrokeWithWidths) -> list[Sequence[float]]:
    return [
        point if width == 1 else (*point, width)
        for point, width in zip(stroke, stroke.widths, strict=True)
    ]


def _from_numbers(numbers: Sequence[Sequence[float]]) -> StrokeWithWidths:
    points, widths = [], []
    for x, y, *width in numbers:
        points.append((float(x), float(y)))
        widths.append(float(*(width or [1])))  # raises TypeError if there are several numbers
    return StrokeWithWidths(points, widths)
