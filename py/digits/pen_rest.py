"""Notice when the user draws, and when the pen rests."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from digits.app import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.drawing.ink import Ink

REST_DELAY = 0.5
"""A lifted pen rests after this many seconds without a movement.

Most people pause for less time between two strokes of a digit, such as a crossed 7.
"""


class PenRest:
    """Tracks whether the pen rests: it is lifted, and has not moved for REST_DELAY seconds.

    Attributes:
        is_resting: Whether the pen rests. At first, it rests.
        changed: Notified when the pen begins to draw, and when it comes to rest.

    """

    def __init__(self, ink: Ink, run: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        """Begin with a pen that rests.

        Args:
            ink: The drawing; it says whether the pen is down.
            run: Starts work in the background.

        """
        self.is_resting = True
        self.changed = Listeners()
        self._ink = ink
        self._run = run
        self._last_moved = 0.0
        self._is_waiting = False

    def note_moved(self) -> None:
        """Note that the pen was put down, moved or lifted."""
        self._last_moved = time.monotonic()
        if not self._is_waiting:
            self._is_waiting = True
            self._run(self._wait())
        if self.is_resting:
            self.is_resting = False
            self.changed.notify()

    async def _wait(self) -> None:
        while True:
            remaining = self._last_moved + REST_DELAY - time.monotonic()
            if remaining <= 0:
                break
            await asyncio.sleep(remaining)
        self._is_waiting = False
        if not self._ink.pen_is_down:  # lifting the pen calls `note_moved` again
            self.is_resting = True
            self.changed.notify()
