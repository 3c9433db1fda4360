"""Decide which pointer draws: a mouse, a pen, a finger, or the keyboard's pen.

The keyboard's pen is a pen on the screen that the arrow keys move.

One pointer draws at a time. If a second pointer comes down meanwhile, it draws nothing until it is
lifted and comes down again. There are two exceptions:

- A pen wins over fingers, because the hand that holds a pen often rests on the glass. A touch that
  is in progress when the pen comes down, or that ended just before, was the palm: its ink is
  removed. A touch that begins while the pen is near, or just after, draws nothing.
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
"""The kinds of pointers with special rules. The first two are values of a PointerEvent's
`pointerType`."""
PALM_TIME = 500
"""A touch counts as a palm if a pen is seen within this many milliseconds before or after it."""


class Change(Enum):
    """What has happened to the ink."""

    NONE = "none"
    BEGUN = "begun"
    """A gesture has begun."""
    ENDED = "ended"
    """A gesture is complete."""
    REMOVED = "removed"
    """Gestures were removed, and a new gesture may have begun."""


class _ActivePointer(NamedTuple):
    """The pointer that draws: its ID, its kind, and its gesture."""

    pointer: int
    kind: str
    gesture: Gesture


class Pointers:
    """Begins, ends and removes the gestures of all pointers. All times are in milliseconds."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._active: _ActivePointer | None = None
        self._pen_seen = -math.inf  # the time
        self._ended_touches: list[tuple[Gesture, float]] = []  # recent touches: gesture, end time

    @property
    def active(self) -> int | None:
        """The ID of the pointer that draws; None if no pointer draws."""
        return self._active.pointer if self._active else None

    def note_seen(self, kind: str, time: float) -> None:
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
        self.note_seen(kind, time)
        if not self._may_draw(pointer, kind, time):
            return Change.NONE
        has_removed = kind == PEN and self._remove_palms(time)
        # End the gesture of the keyboard's pen, or of this pointer if it was lifted unnoticed.
        self._end(time)
        gesture = self._ink.begin(point, width)
        if gesture is not None:
            self._active = _ActivePointer(pointer, kind, gesture)
        if has_removed:
            return Change.REMOVED
        return Change.BEGUN if self._active else Change.NONE

    def up(self, pointer: int | None, time: float) -> Change:
        """End the gesture of a pointer, if this pointer draws."""
        if not self._active or pointer != self._active.pointer:
            return Change.NONE
        self._end(time)
        return Change.ENDED

    def cancel(self, pointer: int, time: float) -> Change:
        """End the gesture of a pointer that the system has cancelled; of a touch, remove it."""
        if self._active and (pointer, TOUCH) == self._active[:2]:
            self._remove_active()
            return Change.REMOVED
        return self.up(pointer, time)

    def _may_draw(self, pointer: int, kind: str, time: float) -> bool:
        if kind == TOUCH and time - self._pen_seen < PALM_TIME:
            return False
        if self._active is None or self._active.pointer == pointer:
            return True
        return self._active.kind == KEYBOARD or (kind, self._active.kind) == (PEN, TOUCH)

    def _remove_palms(self, time: float) -> bool:
        """Remove the gestures of touches that draw now or ended just before.

        Return whether there was such a gesture.
        """
        palms = [gesture for gesture, ended in self._ended_touches if time - ended < PALM_TIME]
        self._ended_touches = []
        for gesture in palms:
            self._ink.remove(gesture)
        if self._active and self._active.kind == TOUCH:
            self._remove_active()
            return True
        return bool(palms)

    def _remove_active(self) -> None:
        if self._active:
            self._ink.remove(self._active.gesture)
            self._active = None

    def _end(self, time: float) -> None:
        if not self._active:
            return
        self.note_seen(self._active.kind, time)
        self._ink.end()
        if self._active.kind == TOUCH:
            recent = [each for each in self._ended_touches if time - each[1] < PALM_TIME]
            self._ended_touches = [*recent, (self._active.gesture, time)]
        self._active = None
