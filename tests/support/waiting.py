"""Time limits: the tests' own, and those of the page, so that no busy machine makes a test fail."""

import os
import time

PATIENCE = 120
"""Seconds that tests wait for the page: many times what it needs on an idle machine."""

STRETCH = 20.0
"""By which a page's own time limits are multiplied."""


def stretched() -> str:
    """Return JavaScript that multiplies a page's long timers by STRETCH.

    A page waits 3 seconds for a custom model, 5 for IndexedDB and 30 for a silent server. With
    `window.ownTimeLimits = true` it goes by them all the same.
    """
    return f"""{{
  const {{ setTimeout }} = window;
  const limit = (delay) => delay >= 2900 && !window.ownTimeLimits ? {STRETCH} * delay : delay;
  window.setTimeout = (callback, delay, ...given) => setTimeout(callback, limit(delay), ...given);
}}"""


def slowness() -> float:
    """Return how many times as long as on an idle machine work takes now, 1 or more."""
    begin, used = time.perf_counter(), time.thread_time()
    while time.thread_time() - used < 0.05:
        pass
    waited = (time.perf_counter() - begin) / 0.05
    return max(1.0, waited, os.getloadavg()[0] / (os.cpu_count() or 1))
