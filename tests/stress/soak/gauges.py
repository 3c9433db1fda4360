"""What is measured in a page that is in use: everything that could grow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.visit import COUNT_WASM_MEMORY
from tests.stress.soak import scripts

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

INSIDE = Path(__file__).parent / "page" / "gauge.py"
COUNTED = {
    "Nodes": "nodes",
    "JSEventListeners": "event listeners",
    "Documents": "documents",
}
"""What the browser counts in a page, by the browser's own names."""

RESERVED = "WebAssembly memory, bytes"
"""The memories of Python and onnxruntime-web, whether in use or not."""


class Gauges:
    """Reads all gauges in a page that was prepared before it was opened, then attached to."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools

    async def prepare(self) -> None:
        """Have the page report WebAssembly's memories, which the browser leaves out."""
        await self._devtools.send("Performance.enable")
        await self._page.add_init_script(COUNT_WASM_MEMORY)

    async def read(self) -> dict[str, float]:
        """Collect garbage, then measure what is left."""
        await self._devtools.send("HeapProfiler.collectGarbage")  # frees proxies of Python objects
        inside = json.loads(await self._page.evaluate("() => held()"))
        await self._devtools.send("HeapProfiler.collectGarbage")  # frees what Python's garbage held
        heap = await self._devtools.send("Runtime.getHeapUsage")
        counts = (await self._devtools.send("Performance.getMetrics"))["metrics"]
        return {
            "JavaScript memory, bytes": heap["usedSize"] + heap["backingStorageSize"],
            RESERVED: await self._page.evaluate("() => wasmMemory()"),
            **inside,
            **{COUNTED[each["name"]]: each["value"] for each in counts if each["name"] in COUNTED},
        }


async def attach(page: Page) -> None:
    """Have a page that has started report what its Python holds, and when a drawing is read."""
    inside = INSIDE.read_text("utf-8")
    await page.evaluate("code => { pyodide.runPython(code); }", inside)
    await page.evaluate(scripts.WATCH)
