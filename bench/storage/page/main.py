"""The page of offline_onnx: functions that loads.py and runs.py in bench/storage/ call."""

from __future__ import annotations

import time
import tracemalloc
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyodide_js
from js import URL, location, window
from pyodide.ffi import create_proxy, to_js

from offline_onnx import Origin, Tensor
from offline_onnx.browser import (
    BrowserModelStore,
    HttpSource,
    IndexedDBStore,
    WebMemory,
    WebRuntime,
)
from offline_onnx.browser.interop import js_object
from offline_onnx.errors import SessionError
from offline_onnx.storage.model_store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST_ROW = Tensor(array("q", [0]), (1,))
"""The input of the large models: the number of the table row to return. This is row 0."""
NUMBERS = [5.1, 3.5, 1.4, 0.2]
"""An input of the small model."""


@dataclass(frozen=True)
class UnopenedSession:
    """Holds a model's bytes instead of a session, because the opening is measured separately."""

    js_content: Any

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Raise SessionError."""
        raise SessionError(f"No session is open: can't compute {outputs} from {', '.join(inputs)}.")

    async def release(self) -> None:
        """Do nothing."""


class NoRuntime:
    """A Runtime that only returns the model's bytes."""

    async def open(
        self,
        js_content: Any,
        external_data: Mapping[str, Any],  # noqa: ARG002  # the model is one file
    ) -> UnopenedSession:
        """Return an object that holds the bytes, and runs nothing."""
        return UnopenedSession(js_content)


model_store = ModelStore(IndexedDBStore("offline-onnx"), WebMemory(), NoRuntime())


def python_memory() -> int:
    """Return the size in bytes of Python's WebAssembly memory, which never shrinks."""
    return int(pyodide_js._module.HEAP8.length)


async def load(address: str) -> tuple[Origin | None, Any]:
    """Load a model without opening a session; return its origin and its bytes."""
    source = HttpSource(str(URL.new(address, location.href).href))
    model = await model_store.load(address, source)
    return model.origin, getattr(model.session, "js_content", None)


async def timed_load(address: str, expected: Origin) -> Any:
    """Load a model; return the seconds, its size, and the bytes by which Python's memory grew.

    Raises:
        RuntimeError: The model's origin is not `expected`.

    """
    memory_before, start = python_memory(), time.perf_counter()
    origin, js_content = await load(address)
    seconds, growth = time.perf_counter() - start, python_memory() - memory_before
    if origin is not expected:
        raise RuntimeError(f"{address} was loaded from {origin}, not from {expected}.")
    size = model_store.memory.length(js_content)
    return js_object({"seconds": seconds, "bytes": size, "python_heap_growth": growth})


async def first_load(address: str) -> Any:
    """Download, verify and store a model, and measure the load."""
    return await timed_load(address, Origin.DOWNLOADED)


async def stored_load(address: str) -> Any:
    """Read and verify the stored copy of a model, and measure the load."""
    return await timed_load(address, Origin.STORED)


async def traced_load(address: str) -> int:
    """Load a model; return the peak size in bytes of the objects that the load creates.

    Tracing slows Python down, so this load is not timed.
    """
    tracemalloc.start()
    await load(address)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


async def open_session(address: str) -> Any:
    """Open a session with a stored model; return the seconds of the opening.

    It is the page's first session, so the time includes the start of onnxruntime-web.
    """
    _, js_content = await load(address)
    start = time.perf_counter()
    session = await WebRuntime().open(js_content, {})
    seconds = time.perf_counter() - start
    await session.run({"row": FIRST_ROW})
    return js_object({"seconds": seconds})


async def open_small(address: str) -> None:
    """Open the small model twice, for the global functions `runPython` and `runPlain`.

    Each function takes the number of runs, and runs the model from Python or from JavaScript. It
    returns the seconds of all runs together, and the sum, over all runs, of the output's first
    number.
    """
    model = await BrowserModelStore().load(address)
    js_ort = await WebRuntime().find()
    js_file = URL.new(model.manifest.file, URL.new(address, location.href))
    js_plain = await window.openPlain(js_ort, js_file.href, to_js(NUMBERS))

    async def run_python(runs: int) -> Any:
        total, start = 0.0, time.perf_counter()
        for _ in range(runs):
            outputs = await model.run({"numbers": [NUMBERS]})
            total += outputs["probabilities"].values[0]
        return js_object({"seconds": time.perf_counter() - start, "sum": total})

    window.runPython, window.runPlain = create_proxy(run_python), js_plain


async def remove(address: str) -> None:
    """Remove the stored copy of a model."""
    await model_store.remove(address)


window.firstLoad = create_proxy(first_load)
window.storedLoad = create_proxy(stored_load)
window.tracedLoad = create_proxy(traced_load)
window.openSession = create_proxy(open_session)
window.openSmall = create_proxy(open_small)
window.remove = create_proxy(remove)
