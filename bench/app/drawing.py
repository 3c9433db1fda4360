"""Measure the delays from `pointerup` to the answer, the longest tasks, and memory leaks."""

from __future__ import annotations

import math
import time
from itertools import count
from typing import TYPE_CHECKING, Any

from bench.app import visit
from bench.harness.trace import trace_tasks
from digits.drawing.ink import box_around
from digits.writing.hand import Hand
from tools.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort
    from digits.drawing.ink import Stroke

EVENTS_PER_SECOND = 120
"""Rate of the simulated pointer events."""
_EVENTS_PER_GESTURE = 24
"""Pointer events of a gesture. The delay is measured from its last event until the page shows the
digit."""
_EVENTS_PER_TRACED_DRAWING = 60
"""Pointer events of a drawing during which the browser records a trace of its tasks."""
_SETTLE_MS = 150
"""Milliseconds to wait after a gesture, so that the page has shown the digit."""
LINE = "123+456\N{MULTIPLICATION SIGN}789="
"""A line of 12 symbols. The delay is measured after its last stroke, the second of its "="."""
LINE_WIDTH = 0.88
"""The width of the line, as a fraction of the sheet's side."""
_RECORD_POINTER_UP = """() => {
  window.pointerUpAt = undefined;
  const record = ({ timeStamp }) => { window.pointerUpAt = timeStamp; };
  addEventListener("pointerup", record, { once: true, capture: true });
}"""


def measure(chromium: Browser, address: str, effort: Effort) -> dict[str, Any]:
    """Return the delays from `pointerup` to the answer, the longest tasks, and the memory.

    The memory is measured before and after many predictions.

    Args:
        chromium: The browser, which has stored the app's page.
        address: The address of the app's page.
        effort: The numbers of gestures, of lines, of last strokes and of predictions.

    """
    say("Drawing ...")
    with visit.open_page(chromium, address) as (page, _):
        visit.add_probe(chromium, page)
        with chromium.step(f"Drawing in {address}"):
            # One radian apart, so that no two gestures are alike.
            delays = [_time_gesture(page, radians) for radians in range(effort.gestures)]
            longest_tasks = []
            for _ in range(max(1, effort.gestures // 10)):
                page.locator("#clear").click()
                with trace_tasks(chromium.devtools, page) as task_trace:
                    _draw(page, _EVENTS_PER_TRACED_DRAWING, start_angle=0)
                longest_tasks.append(task_trace.longest_s)
            line_delays = measure_line(page, effort)
        memory = _measure_memory(chromium, page, effort.predictions)
    return {
        "pointer_to_digit_s": delays,
        "pointer_to_line_s": line_delays,
        "longest_task_s": longest_tasks,
        **memory,
    }


def measure_line(page: Page, effort: Effort) -> list[float]:
    """Return the delays from the last `pointerup` of LINE to the answer, in seconds.

    The line is written stroke by stroke with the mouse. Then its last stroke is undone and written
    again, each time at a slightly different place, so that the page has to draw and read a new
    image. Writing the whole line each time would take minutes.

    Args:
        page: The app's page, to which page/probe.py was added.
        effort: The number of lines, and of last strokes for each.

    """
    *strokes, last = _line()
    delays = []
    for _ in range(effort.lines):
        page.locator("#clear").click(force=True)
        for stroke in strokes:
            _write(page, stroke)
        for number in range(effort.last_strokes):
            offset = 0.001 * (1 + number)
            page.evaluate(_RECORD_POINTER_UP)
            _write(page, [(x + offset, y + offset) for x, y in last])
            page.wait_for_function(
                "() => window.pointerUpAt && window.isUpToDate()", polling=_SETTLE_MS
            )
            delays.append(page.evaluate("() => window.lastAnswered() - window.pointerUpAt") / 1000)
            page.locator("#undo").click(force=True)
    page.locator("#clear").click(force=True)
    return delays


def _line() -> list[Stroke]:
    """Return the strokes of LINE in the middle of the sheet, in fractions of the sheet's side."""
    written = Hand().write(LINE)
    left, _, right, _ = box_around(written)
    scale = LINE_WIDTH / (right - left)
    start = (1 - LINE_WIDTH) / 2
    return [[(start + (x - left) * scale, 0.5 + y * scale) for x, y in each] for each in written]


def _write(page: Page, stroke: Sequence[tuple[float, float]]) -> None:
    """Write a stroke with mouse events, in fractions of the sheet's side."""
    box = page.evaluate("() => sheet.getBoundingClientRect().toJSON()")
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    for _, (event, (x, y)) in zip(_at_event_rate(), enumerate(points), strict=False):
        page.mouse.move(x, y)
        if not event:
            page.mouse.down()
    page.mouse.up()


def _at_event_rate() -> Iterator[None]:
    """Yield for each event, without end; wait in between, to send EVENTS_PER_SECOND events."""
    begun = time.monotonic()
    for event in count(1):
        yield
        time.sleep(max(0.0, begun + event / EVENTS_PER_SECOND - time.monotonic()))


def _draw(page: Page, events: int, start_angle: int) -> None:
    """Draw part of an oval with mouse events. A whole oval would take 100 events.

    Args:
        page: The app's page.
        events: The number of mouse events, sent at a rate of EVENTS_PER_SECOND.
        start_angle: The angle on the oval, in radians, at which the line begins.

    """
    box = page.evaluate("() => sheet.getBoundingClientRect().toJSON()")
    for _, event in zip(_at_event_rate(), range(events), strict=False):
        angle = 2 * math.pi * event / 100 + start_angle
        x = box["x"] + box["width"] * (0.5 + 0.2 * math.cos(angle))
        y = box["y"] + box["height"] * (0.5 + 0.3 * math.sin(angle))
        page.mouse.move(x, y)
        if not event:
            page.mouse.down()
    page.mouse.up()


def _time_gesture(page: Page, start_angle: int) -> float:
    """Draw a gesture; return the seconds from `pointerup` until the digit is shown.

    Args:
        page: The app's page.
        start_angle: The angle on the oval, in radians, at which the gesture begins.

    """
    page.locator("#clear").click(force=True)
    page.evaluate(_RECORD_POINTER_UP)
    _draw(page, _EVENTS_PER_GESTURE, start_angle)
    page.wait_for_timeout(_SETTLE_MS)
    milliseconds = page.evaluate("() => window.lastShown() - window.pointerUpAt")
    return float(milliseconds) / 1000


def _measure_memory(chromium: Browser, page: Page, predictions: int) -> dict[str, Any]:
    """Return the memory before and after many predictions; if the page leaks, the two differ."""
    say(f"Running {predictions:,} predictions ...")
    devtools = page.context.new_cdp_session(page)

    def memory_now() -> dict[str, int]:
        page.request_gc()
        usage = devtools.send("Runtime.getHeapUsage")
        return {
            "javascript_bytes": int(usage["usedSize"] + usage["backingStorageSize"]),
            "python_bytes": page.evaluate("() => window.pythonMemory()"),
            "proxies": page.evaluate("() => window.countProxies()"),
        }

    memory_now()  # Pyodide begins to count proxies at this call
    # A warm-up, so that one-time allocations don't count as a leak.
    visit.infer(chromium, page, predictions // 10)
    before = memory_now()
    visit.infer(chromium, page, predictions)
    return {
        "predictions": predictions,
        "before_predictions": before,
        "after_predictions": memory_now(),
    }
