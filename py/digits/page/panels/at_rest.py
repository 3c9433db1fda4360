"""Work that would be felt while somebody draws: it waits until the pen has rested."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.page.main import Page

REST = 0.3
"""How long nothing else has been shown, in seconds, before what is shown is worked on."""


class AtRest:
    """Does one piece of work at a time. shown: what is shown now; for that there is no waiting."""

    def __init__(
        self, page: Page, work: Callable[[], Coroutine[Any, Any, None]], shown: object
    ) -> None:
        self._page = page
        self._work = work
        self._shown = shown
        self._since = 0.0
        self._asked = asyncio.Event()
        page.run(self._follow())

    def ask(self, shown: object) -> None:
        """Have the work done, once nothing else than this has been shown for a while."""
        if shown is not self._shown:
            self._shown, self._since = shown, time.monotonic()
        self._asked.set()

    async def _follow(self) -> None:
        while True:
            await self._asked.wait()
            left = self._since + REST - time.monotonic()
            if left > 0:
                await asyncio.sleep(left)
                continue
            self._asked.clear()
            if not self._page.app.ink.pen_is_down:  # when it goes up, there is another reading
                await self._work()
