"""Run by the benchmark inside the app's page: times inferences, counts what Python holds."""

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

    from digits.app import Digit

page: Any = main.page
IMAGE = rasterise(page.app.ink.strokes)
shown = page.app.view.show_number
moments: list[float] = []


async def infer(runs: int) -> Any:
    """Read one image `runs` times; return the milliseconds of each."""
    times = array("d")
    for _ in range(runs):
        start = window.performance.now()
        await page.app.recogniser.read([IMAGE])
        times.append(window.performance.now() - start)
    return to_js(times)


def show_number(digits: Sequence[Digit], chosen: int) -> None:
    """Show the number, and note the time."""
    shown(digits, chosen)
    moments.append(window.performance.now())


def last_shown() -> float:
    """Return when a number was last shown, in milliseconds from navigation."""
    return moments[-1]


def python_memory() -> int:
    """Return the bytes of Python's memory."""
    return int(pyodide_js._module.HEAP8.length)


def proxies() -> int:
    """Count the Python objects that JavaScript holds; the first call starts the counting."""
    module = pyodide_js._module
    if getattr(module, "pyproxy_alloc_map", None) is None:
        module.enable_pyproxy_allocation_tracing()
    return int(module.pyproxy_alloc_map.size)


page.app.view.show_number = show_number
window.infer = create_proxy(infer)
window.lastShown = create_proxy(last_shown)
window.pythonMemory = create_proxy(python_memory)
window.proxies = create_proxy(proxies)
