"""Defer work that would slow drawing down until the user has stopped drawing."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.app import App
    from digits.page.background import Run

DELAY = 0.3
"""Seconds for which the same drawing or number must be shown before the work begins."""


class DeferredWork:
    """Runs a function when the user has stopped drawing, but never twice at the same time.

    If the function raises an error, `run` reports it, and the next request runs the function again.
    """

    def __init__(
        self, app: App, work: Callable[[], Coroutine[Any, Any, None]], run: Run, shown: object
    ) -> None:
        """Prepare to run `work` on request.

        Args:
            app: Its ink says whether the pen is down.
            work: The function to run.
            run: Starts work in the background.
            shown: The object that is shown now, such as the number. A request for this object is
                not delayed.

        """
        self._app = app
        self._work = work
        self._run = run
        self._shown = shown
        self._shown_since = 0.0
        self._is_requested = False
        self._is_running = False

    @property
    def is_idle(self) -> bool:
        """Whether no request is waiting and no work is running."""
        return not (self._is_requested or self._is_running)

    def request(self, shown: object) -> None:
        """Run the work once the object has been shown for DELAY seconds without a change."""
        if shown is not self._shown:
            self._shown, self._shown_since = shown, time.monotonic()
        self._is_requested = True
        self._start()

    def _start(self) -> None:
        if self._is_requested and not self._is_running:
            self._is_running = True
            self._run(self._run_work())

    async def _run_work(self) -> None:
        try:
            while self._is_requested:
                remaining = self._shown_since + DELAY - time.monotonic()
                if remaining > 0:
                    await asyncio.sleep(remaining)
                    continue
                self._is_requested = False
                if not self._app.ink.pen_is_down:  # lifting the pen causes another request
                    await self._work()
        finally:
            self._is_running = False
            self._start()
