"""Work that would make drawing stutter: it waits until the user has stopped drawing."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.app import App
    from digits.page.page import Run

REST = 0.3
"""Seconds without a change of what is shown, after which the work begins."""


class AtRest:
    """Does one kind of work, one run at a time.

    An error that the work raises goes to `run`; the next request starts the work again.
    """

    def __init__(
        self, app: App, work: Callable[[], Coroutine[Any, Any, None]], run: Run, shown: object
    ) -> None:
        """Wait for requests.

        Args:
            app: Knows whether the pen is down.
            work: Starts the work.
            run: Starts work in the background.
            shown: What is shown now; a request for the same is served without waiting.

        """
        self._app = app
        self._work = work
        self._run = run
        self._shown = shown
        self._since = 0.0
        self._is_requested = False
        self._is_running = False

    @property
    def is_idle(self) -> bool:
        """Whether no request is waiting or being served."""
        return not (self._is_requested or self._is_running)

    def request(self, shown: object) -> None:
        """Do the work once nothing else than this has been shown for REST seconds."""
        if shown is not self._shown:
            self._shown, self._since = shown, time.monotonic()
        self._is_requested = True
        self._start()

    def _start(self) -> None:
        if self._is_requested and not self._is_running:
            self._is_running = True
            self._run(self._serve())

    async def _serve(self) -> None:
        try:
            while self._is_requested:
                left = self._since + REST - time.monotonic()
                if left > 0:
                    await asyncio.sleep(left)
                    continue
                self._is_requested = False
                if not self._app.ink.pen_is_down:  # lifting it causes another request
                    await self._work()
        finally:
            self._is_running = False
            self._start()
