"""The page of real models: functions that `bench/models/visits.py` calls and measures."""

from __future__ import annotations

import base64
import json
import time
from array import array
from contextlib import suppress
from importlib import import_module
from typing import Any

import pyodide_js
from js import window
from pyodide.ffi import create_proxy

from offline_onnx import InferenceSession, OfflineModelError, Tensor, load
from offline_onnx.browser import BrowserModelStore
from offline_onnx.errors import NotStored
from offline_onnx.inference.tensor import STRING, from_bytes, raw_bytes

IDENTITY = bytes.fromhex(
    "08083a2f0a100a017812017922084964656e746974791201675a0b0a01781206"
    "0a0408011200620b0a017912060a040801120042040a001011"
)
"""A model whose output y is its input x, a float."""

js_ort = import_module("onnxruntime_web")
models = BrowserModelStore()


async def warm_up(_: object) -> None:
    """Start onnxruntime-web, so that no measured load includes this start."""
    session = await InferenceSession.create(IDENTITY)
    await session.run(None, {"x": Tensor(array("f", [1.0]), ())})
    await session.release()


async def run_library(given: str) -> str:
    """Load a model, run it once, and release it.

    Args:
        given: JSON of the address (`address`), the inputs (`feed`) and the names of the outputs
            (`outputs`).

    Returns:
        JSON of the seconds of the load and of the run, the outputs, the model's origin, the load's
        warning, and the bytes by which Python's memory grew. If a step fails, JSON of its `error`.

    """
    try:
        return json.dumps(await measured(json.loads(given)))
    except OfflineModelError as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


async def measured(case: dict[str, Any]) -> dict[str, Any]:
    """Return the result of `run_library`."""
    feed = {name: decode(raw) for name, raw in case["feed"].items()}
    memory, start = python_memory(), time.perf_counter()
    model = await load(case["address"])
    loaded, memory = time.perf_counter(), python_memory() - memory
    outputs = await model.run(feed, case["outputs"])
    done = time.perf_counter()
    result = {
        "load_s": loaded - start,
        "run_s": done - loaded,
        "outputs": {name: encode(tensor) for name, tensor in outputs.items()},
        "origin": model.origin.value,
        "warning": str(model.warning or ""),
        "python_heap_growth": memory,
    }
    await model.release()
    return result


async def remove(address: str) -> None:
    """Remove the stored copy of a model, if there is one."""
    with suppress(NotStored):
        await models.remove(f"indexeddb://{address}")


def python_memory() -> int:
    """Return the size in bytes of Python's WebAssembly memory, which never shrinks."""
    return int(pyodide_js._module.HEAP8.length)


def decode(raw: dict[str, Any]) -> Tensor:
    """Return the Tensor for a tensor as JSON, in the format of tools/backend/tensors.py."""
    dtype, data = raw["type"], raw["data"]
    values = data if dtype == STRING else from_bytes(base64.b64decode(data), dtype)
    return Tensor(values, tuple(raw["dims"]), dtype)


def encode(tensor: Tensor) -> dict[str, Any]:
    """Return a Tensor as JSON, in the format that `decode` reads."""
    is_text = isinstance(tensor.values, list)
    data = tensor.values if is_text else base64.b64encode(raw_bytes(tensor.values)).decode()
    return {"type": tensor.dtype, "dims": tensor.shape, "data": data}


window.ort = js_ort
window.warmUp = create_proxy(warm_up)
window.runLibrary = create_proxy(run_library)
window.removeModel = create_proxy(remove)
