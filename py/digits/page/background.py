"""Run work in the background without blocking the page, and report its errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

type Run = Callable[[Coroutine[Any, Any, None]], None]
"""A function that starts work in the background. Unhandled errors are shown to the user."""


async def pause() -> None:
    """Let the browser handle input and paint."""
    await asyncio.sleep(0)


class BackgroundTasks:
    """Runs work in the background. report: called with each error that a task did not handle."""

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        # asyncio has weak references only: a task without another reference may be deleted early.
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the work."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._report_error)

    def _report_error(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._report(error)
