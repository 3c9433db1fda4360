"""Decide what a screen reader says, and when: once, after the pen has come to rest."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digits.page.background import Run
    from digits.pen_rest import PenRest

PAUSE = 0.3
"""Changes are spoken after this many seconds without another change.

One action changes several texts, one shortly after the other. Teaching, for example, changes the
message beside the bars, then the number.
"""


class Announcer:
    """Speaks the texts that have changed since the last announcement, as one text."""

    def __init__(
        self,
        pen: PenRest,
        run: Run,
        read: Callable[[], Mapping[str, str]],
        say: Callable[[str], None],
    ) -> None:
        """Begin with the current texts, which are not spoken.

        Args:
            pen: Nothing is spoken until the pen rests.
            run: Starts work in the background.
            read: Returns the texts that can be spoken, by the id of their element, in the order in
                which they are spoken. A text that is not visible is "".
            say: Speaks a text.

        """
        self._pen = pen
        self._run = run
        self._read = read
        self._say = say
        self._spoken = read()
        self._last_change = 0.0
        self._is_waiting = False
        pen.changed.add(self.note_change)

    def note_change(self) -> None:
        """Note that a text may have changed."""
        self._last_change = time.monotonic()
        if not self._is_waiting:
            self._is_waiting = True
            self._run(self._wait())

    async def _wait(self) -> None:
        while True:
            remaining = self._last_change + PAUSE - time.monotonic()
            if remaining <= 0:
                break
            await asyncio.sleep(remaining)
        self._is_waiting = False
        if self._pen.is_resting:  # otherwise `note_change` is called again when the pen rests
            self._speak()

    def _speak(self) -> None:
        texts = self._read()
        changed = [text for key, text in texts.items() if text != self._spoken.get(key, "")]
        self._spoken = texts
        if text := " ".join(filter(None, changed)):
            self._say(text)
