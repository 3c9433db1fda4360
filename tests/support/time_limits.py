"""Time limits of the tests and of the pages under test, long enough for a busy machine."""

import os
import time

TIMEOUT = 120
"""Seconds that a test waits for the page before it fails. An idle machine needs far less."""

PAGE_TIMEOUT_FACTOR = 20.0
"""The factor by which `page_timeouts_script` multiplies a page's time limits."""


def page_timeouts_script() -> str:
    """Return JavaScript that multiplies a page's or worker's time limits by PAGE_TIMEOUT_FACTOR.

    A page waits 3 seconds for a custom model, 5 seconds for IndexedDB, 10 seconds for an SVG
    picture, and 30 seconds for a server that sends nothing. Shorter timers are no time limits. (One
    longer timer is none either: files.py waits before it revokes the address of a saved file.) A
    test can set `globalThis.keepTimeLimits = true` to keep the page's own time limits.
    """
    return f"""{{
  const {{ setTimeout }} = globalThis;
  const isTimeLimit = (milliseconds) => milliseconds >= 2900 && !globalThis.keepTimeLimits;
  globalThis.setTimeout = (callback, delay, ...rest) =>
    setTimeout(callback, isTimeLimit(delay) ? {PAGE_TIMEOUT_FACTOR} * delay : delay, ...rest);
}}"""


def measure_slowdown() -> float:
    """Return how much slower this machine is now than if it were idle: a factor of 1 or more."""
    cpu_seconds = 0.05
    begin, cpu_begin = time.perf_counter(), time.thread_time()
    while time.thread_time() - cpu_begin < cpu_seconds:
        pass
    measured = (time.perf_counter() - begin) / cpu_seconds
    return max(1.0, measured, os.getloadavg()[0] / (os.cpu_count() or 1))
