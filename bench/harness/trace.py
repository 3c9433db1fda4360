"""The longest task of a page's main thread, from the browser's own trace."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import CDPSession, Page

CATEGORIES = ["toplevel", "blink.user_timing"]
TASK = "ThreadControllerImpl::RunTask"
"""The name of the events in a trace that are tasks."""
MARK = "the page that is measured"
"""The name of a mark that the measured page sets, to find its thread in the trace."""
TRACE_TIMEOUT = 60.0
"""Seconds to wait until the browser has delivered a trace."""


@dataclass
class TaskTrace:
    """What a trace says about the tasks of a page's main thread.

    Attributes:
        longest_s: Seconds of the longest task; set when the trace has ended.

    """

    longest_s: float = 0.0


@contextmanager
def trace_tasks(devtools: CDPSession, page: Page) -> Iterator[TaskTrace]:
    """Record a trace of the tasks of a page's main thread.

    Args:
        devtools: A DevTools session with the browser, not with the page.
        page: The page whose tasks are measured.

    Raises:
        BuildError: The browser did not deliver the trace.

    """
    task_trace, ended = TaskTrace(), []
    events: list[dict[str, Any]] = []

    def add(message: dict[str, Any]) -> None:
        events.extend(message["value"])

    devtools.on("Tracing.dataCollected", add)
    devtools.once("Tracing.tracingComplete", lambda message: ended.append(message))
    settings = {"includedCategories": CATEGORIES}
    devtools.send("Tracing.start", {"traceConfig": settings, "transferMode": "ReportEvents"})
    yield task_trace
    # `page.evaluate` would first run a script of Playwright in the page, which is a task, too.
    mark = {"expression": f"performance.mark('{MARK}')"}
    page.context.new_cdp_session(page).send("Runtime.evaluate", mark)
    devtools.send("Tracing.end")
    deadline = time.monotonic() + TRACE_TIMEOUT
    while not ended:
        if time.monotonic() > deadline:
            raise BuildError(
                f"The browser did not deliver its trace within {TRACE_TIMEOUT:.0f} seconds."
            )
        page.wait_for_timeout(10)
    devtools.remove_listener("Tracing.dataCollected", add)
    task_trace.longest_s = _longest_task(events)


def _longest_task(events: Sequence[dict[str, Any]]) -> float:
    """Return the seconds of the longest task of the thread that has set MARK."""
    thread = next(_thread(event) for event in events if event["name"] == MARK)
    microseconds: list[int] = [
        event["dur"]
        for event in events
        # Only complete events (phase "X") have a duration.
        if event["name"] == TASK and event["ph"] == "X" and _thread(event) == thread
    ]
    return max(microseconds) / 1e6


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    """Return the ids of the process and of the thread in which an event happened."""
    return event["pid"], event["tid"]
