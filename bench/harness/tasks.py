"""How long a page's main thread is kept from all else: the tasks that the browser runs on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import CDPSession, Page

CATEGORIES = ["toplevel", "blink.user_timing"]
TASK = "ThreadControllerImpl::RunTask"
MARK = "the page that is measured"


@dataclass
class Tasks:
    """The tasks of one page's main thread. longest: in seconds, once the tracing has ended."""

    longest: float = 0.0


@contextmanager
def traced(devtools: CDPSession, page: Page) -> Iterator[Tasks]:
    """Trace what happens meanwhile. devtools: the browser's."""
    tasks, ended = Tasks(), []
    events: list[dict[str, Any]] = []

    def add(message: dict[str, Any]) -> None:
        events.extend(message["value"])

    devtools.on("Tracing.dataCollected", add)
    devtools.once("Tracing.tracingComplete", lambda message: ended.append(message))
    trace = {"includedCategories": CATEGORIES}
    devtools.send("Tracing.start", {"traceConfig": trace, "transferMode": "ReportEvents"})
    yield tasks
    page.evaluate("mark => performance.mark(mark)", MARK)
    devtools.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(10)
    devtools.remove_listener("Tracing.dataCollected", add)
    tasks.longest = _longest(events)


def _longest(events: Sequence[dict[str, Any]]) -> float:
    """Find the longest task of the thread that has the mark, in seconds."""
    thread = next(_thread(event) for event in events if event["name"] == MARK)
    tasks: list[int] = [
        event["dur"]
        for event in events
        if event["name"] == TASK and event["ph"] == "X" and _thread(event) == thread
    ]
    return max(tasks) / 1e6


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]
