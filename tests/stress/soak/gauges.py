"""Measures the memory and the number of objects in a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.visit import COUNT_WASM_MEMORY
from tests.stress.soak import scripts

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

GAUGE_FILE = Path(__file__).parent / "page" / "gauge.py"
METRICS = {
    "Nodes": "nodes",
    "JSEventListeners": "event listeners",
    "Documents": "documents",
}
"""The browser's metrics that are measured, and their names in the report."""

WASM_MEMORY = "WebAssembly memory, bytes"
"""The name of a measure: the size of the memories of Python and onnxruntime-web."""


class Gauges:
    """Measures a page.

    `prepare` has to be called before the page is opened, and `attach` after its start.
    """

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools

    async def prepare(self) -> None:
        """Add a script that counts WebAssembly's memories, which the browser does not report."""
        await self._devtools.send("Performance.enable")
        await self._page.add_init_script(COUNT_WASM_MEMORY)

    async def read(self) -> dict[str, float]:
        """Collect garbage, then return all measures."""
        await self._devtools.send("HeapProfiler.collectGarbage")  # frees proxies of Python objects
        counts = json.loads(await self._page.evaluate("() => countObjects()"))
        # The second collection frees objects that only Python's garbage referred to.
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


async def attach(page: Page) -> None:
    """Add the functions that count objects and wait for readings to a page that has started."""
    await page.evaluate("code => { pyodide.runPython(code); }", GAUGE_FILE.read_text("utf-8"))
    await page.evaluate(scripts.WATCH)
