"""The order of what the user did, so that one key takes back the latest act, whatever it was.

`Ink` itself knows its gestures and clearings. This module puts them in order with all other acts,
such as lessons.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.drawing.ink import Ink

MAX_ACTS = 100
"""How many acts are remembered, besides those of the drawing."""


@dataclass(frozen=True)
class _Act:
    """Something that the user did, other than drawing.

    Attributes:
        kind: What kind of act it is.
        take_back: Reverses the act. Returns False if there was nothing left to reverse.
        drawn_before: `Ink.acts` at the time of the act.

    """

    kind: str
    take_back: Callable[[], bool]
    drawn_before: list[object]


class Acts:
    """All acts of this page load that can be taken back."""

    def __init__(self, ink: Ink, undo_drawing: Callable[[], None]) -> None:
        """Begin without acts other than those of the drawing.

        Args:
            ink: The drawing.
            undo_drawing: Reverses the latest gesture or clearing.

        """
        self._ink = ink
        self._undo_drawing = undo_drawing
        self._others: deque[_Act] = deque(maxlen=MAX_ACTS)

    def add(self, kind: str, take_back: Callable[[], bool]) -> None:
        """Note that the user has just done something other than drawing.

        Args:
            kind: A name for acts of this kind, for `undo_latest`.
            take_back: Reverses the act. Returns False if there was nothing left to reverse.

        """
        self._others.append(_Act(kind, take_back, self._ink.acts))

    def undo(self) -> None:
        """Take back the latest act of any kind. Do nothing if there is none."""
        while self._others and not self._drawn_since(self._others[-1]):
            if self._others.pop().take_back():
                return
        if self._ink.can_undo:
            self._undo_drawing()

    def undo_latest(self, kind: str) -> None:
        """Take back the latest act of this kind, even if other acts followed it."""
        for act in reversed(self._others):
            if act.kind == kind:
                self._others.remove(act)
                act.take_back()
                return

    def _drawn_since(self, act: _Act) -> bool:
        """Return whether the drawing's latest act is more recent than this one."""
        return any(
            not any(latest is each for each in act.drawn_before) for latest in self._ink.acts[-1:]
        )
