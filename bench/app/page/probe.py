"""Run inside the app's page: measure inferences, memory, and when the last answer was shown."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import pyodide_js
from js import window
from pyodide.ffi import create_proxy, to_js

from digits.drawing.raster import rasterise
from digits.page import main

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Symbol

page: Any = main.page
IMAGE = rasterise(page.app.ink.strokes)
original_show_symbols = page.app.view.show_symbols
shown_at: list[float] = []
"""The times at which the page showed what it had read, in milliseconds from navigation."""
answered_at: list[float] = []
"""The times at which all parts of the page, such as the sums, had been notified of a reading, in
milliseconds from navigation."""


async def infer(runs: int) -> Any:
    """Run the model on one image `runs` times; return the milliseconds of each run."""
    times = array("d")
    for _ in range(runs):
        start = window.performance.now()
        await page.app.recogniser.read([IMAGE])
        times.append(window.performance.now() - start)
    return to_js(times)


def show_symbols(symbols: Sequence[Symbol], chosen: int) -> None:
    """Show the symbols that were read, and record the time at which they are shown."""
    original_show_symbols(symbols, chosen)
    shown_at.append(window.performance.now())


def last_shown() -> float:
    """Return the last of the times in `shown_at`."""
    return shown_at[-1]


def last_answered() -> float:
    """Return the last of the times in `answered_at`."""
    return answered_at[-1]


def is_up_to_date() -> bool:
    """Return whether the page has read all that was drawn."""
    return bool(page.app.is_up_to_date)


def python_memory() -> int:
    """Return the size of Python's WebAssembly memory in bytes."""
    return int(pyodide_js._module.HEAP8.length)


def count_proxies() -> int:
    """Return the number of Python objects that JavaScript refers to.

    Pyodide counts only the proxies that are created after the first call of this function.
    """
    module = pyodide_js._module
    if getattr(module, "pyproxy_alloc_map", None) is None:
        module.enable_pyproxy_allocation_tracing()
    return int(module.pyproxy_alloc_map.size)


page.app.view.show_symbols = show_symbols
page.app.changed.add(lambda: answered_at.append(window.performance.now()))
window.infer = create_proxy(infer)
window.lastShown = create_proxy(last_shown)
window.lastAnswered = create_proxy(last_answered)
window.isUpToDate = create_proxy(is_up_to_date)
window.pythonMemory = create_proxy(python_memory)
window.countProxies = create_proxy(count_proxies)
