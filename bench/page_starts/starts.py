"""From the visit to the digit that was waiting: offline with all kept, and for the first time."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.harness import link
from bench.harness.browser import browser, growth
from bench.harness.tasks import traced
from bench.page_starts import pages, visit
from tools.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from bench.harness.browser import Browser

RUNS = 11
FIRST_VISITS = 5
HABIT = 3
"""How often a page is visited before it is measured, so that the browser has kept what it keeps."""
INFERENCES = 200
RATE, DELAY = 10e6 / 8, 0.04
"""The link of a first visit: 10 Mbit/s, in bytes a second, and 40 ms until an answer begins."""
SIDES = (pages.OURS, pages.PLAIN, *pages.PEERS)
QUIET = 500
"""Milliseconds in which a page comes to rest."""
PAUSE = 5000
"""Milliseconds after a visit in which the browser keeps compiled code."""


def warm(chromium: Browser) -> dict[str, Any]:
    """Measure starts with the server gone: seconds to the digit, of one inference, longest task."""
    context = chromium.context
    context.add_init_script(visit.WAITING)
    with link.served(pages.SITES, link.Link()) as address:
        sites = {side: f"{address}/{side}/" for side in SIDES}
        for side in pages.PEERS:
            page = context.new_page()
            page.goto(sites[side])
            page.evaluate("() => window.save()")
            page.close()
        for side, site in sites.items():
            say(f"Visiting {side} ...")
            for _ in range(HABIT):
                with visit.visited(context, site) as (page, _):
                    visit.settle(page)
                    if side in (pages.OURS, pages.PLAIN):
                        visit.probe(page)
                    visit.infer(page, INFERENCES)
                    page.wait_for_timeout(PAUSE)
    say("Starting without a server ...")
    seconds: dict[str, list[float]] = {side: [] for side in SIDES}
    inference: dict[str, list[float]] = {side: [] for side in SIDES}
    tasks, peaks, processes, steps = [], [], [], []
    for run in range(RUNS):
        for side in SIDES if run % 2 else reversed(SIDES):
            with visit.visited(context, sites[side]) as (page, told):
                seconds[side].append(told)
                if side == pages.OURS:
                    steps.append({**visit.steps(page), "digit": told})
                page.wait_for_timeout(QUIET)
                if side in (pages.OURS, pages.PLAIN):
                    visit.probe(page)
                inference[side] += visit.infer(page, INFERENCES)[INFERENCES // 2 :]
            time.sleep(QUIET / 1000)  # while the page's process ends, which takes a core
    for _ in range(RUNS):
        with _empty(context, sites[pages.OURS]) as page, traced(chromium.devtools, page) as task:
            page.goto(sites[pages.OURS], wait_until="commit")
            page.evaluate(visit.TOLD)
        tasks.append(task.longest)
    for _ in range(RUNS):
        with _empty(context, sites[pages.OURS]) as page:
            peak, grown = growth(chromium.devtools, partial(_peak, page, sites[pages.OURS]))
            peaks.append(peak)
            processes.append(grown)
    return {
        "start_s": seconds,
        "inference_s": inference,
        "steps_s": steps,
        "longest_task_s": tasks,
        "peak_memory_bytes": peaks,
        "process_growth_bytes": processes,
    }


@contextmanager
def _empty(context: BrowserContext, site: str) -> Iterator[Page]:
    """Open a page of the site that does nothing: its process is the one that goes on."""
    page = context.new_page()
    page.goto(f"{site}icon.svg")
    page.wait_for_timeout(QUIET)
    yield page
    page.close()


def _peak(page: Page, site: str) -> int:
    """Start; give the most bytes of JavaScript's objects, of buffers and of WebAssembly's memory.

    The browser is asked between any two tasks of the page; WebAssembly's memory is left out of what
    it tells, and added.
    """
    devtools = page.context.new_cdp_session(page)
    page.add_init_script(visit.MEMORIES)
    page.goto(site, wait_until="commit")
    most = 0
    end = None
    while end is None or time.monotonic() < end:
        usage = devtools.send("Runtime.getHeapUsage")
        told = sum(usage[key] for key in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))
        wasm, read = page.evaluate("() => [window.wasmMemory?.() ?? 0, !!window.firstDigit]")
        most = max(most, int(told) + int(wasm))
        if read and end is None:
            end = time.monotonic() + QUIET / 1000
    return most


def first() -> dict[str, Any]:
    """Measure first visits over a slow link, each in an empty browser; what is sent is told."""
    say("Visiting for the first time ...")
    seconds, sent = [], []
    for _ in range(FIRST_VISITS):
        slow = link.Link(RATE, DELAY)
        with (
            link.served(pages.SITES / pages.OURS, slow) as address,
            browser() as chromium,
        ):
            chromium.context.add_init_script(visit.WAITING)
            with visit.visited(chromium.context, address) as (_, told):
                seconds.append(told)
                sent.append(dict(slow.sent))
    return {
        "start_s": seconds,
        "sent": sent,
        "bytes_alone_s": [sum(s.values()) / RATE for s in sent],
    }
