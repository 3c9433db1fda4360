"""Decide which pointer draws: a mouse, a pen, a finger, or the keyboard's pen.

One pointer draws at a time. Another one that comes down meanwhile draws nothing until it is lifted,
with two exceptions:

- A pen wins over fingers, because a hand that holds a pen rests on the glass. A touch that is in
  progress when the pen comes down, or that ended just before, was the palm: its ink is removed. A
  touch that begins while the pen is near, or just after, draws nothing.
- Any pointer wins over the keyboard's pen, whose gesture then ends.

A touch that the system cancels leaves no ink: the system has recognised a palm, or uses the touch
for a gesture of its own. A mouse or a pen draws on purpose, so its ink stays even then.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from digits.drawing.ink import Gesture, Ink, Point

PEN, TOUCH, KEYBOARD = "pen", "touch", "keyboard"
"""The kinds of pointers that have rules of their own: see `PointerEvent.pointerType`."""
PALM_TIME = 500
"""How long before and after a pen a touch counts as a palm, in milliseconds."""


class Change(Enum):
    """What has happened to the ink."""

    NONE = "none"
    BEGUN = "begun"
    """A gesture has begun."""
    ENDED = "ended"
    """A gesture is complete."""
    REMOVED = "removed"
    """Gestures were removed, and another one may have begun."""


class Drawing(NamedTuple):
    """A pointer that draws, and its gesture."""

    pointer: int
    kind: str
    gesture: Gesture


class Pointers:
    """Begins, ends and removes the gestures of all pointers. All times are in milliseconds."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._drawing: Drawing | None = None
        self._pen_seen = -math.inf
        self._touches: list[tuple[Gesture, float]] = []  # the latest ones, and when they ended

    @property
    def drawing(self) -> int | None:
        """The ID of the pointer that draws; None if no pointer does."""
        return self._drawing.pointer if self._drawing else None

    def seen(self, kind: str, time: float) -> None:
        """Note that a pointer of this kind is on the sheet, or above it."""
        if kind == PEN:
            self._pen_seen = time

    def down(self, pointer: int, kind: str, time: float, point: Point, width: float = 1) -> Change:
        """Begin a gesture, if this pointer may draw and the sheet is not full.

        Args:
            pointer: The ID of the pointer.
            kind: "mouse", "pen", "touch" or "keyboard".
            time: When the pointer came down.
            point: Where the gesture begins, in fractions of the sheet's side.
            width: The line's width there, in pen widths.

        """
        self.seen(kind, time)
        if not self._may_draw(pointer, kind, time):
            return Change.NONE
        has_removed = kind == PEN and self._remove_palms(time)
        self._end(time)  # of the keyboard's pen, or of this pointer if it was lifted unnoticed
        gesture = self._ink.begin(point, width)
        if gesture is not None:
            self._drawing = Drawing(pointer, kind, gesture)
        if has_removed:
            return Change.REMOVED
        return Change.BEGUN if self._drawing else Change.NONE

    def up(self, pointer: int | None, time: float) -> Change:
        """End the gesture of a pointer, if this pointer draws."""
        if not self._drawing or pointer != self._drawing.pointer:
            return Change.NONE
        self._end(time)
        return Change.ENDED

    def cancel(self, pointer: int, time: float) -> Change:
        """Handle that the system has cancelled a pointer: remove the gesture of a touch."""
        if self._drawing and (pointer, TOUCH) == self._drawing[:2]:
            self._remove_drawing()
            return Change.REMOVED
        return self.up(pointer, time)

    def _may_draw(self, pointer: int, kind: str, time: float) -> bool:
        if kind == TOUCH and time - self._pen_seen < PALM_TIME:
            return False
        if self._drawing is None or self._drawing.pointer == pointer:
            return True
        return self._drawing.kind == KEYBOARD or (kind, self._drawing.kind) == (PEN, TOUCH)

    def _remove_palms(self, time: float) -> bool:
        """Remove the touch that draws and those that ended just before; return whether any was."""
        palms = [gesture for gesture, ended in self._touches if time - ended < PALM_TIME]
        self._touches = []
        for gesture in palms:
            self._ink.remove(gesture)
        if self._drawing and self._drawing.kind == TOUCH:
            self._remove_drawing()
            return True
        return bool(palms)

    def _remove_drawing(self) -> None:
        if self._drawing:
            self._ink.remove(self._drawing.gesture)
            self._drawing = None

    def _end(self, time: float) -> None:
        if not self._drawing:
            return
        self._ink.end()
        if self._drawing.kind == TOUCH:
            recent = [each for each in self._touches if time - each[1] < PALM_TIME]
            self._touches = [*recent, (self._drawing.gesture, time)]
        self._drawing = None
