"""Measure the time from navigation until a page shows the digit of a stored drawing.

The measured starts are warm starts offline, and first visits over a slow network link.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.app import pages, visit
from bench.harness import link
from bench.harness.browser import start_browser
from bench.harness.processor_time import measure_processor_time
from bench.harness.trace import trace_tasks
from tools.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Page

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

RATE, DELAY = 10e6 / 8, 0.04
"""The link of a first visit: bytes a second (10 Mbit/s), and seconds before each response."""
PAGE_NAMES = (pages.OURS, pages.PLAIN, *pages.TFJS_PAGES)
SLOWDOWN = 4
"""How many times slower the main thread runs in a slow start."""
_IDLE_MS = 500
"""Milliseconds to wait until a page is assumed to be idle."""


def store_pages(chromium: Browser, effort: Effort) -> dict[str, str]:
    """Visit each page until it can start without a server; return their addresses by name.

    From then on, all pages of the browser have a stored drawing.
    """
    chromium.context.add_init_script(visit.STORE_DRAWING_AND_TIME_START)
    with link.serve_folder(pages.PAGES_FOLDER, link.Link()) as address:
        sites = {name: f"{address}/{name}/" for name in PAGE_NAMES}
        _prepare(chromium, sites, effort)
    return sites


def measure_warm_starts(
    chromium: Browser, sites: Mapping[str, str], effort: Effort
) -> dict[str, Any]:
    """Measure warm starts with the server stopped.

    Args:
        chromium: The browser that has stored the pages.
        sites: The address of each page, by its name.
        effort: The number of starts and of inferences.

    Returns:
        For each page: the seconds until the digit ("start_s"), and the seconds of each inference
        ("inference_s"); after each start, the first half of the inferences is left out as warm-up.
        For each start of the app: the seconds from navigation to each step ("steps_s"). For as many
        further starts: the longest task ("longest_task_s"). For others again: the peak memory
        ("peak_memory_bytes"), and the peak growth of the page's process ("process_growth_bytes").
        For others: the seconds until the first paint and until the digit, while the page's main
        thread runs SLOWDOWN times slower ("slow_s"). For others, of the app and of the pages of
        TensorFlow.js: the processor time of each group of threads ("processor_s").

    """
    say("Starting without a server ...")
    seconds: dict[str, list[float]] = {name: [] for name in PAGE_NAMES}
    inference: dict[str, list[float]] = {name: [] for name in PAGE_NAMES}
    steps = []
    for run in range(effort.starts):
        for name in PAGE_NAMES if run % 2 else reversed(PAGE_NAMES):
            with visit.open_page(chromium, sites[name]) as (page, start):
                seconds[name].append(start)
                if name == pages.OURS:
                    steps.append({**visit.read_step_times(page), "digit": start})
                page.wait_for_timeout(_IDLE_MS)
                if name in (pages.OURS, pages.PLAIN):
                    visit.add_probe(chromium, page)
                times = visit.infer(chromium, page, effort.inferences)
                inference[name] += times[effort.inferences // 2 :]
            time.sleep(_IDLE_MS / 1000)  # the page's process is ending, which uses a CPU core
    peaks = [_measure_peak_memory(chromium, sites[pages.OURS]) for _ in range(effort.starts)]
    return {
        "start_s": seconds,
        "inference_s": inference,
        "steps_s": steps,
        "longest_task_s": [
            _measure_longest_task(chromium, sites[pages.OURS]) for _ in range(effort.starts)
        ],
        "peak_memory_bytes": [peak for peak, _ in peaks],
        "process_growth_bytes": [growth for _, growth in peaks],
        "slow_s": [_measure_slow_start(chromium, sites[pages.OURS]) for _ in range(effort.starts)],
        "processor_s": {
            name: [_measure_processor_time(chromium, sites, name) for _ in range(effort.starts)]
            for name in (pages.OURS, *pages.TFJS_PAGES)
        },
    }


def measure_first_visits(effort: Effort) -> dict[str, Any]:
    """Measure first visits to the app over a slow link, each in an empty browser.

    Returns:
        For each visit: the seconds until the digit ("start_s"), the number of bytes sent for each
        path ("sent"), and the seconds that the link alone needs for these bytes ("transfer_s").

    """
    say("Visiting for the first time ...")
    seconds, sent = [], []
    for _ in range(effort.first_visits):
        slow_link = link.Link(RATE, DELAY)
        with (
            link.serve_folder(pages.PAGES_FOLDER / pages.OURS, slow_link) as address,
            start_browser() as chromium,
        ):
            chromium.context.add_init_script(visit.STORE_DRAWING_AND_TIME_START)
            with visit.open_page(chromium, address) as (_, start):
                seconds.append(start)
                sent.append(dict(slow_link.sent))
    return {
        "start_s": seconds,
        "sent": sent,
        "transfer_s": [sum(sizes.values()) / RATE for sizes in sent],
    }


def _prepare(chromium: Browser, sites: dict[str, str], effort: Effort) -> None:
    """Visit each page until the browser has cached its files, its model and its compiled code."""
    for name in pages.TFJS_PAGES:
        page = chromium.context.new_page()
        with chromium.step(f"Storing the model of {name}"):
            page.goto(sites[name])
            page.evaluate("() => window.saveModel()")
        page.close()
    for name, site in sites.items():
        say(f"Visiting {name} ...")
        for _ in range(effort.warm_ups):
            with visit.open_page(chromium, site) as (page, _):
                visit.wait_until_cached(chromium, page)
                if name in (pages.OURS, pages.PLAIN):
                    visit.add_probe(chromium, page)
                visit.infer(chromium, page, effort.inferences)
                page.wait_for_timeout(effort.warm_up_pause)


@contextmanager
def _idle_page(chromium: Browser, site: str) -> Iterator[Page]:
    """Open the site's icon in a new tab, and wait until the tab's process is idle.

    The app is then opened in this tab, and runs in the same process. Therefore the measurements do
    not include the start of a process.
    """
    page = chromium.context.new_page()
    with chromium.step(f"Opening {site}icon.svg"):
        page.goto(f"{site}icon.svg")
        page.wait_for_timeout(_IDLE_MS)
    yield page
    page.close()


def _measure_longest_task(chromium: Browser, site: str) -> float:
    """Start the app; return the seconds of the longest task during the start."""
    with _idle_page(chromium, site) as page, chromium.step(f"Tracing {site}"):
        with trace_tasks(chromium.devtools, page) as task_trace:
            page.goto(site, wait_until="commit")
            visit.wait_for_first_digit(chromium, page)
        return task_trace.longest_s


def _measure_slow_start(chromium: Browser, site: str) -> tuple[float, float]:
    """Start the app on a slow main thread; return the seconds until first paint and until digit.

    From the first paint on, the user can draw: early.js paints the strokes.
    """
    with _idle_page(chromium, site) as page, chromium.step(f"Starting {site} slowly"):
        devtools = page.context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        page.goto(site, wait_until="commit")
        digit = visit.wait_for_first_digit(chromium, page)
        paint = page.evaluate("() => performance.getEntriesByType('paint')[0].startTime")
        return float(paint) / 1000, digit


def _measure_processor_time(
    chromium: Browser, sites: Mapping[str, str], name: str
) -> dict[str, float]:
    """Start a page; return the processor time of each group of threads until its digit."""
    # Pages of TensorFlow.js have no icon. The icon of the app runs in the same process.
    with _idle_page(chromium, sites[pages.OURS]) as page:
        with (
            chromium.step(f"Measuring the work of {sites[name]}"),
            measure_processor_time(chromium) as seconds,
        ):
            page.goto(sites[name], wait_until="commit")
            visit.wait_for_first_digit(chromium, page)
        return seconds


def _measure_peak_memory(chromium: Browser, site: str) -> tuple[int, int]:
    """Start the app; return its peak memory, and the peak growth of its process, both in bytes."""
    with _idle_page(chromium, site) as page, chromium.step(f"Measuring the memory of {site}"):
        return chromium.measure_growth(partial(_poll_peak_memory, page, site))


def _poll_peak_memory(page: Page, site: str) -> int:
    """Start the app; return its peak memory in bytes.

    The memory covers JavaScript's objects and buffers and WebAssembly's memories. It is polled
    until half a second after the digit appears. The browser replies only between two tasks of the
    page, so a peak within a task is missed.
    """
    devtools = page.context.new_cdp_session(page)
    page.add_init_script(visit.MEASURE_WASM_MEMORY)
    page.goto(site, wait_until="commit")
    peak = 0
    deadline = None
    while deadline is None or time.monotonic() < deadline:
        usage = devtools.send("Runtime.getHeapUsage")
        heap = sum(usage[key] for key in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))
        wasm, has_digit = page.evaluate("() => [window.wasmMemory?.() ?? 0, !!window.firstDigit]")
        peak = max(peak, int(heap) + int(wasm))
        if has_digit and deadline is None:
            deadline = time.monotonic() + _IDLE_MS / 1000
    return peak
