"""Our half of the storage benchmark: functions of the page that `bench/storage/loads.py` calls."""

from __future__ import annotations

import time
import tracemalloc
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyodide_js
from js import URL, location, window
from pyodide.ffi import create_proxy

from offline_onnx import ModelStore, Origin, SessionError, Tensor
from offline_onnx.browser import HttpSource, IndexedDBStore, WebMemory, WebRuntime
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROW = Tensor(array("q", [0]), (1,))


@dataclass(frozen=True)
class Unopened:
    """A model's bytes in place of a session, whose opening is timed separately."""

    js_content: Any

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Raise SessionError."""
        raise SessionError(f"There is no session to run {', '.join(inputs)} with for {outputs}.")

    async def release(self) -> None:
        """Do nothing."""


class NoRuntime:
    """A Runtime that opens nothing."""

    async def open(self, js_content: Any) -> Unopened:
        """Return the bytes."""
        return Unopened(js_content)


model_store = ModelStore(IndexedDBStore("offline-onnx"), WebMemory(), NoRuntime())


def heap() -> int:
    """Return the size of Python's memory in bytes; it only grows, several MB at a time."""
    return int(pyodide_js._module.HEAP8.length)


async def load(address: str) -> tuple[Origin | None, Any]:
    """Load as `Models.load` does, but without a session; return the origin and the bytes."""
    source = HttpSource(str(URL.new(address, location.href).href))
    model = await model_store.load(address, source)
    return model.origin, getattr(model.session, "js_content", None)


async def timed_load(address: str, expected: Origin) -> Any:
    """Time a load. Raise RuntimeError if its origin is not `expected`."""
    before, start = heap(), time.perf_counter()
    origin, js_content = await load(address)
    seconds, growth = time.perf_counter() - start, heap() - before
    if origin is not expected:
        raise RuntimeError(f"{address} is {origin}")
    size = model_store.memory.length(js_content)
    return js_object({"seconds": seconds, "bytes": size, "python_heap_growth": growth})


async def first_load(address: str) -> Any:
    """Download, verify and store."""
    return await timed_load(address, Origin.DOWNLOADED)


async def stored_load(address: str) -> Any:
    """Read the stored copy and verify it."""
    return await timed_load(address, Origin.STORED)


async def traced_load(address: str) -> int:
    """Load untimed; return the peak of the bytes that Python's objects took."""
    tracemalloc.start()
    await load(address)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


async def open_session(address: str) -> Any:
    """Time the opening of a session on a stored model, the first session of its page."""
    _, js_content = await load(address)
    start = time.perf_counter()
    session = await WebRuntime().open(js_content)
    seconds = time.perf_counter() - start
    await session.run({"row": ROW})
    return js_object({"seconds": seconds})


async def remove(address: str) -> None:
    """Remove the stored copy."""
    await model_store.remove(address)


window.firstLoad = create_proxy(first_load)
window.storedLoad = create_proxy(stored_load)
window.tracedLoad = create_proxy(traced_load)
window.openSession = create_proxy(open_session)
window.remove = create_proxy(remove)
