"""The order of the user's actions, so that one key undoes the latest action of any kind.

`Ink` holds its own gestures and clearings. This module knows which of them came before or after
another action, such as teaching an example.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.drawing.ink import Ink

MAX_ACTIONS = 100
"""The maximum number of stored actions. Gestures and clearings, which `Ink` stores, don't count."""


@dataclass(frozen=True)
class _Action:
    """Something that the user did, other than drawing.

    Attributes:
        kind: What kind of action it is.
        undo: Reverses the action. Returns False if there was nothing left to reverse.
        drawn_before: `Ink.actions` at the time of the action.

    """

    kind: str
    undo: Callable[[], bool]
    drawn_before: list[object]


class Actions:
    """All actions of this page load that can be undone."""

    def __init__(self, ink: Ink, undo_drawing: Callable[[], None]) -> None:
        """Begin without other actions than the gestures and clearings in `ink`.

        Args:
            ink: The drawing.
            undo_drawing: Reverses the latest gesture or clearing.

        """
        self._ink = ink
        self._undo_drawing = undo_drawing
        self._other_actions: deque[_Action] = deque(maxlen=MAX_ACTIONS)

    def add(self, kind: str, undo: Callable[[], bool]) -> None:
        """Note that the user has just done something other than drawing.

        Args:
            kind: A name for actions of this kind, for `undo_latest`.
            undo: Reverses the action. Returns False if there was nothing left to reverse.

        """
        self._other_actions.append(_Action(kind, undo, self._ink.actions))

    def undo(self) -> None:
        """Undo the latest action of any kind. Do nothing if there is none."""
        while self._other_actions and not self._has_drawn_since(self._other_actions[-1]):
            if self._other_actions.pop().undo():
                return
        if self._ink.can_undo:
            self._undo_drawing()

    def undo_latest(self, kind: str) -> None:
        """Undo the latest action of this kind, even if other actions followed it."""
        for action in reversed(self._other_actions):
            if action.kind == kind:
                self._other_actions.remove(action)
                action.undo()
                return

    def _has_drawn_since(self, action: _Action) -> bool:
        """Return whether the drawing's latest action is more recent than this action."""
        drawn = self._ink.actions
        return bool(drawn) and not any(drawn[-1] is each for each in action.drawn_before)
