"""Drawing: from the pointer's end to the digit, long tasks meanwhile, and growth of memory."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from bench.app import pages, visit
from bench.harness import link
from bench.harness.trace import traced
from tools.console import say

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

EVENTS = 120
"""Pointer events a second."""
_GESTURE = 24
"""Pointer events of a gesture."""
_TRACED = 60
"""Pointer events of a drawing that is traced."""
_QUIET = 150
"""Milliseconds after a gesture within which its digit is shown."""


def measure(chromium: Browser, effort: Effort) -> dict[str, Any]:
    """Return the seconds from pointer to digit, the longest tasks, and memory before and after."""
    say("Drawing ...")
    with (
        link.served(pages.PAGES / pages.OURS, link.Link()) as address,
        visit.visited(chromium, address) as (page, _),
    ):
        visit.wait_until_cached(chromium, page)
        visit.add_probe(chromium, page)
        with chromium.step(f"Drawing in {address}"):
            latencies = [_gesture(page, number) for number in range(effort.gestures)]
            tasks = []
            for _ in range(max(1, effort.gestures // 10)):
                page.locator("#clear").click()
                with traced(chromium.devtools, page) as task:
                    _draw(page, _TRACED, 0)
                tasks.append(task.longest)
        growth = _growth(chromium, page, effort.predictions)
    return {"pointer_to_digit_s": latencies, "longest_task_s": tasks, **growth}


def _draw(page: Page, events: int, turn: int) -> None:
    """Draw a round line by real mouse events, EVENTS a second."""
    box = page.evaluate("() => sheet.getBoundingClientRect().toJSON()")
    begun = time.monotonic()
    for event in range(events):
        angle = 2 * math.pi * event / 100 + turn
        x = box["x"] + box["width"] * (0.5 + 0.2 * math.cos(angle))
        y = box["y"] + box["height"] * (0.5 + 0.3 * math.sin(angle))
        page.mouse.move(x, y)
        if not event:
            page.mouse.down()
        time.sleep(max(0.0, begun + event / EVENTS - time.monotonic()))
    page.mouse.up()


def _gesture(page: Page, number: int) -> float:
    """Draw once; return the seconds from the pointer's end to the digit."""
    page.locator("#clear").click(force=True)
    page.evaluate(
        """() => {
          const note = ({ timeStamp }) => { window.lifted = timeStamp; };
          addEventListener("pointerup", note, { once: true, capture: true });
        }"""
    )
    _draw(page, _GESTURE, number)
    page.wait_for_timeout(_QUIET)
    milliseconds = page.evaluate("() => window.lastShown() - window.lifted")
    return float(milliseconds) / 1000


def _growth(chromium: Browser, page: Page, predictions: int) -> dict[str, Any]:
    """Return the memory before and after so many predictions that any leak would show."""
    say(f"Reading {predictions:,} times ...")
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
    visit.infer(chromium, page, predictions // 10)
    before = held()
    visit.infer(chromium, page, predictions)
    return {
        "predictions": predictions,
        "before_predictions": before,
        "after_predictions": held(),
    }
