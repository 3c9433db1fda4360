"""Drawing: from the pointer's end to the digit, and whether the page ever stands still."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from bench.harness import link
from bench.harness.tasks import traced
from bench.page_starts import pages, visit
from tools.console import say

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bench.harness.browser import Browser

EVENTS = 120
"""Pointer events a second."""
GESTURES = 100
GESTURE = 24
"""Pointer events of a gesture."""
LONG = 5
"""Seconds of drawing in all runs together, to look for long tasks."""
RUNS = 10
QUIET = 150
"""Milliseconds after a gesture in which its digit is shown for sure."""
PREDICTIONS = 10_000


def measure(browser: Browser) -> dict[str, Any]:
    """Give the seconds from pointer to digit, the longest tasks, and the growth of memory."""
    say("Drawing ...")
    with (
        link.served(pages.SITES / pages.OURS, link.Link()) as address,
        visit.visited(browser.context, address) as (page, _),
    ):
        visit.settle(page)
        visit.probe(page)
        latencies = [_gesture(page, number) for number in range(GESTURES)]
        tasks = []
        for _ in range(RUNS):
            page.locator("#clear").click()
            with traced(browser.devtools, page) as task:
                _draw(page, EVENTS * LONG // RUNS, 0)
            tasks.append(task.longest)
        growth = _growth(page)
    return {"pointer_to_digit_s": latencies, "longest_task_s": tasks, **growth}


def _draw(page: Page, events: int, turn: int) -> None:
    """Draw a round line at the wished pace, by real events of the mouse."""
    box = page.evaluate("() => sheet.getBoundingClientRect().toJSON()")
    begun = time.monotonic()
    for event in range(events):
        angle = 2 * math.pi * event / GESTURE + turn
        x = box["x"] + box["width"] * (0.5 + 0.2 * math.cos(angle))
        y = box["y"] + box["height"] * (0.5 + 0.3 * math.sin(angle))
        page.mouse.move(x, y)
        if not event:
            page.mouse.down()
        time.sleep(max(0.0, begun + event / EVENTS - time.monotonic()))
    page.mouse.up()


def _gesture(page: Page, number: int) -> float:
    page.locator("#clear").click(force=True)
    page.evaluate(
        """() => {
          const note = ({ timeStamp }) => { window.lifted = timeStamp; };
          addEventListener("pointerup", note, { once: true, capture: true });
        }"""
    )
    _draw(page, GESTURE, number)
    page.wait_for_timeout(QUIET)
    milliseconds = page.evaluate("() => window.lastShown() - window.lifted")
    return float(milliseconds) / 1000


def _growth(page: Page) -> dict[str, Any]:
    """Read so often that whatever is not given back must be seen."""
    say(f"Reading {PREDICTIONS:,} times ...")
    devtools = page.context.new_cdp_session(page)

    def held() -> dict[str, int]:
        page.request_gc()
        usage = devtools.send("Runtime.getHeapUsage")
        return {
            "javascript_bytes": int(usage["usedSize"] + usage["backingStorageSize"]),
            "python_bytes": page.evaluate("() => window.pythonMemory()"),
            "proxies": page.evaluate("() => window.proxies()"),
        }

    held()
    visit.infer(page, PREDICTIONS // 10)
    before = held()
    visit.infer(page, PREDICTIONS)
    return {"before_predictions": before, "after_predictions": held()}
