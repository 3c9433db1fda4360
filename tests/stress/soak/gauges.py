"""Measures the memory of a page, and counts its objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.visit import MEASURE_WASM_MEMORY
from tests.stress.soak import scripts

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

GAUGE_FILE = Path(__file__).parent / "page" / "gauge.py"
METRICS = {
    "Nodes": "nodes",
    "JSEventListeners": "event listeners",
    "Documents": "documents",
}
"""The metrics of the browser that are reported, and their names in the report."""

WASM_MEMORY = "WebAssembly memory, bytes"
"""The name of the measurement of the memory that Python and onnxruntime-web take together."""


class Gauges:
    """Measures the memory of a page, and counts its objects.

    Call `prepare` before the page is opened, and this module's function `add_functions` after the
    page has started.
    """

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools

    async def prepare(self) -> None:
        """Add a script that measures WebAssembly memory; the browser does not report its size."""
        await self._devtools.send("Performance.enable")
        await self._page.add_init_script(MEASURE_WASM_MEMORY)

    async def read(self) -> dict[str, float]:
        """Collect garbage, then return all measures."""
        await self._devtools.send("HeapProfiler.collectGarbage")  # frees proxies of Python objects
        counts = json.loads(await self._page.evaluate("() => countObjects()"))
        # Counting collects Python's garbage. The second collection in JavaScript frees the objects
        # that only this garbage referred to.
        await self._devtools.send("HeapProfiler.collectGarbage")
        heap = await self._devtools.send("Runtime.getHeapUsage")
        metrics = (await self._devtools.send("Performance.getMetrics"))["metrics"]
        return {
            "JavaScript memory, bytes": heap["usedSize"] + heap["backingStorageSize"],
            WASM_MEMORY: await self._page.evaluate("() => wasmMemory()"),
            **counts,
            **{
                METRICS[metric["name"]]: metric["value"]
                for metric in metrics
                if metric["name"] in METRICS
            },
        }


async def add_functions(page: Page) -> None:
    """Add functions that count objects, and wait for elements and readings, to a started page."""
    await page.evaluate("code => { pyodide.runPython(code); }", GAUGE_FILE.read_text("utf-8"))
    await page.evaluate(scripts.ADD_WAIT_FUNCTIONS)
