"""From navigation to the digit of a waiting drawing: warm starts offline, and first visits."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.app import pages, visit
from bench.harness import link
from bench.harness.browser import browser
from bench.harness.trace import traced
from tools.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

RATE, DELAY = 10e6 / 8, 0.04
"""The link of a first visit: 10 Mbit/s, in bytes a second, and 40 ms before each answer."""
SIDES = (pages.OURS, pages.PLAIN, *pages.PEERS)
_QUIET = 500
"""Milliseconds in which a page becomes idle."""


def warm(chromium: Browser, effort: Effort) -> dict[str, Any]:
    """Measure warm starts with the server stopped.

    Returns:
        Seconds to the digit and of each inference by page; for the app, when each step began, the
        longest tasks, and the peaks of memory.

    """
    chromium.context.add_init_script(visit.WAITING)
    with link.served(pages.PAGES, link.Link()) as address:
        sites = {side: f"{address}/{side}/" for side in SIDES}
        _prepare(chromium, sites, effort)
    say("Starting without a server ...")
    seconds: dict[str, list[float]] = {side: [] for side in SIDES}
    inference: dict[str, list[float]] = {side: [] for side in SIDES}
    steps = []
    for run in range(effort.starts):
        for side in SIDES if run % 2 else reversed(SIDES):
            with visit.visited(chromium, sites[side]) as (page, start):
                seconds[side].append(start)
                if side == pages.OURS:
                    steps.append({**visit.steps(page), "digit": start})
                page.wait_for_timeout(_QUIET)
                if side in (pages.OURS, pages.PLAIN):
                    visit.add_probe(chromium, page)
                times = visit.infer(chromium, page, effort.inferences)
                inference[side] += times[effort.inferences // 2 :]
            time.sleep(_QUIET / 1000)  # while the page's process ends, which takes a core
    peaks = [_peak_memory(chromium, sites[pages.OURS]) for _ in range(effort.starts)]
    return {
        "start_s": seconds,
        "inference_s": inference,
        "steps_s": steps,
        "longest_task_s": [
            _longest_task(chromium, sites[pages.OURS]) for _ in range(effort.starts)
        ],
        "peak_memory_bytes": [memory for memory, _ in peaks],
        "process_growth_bytes": [growth for _, growth in peaks],
    }


def first(effort: Effort) -> dict[str, Any]:
    """Measure first visits to the app over a slow link, each in an empty browser.

    Returns:
        Seconds to the digit, the bytes sent by path, and the seconds that these bytes take alone.

    """
    say("Visiting for the first time ...")
    seconds, sent = [], []
    for _ in range(effort.first_visits):
        slow = link.Link(RATE, DELAY)
        with link.served(pages.PAGES / pages.OURS, slow) as address, browser() as chromium:
            chromium.context.add_init_script(visit.WAITING)
            with visit.visited(chromium, address) as (_, start):
                seconds.append(start)
                sent.append(dict(slow.sent))
    return {
        "start_s": seconds,
        "sent": sent,
        "bytes_alone_s": [sum(each.values()) / RATE for each in sent],
    }


def _prepare(chromium: Browser, sites: dict[str, str], effort: Effort) -> None:
    """Visit each page until the browser has cached its files, its model and its compiled code."""
    for side in pages.PEERS:
        page = chromium.context.new_page()
        with chromium.step(f"Storing the model of {side}"):
            page.goto(sites[side])
            page.evaluate("() => window.saveModel()")
        page.close()
    for side, site in sites.items():
        say(f"Visiting {side} ...")
        for _ in range(effort.habit):
            with visit.visited(chromium, site) as (page, _):
                visit.wait_until_cached(chromium, page)
                if side in (pages.OURS, pages.PLAIN):
                    visit.add_probe(chromium, page)
                visit.infer(chromium, page, effort.inferences)
                page.wait_for_timeout(effort.pause)


@contextmanager
def _idle_page(chromium: Browser, site: str) -> Iterator[Page]:
    """Open an image of the site: its process is the one that the next page runs in."""
    page = chromium.context.new_page()
    with chromium.step(f"Opening {site}icon.svg"):
        page.goto(f"{site}icon.svg")
        page.wait_for_timeout(_QUIET)
    yield page
    page.close()


def _longest_task(chromium: Browser, site: str) -> float:
    """Start the app; return the seconds of its longest task."""
    with _idle_page(chromium, site) as page, chromium.step(f"Tracing {site}"):
        with traced(chromium.devtools, page) as tasks:
            page.goto(site, wait_until="commit")
            visit.first_digit(chromium, page)
        return tasks.longest


def _peak_memory(chromium: Browser, site: str) -> tuple[int, int]:
    """Start the app; return two peaks in bytes: of its memory, and of its process's growth."""
    with _idle_page(chromium, site) as page, chromium.step(f"Measuring the memory of {site}"):
        return chromium.growth(partial(_peak, page, site))


def _peak(page: Page, site: str) -> int:
    """Start; return the peak in bytes of JavaScript's objects, buffers and WebAssembly's memory.

    The browser is asked between any two tasks of the page, until the page is idle.
    """
    devtools = page.context.new_cdp_session(page)
    page.add_init_script(visit.MEMORIES)
    page.goto(site, wait_until="commit")
    most = 0
    end = None
    while end is None or time.monotonic() < end:
        usage = devtools.send("Runtime.getHeapUsage")
        held = sum(usage[key] for key in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))
        wasm, has_read = page.evaluate("() => [window.wasmMemory?.() ?? 0, !!window.firstDigit]")
        most = max(most, int(held) + int(wasm))
        if has_read and end is None:
            end = time.monotonic() + _QUIET / 1000
    return most
