"""The library's half of the storage benchmark: what `bench.browser` calls from outside."""

from __future__ import annotations

import time
import tracemalloc
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyodide_js
from js import window
from pyodide.ffi import create_proxy

from offline_onnx.browser import Models, WebSession
from offline_onnx.browser.interop import js_object
from offline_onnx.library import SCHEME
from offline_onnx.loader import Loader, Origin
from offline_onnx.model import Model
from offline_onnx.parts import silent

if TYPE_CHECKING:
    from offline_onnx.loader import LoadedModel

models = Models()


def heap() -> int:
    """Give the size of Python's memory in bytes; it only ever grows, by some MB at a time."""
    return int(pyodide_js._module.HEAP8.length)


async def load(address: str) -> LoadedModel[Any]:
    """Load as `Models.load` does before it opens a session."""
    loader = Loader(address, models.store, models.memory, silent)
    return await loader.load(models.source(address))


async def timed_load(address: str, expected: Origin) -> Any:
    """Time a load. Raises RuntimeError if the bytes came from elsewhere."""
    before, start = heap(), time.perf_counter()
    loaded = await load(address)
    seconds, growth = time.perf_counter() - start, heap() - before
    if loaded.origin is not expected:
        raise RuntimeError(f"{address} is {loaded.origin}: {loaded.fault}")
    size = models.memory.length(loaded.content)
    return js_object({"seconds": seconds, "bytes": size, "python_heap_growth": growth})


async def first_load(address: str) -> Any:
    """Download, verify and store."""
    return await timed_load(address, Origin.DOWNLOADED)


async def stored_load(address: str) -> Any:
    """Read what is stored, and verify it."""
    return await timed_load(address, Origin.STORED)


async def traced_load(address: str) -> int:
    """Load untimed; give the most bytes that Python's objects took at any moment of it."""
    tracemalloc.start()
    await load(address)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


async def open_session(address: str) -> Any:
    """Time the opening of a session on a stored model, the first in its page."""
    loaded = await load(address)
    start = time.perf_counter()
    session = await WebSession.open(import_module("onnxruntime_web"), loaded.content)
    seconds = time.perf_counter() - start
    await Model(loaded.manifest, session).self_test()
    return js_object({"seconds": seconds})


async def forget(address: str) -> None:
    """Remove what is stored."""
    await models.remove(SCHEME + address)


window.firstLoad = create_proxy(first_load)
window.storedLoad = create_proxy(stored_load)
window.tracedLoad = create_proxy(traced_load)
window.openSession = create_proxy(open_session)
window.forget = create_proxy(forget)
