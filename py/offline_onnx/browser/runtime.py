"""Run a model with onnxruntime-web's WebAssembly build."""

from __future__ import annotations

from array import array
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import js
from js import Float32Array, Reflect, Uint8Array
from pyodide.ffi import JsException, to_js

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import SessionError
from offline_onnx.inference.tensor import TYPECODES, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_BYTES = 1 << 28
"""Of an output: Python has to find room for it twice."""
_ARRAYS = {
    "float64": "Float64Array",
    "int8": "Int8Array",
    "uint8": "Uint8Array",
    "int16": "Int16Array",
    "uint16": "Uint16Array",
    "int32": "Int32Array",
    "uint32": "Uint32Array",
    "int64": "BigInt64Array",
    "uint64": "BigUint64Array",
    "bool": "Uint8Array",
}


async def isolated_runtime() -> Any:
    """Give an onnxruntime-web for models that nobody vouches for: `Models(js_ort=...)`.

    Each runs in a worker of its own, with 1 GiB of memory at most. The worker is ended if the model
    takes more than 3 s to be opened and run once, or for a run after that. Raises SessionError if
    what it needs can't be fetched.
    """
    try:
        return await call(import_module("isolated_onnxruntime_web"), "isolatedRuntime")
    except (ImportError, Rejected) as error:
        raise SessionError(f"The runtime for such models can't be had ({error}).") from error


class WebRuntime:
    """The Runtime of a page.

    js_ort: an onnxruntime-web; None for the module that the page has registered as
    `onnxruntime_web`.
    """

    def __init__(self, js_ort: Any = None) -> None:
        self._js_ort = js_ort

    async def open(self, js_content: Any) -> WebSession:
        """Compile the model in a Uint8Array.

        Raises SessionError if the runtime can't start or can't read the model.
        """
        js_options = js_object({"executionProviders": ["wasm"]})
        try:
            js_ort = self._js_ort or import_module("onnxruntime_web")
            js_session = await call(js_ort.InferenceSession, "create", js_content, js_options)
        except (ImportError, Rejected) as error:
            raise SessionError(f"The runtime can't open the model ({error}).") from error
        return WebSession(js_ort, js_session)


class WebSession:
    """A Session in this page."""

    def __init__(self, js_ort: Any, js_session: Any) -> None:
        self._js_ort = js_ort
        self._js_session = js_session
        self._names = [str(name) for name in js_session.outputNames]

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model. Raises SessionError if the runtime refuses the input."""
        wanted = self._names if outputs is None else list(outputs)
        js_feeds = js_object({name: self._js_tensor(tensor) for name, tensor in inputs.items()})
        try:
            js_results = await self._js_session.run(js_feeds, to_js(wanted))
        except JsException as error:
            raise SessionError(f"The runtime can't run the model ({error}).") from error
        return {name: _tensor(name, Reflect.get(js_results, name)) for name in wanted}

    async def release(self) -> None:
        """Give the memory back; the session can't be run again."""
        with suppress(Rejected):  # a runtime that has broken down has no memory to give back
            await call(self._js_session, "release")

    def _js_tensor(self, tensor: Tensor) -> Any:
        if tensor.dtype == "float32":
            js_values = Float32Array.new(len(tensor.values))
            js_values.assign(tensor.values)
        else:
            js_bytes = Uint8Array.new(len(tensor.values) * tensor.values.itemsize)
            js_bytes.assign(memoryview(tensor.values).cast("B"))
            js_values = getattr(js, _ARRAYS[tensor.dtype]).new(js_bytes.buffer)
        return self._js_ort.Tensor.new(tensor.dtype, js_values, to_js(tensor.shape))


def _tensor(name: str, js_tensor: Any) -> Tensor:
    if not js_tensor:
        raise SessionError(f"The model gives no {name!r}.")
    dtype = str(js_tensor.type)
    if dtype not in TYPECODES:
        raise SessionError(f"The model gives values of the type {dtype}, which can't be read.")
    if js_tensor.data.byteLength > _MOST_BYTES:
        raise SessionError(f"The model gives more than {_MOST_BYTES} bytes as {name!r}.")
    values = array(TYPECODES[dtype], [0]) * js_tensor.data.length
    js_tensor.data.assign_to(values)
    return Tensor(values, tuple(js_tensor.dims.to_py()), dtype)
