"""Run models with onnxruntime-web; allocate, copy and digest their bytes."""

from __future__ import annotations

from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import js
from js import Array, Float32Array, Promise, Reflect, Uint8Array
from pyodide.ffi import JsException, to_js

from offline_onnx.browser.find_runtime import find_isolated_runtime, find_runtime
from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import SessionError
from offline_onnx.inference.session import TYPECODES, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAX_OUTPUT_BYTES = 1 << 28
"""Maximum size of an output in bytes, because a copy of the output enters Python's heap."""
_JS_ARRAY_TYPES = {
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


class WebMemory:
    """Implements `integrity.Memory` with Uint8Arrays, which are not copied into Python's heap."""

    def allocate(self, size: int) -> Any:
        """Return a Uint8Array of zeros. Raises SessionError if there is not enough memory."""
        try:
            return Uint8Array.new(size)
        except JsException as error:
            raise SessionError(f"There is no memory for {size} bytes ({error}).") from error

    def length(self, js_content: Any) -> int:
        """Return the number of bytes."""
        return int(js_content.length)

    def part(self, js_content: Any, start: int, stop: int) -> Any:
        """Return a view of the bytes from `start` to `stop`."""
        return js_content.subarray(start, stop)

    def write(self, js_content: Any, start: int, js_chunk: Any) -> None:
        """Copy a chunk to the position `start` of the content."""
        js_content.set(js_chunk, start)

    async def digests(self, js_content: Any, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Return the SHA-256 of each span (start, stop), in lower-case hexadecimal.

        JavaScript's `Array.from` calls `subarray` and `digest` for each span. If Python made these
        calls, they would take as long as the digests.

        Raises:
            SessionError: the page can't digest bytes.

        """
        js_subtle = subtle_crypto()
        js_subarray_of = Reflect.apply.bind(None, js_content.subarray, js_content)
        js_sha256_of = js_subtle.digest.bind(js_subtle, "SHA-256")
        js_subarrays = Array.from_(to_js(spans), js_subarray_of)
        js_digests = await Promise.all(Array.from_(js_subarrays, js_sha256_of))
        return [bytes(digest).hex() for digest in js_digests.to_py()]


def subtle_crypto() -> Any:
    """Return the browser's SubtleCrypto. Raises SessionError on a page over plain http."""
    js_subtle = getattr(js.crypto, "subtle", None)
    if not js_subtle:
        raise SessionError("Browsers let a page verify bytes only over https, or at localhost.")
    return js_subtle


async def isolated_runtime() -> Any:
    """Return an onnxruntime-web that runs untrusted models; pass it to `Models(js_ort=...)`.

    Each model runs in its own worker with at most 1 GiB of memory. The worker is terminated if
    opening the model and its first run together take more than 3 s, or if a later run takes more
    than 3 s.

    Raises:
        RuntimeMissing: neither the page nor the package `offline_onnx_runtime` has an isolated
            runtime, or a file of it can't be loaded.

    """
    subtle_crypto()
    return await find_isolated_runtime()


class WebRuntime:
    """A Runtime that uses onnxruntime-web.

    Args:
        js_ort: the onnxruntime-web module; None for the one that `find_runtime` finds.

    """

    def __init__(self, js_ort: Any = None) -> None:
        self._js_ort = js_ort

    async def find(self) -> Any:
        """Return the onnxruntime-web module. Raises RuntimeMissing if there is none."""
        if self._js_ort is None:
            self._js_ort = await find_runtime()
        return self._js_ort

    async def open(self, js_content: Any) -> WebSession:
        """Open a session on the model in a Uint8Array.

        Raises RuntimeMissing if there is no runtime, and SessionError if the runtime can't start or
        can't read the model.
        """
        js_options = js_object({"executionProviders": ["wasm"]})
        js_ort = await self.find()
        try:
            js_session = await call(js_ort.InferenceSession, "create", js_content, js_options)
        except Rejected as error:
            raise SessionError(f"The runtime can't open the model ({error}).") from error
        return WebSession(js_ort, js_session)


class WebSession:
    """A Session of onnxruntime-web."""

    def __init__(self, js_ort: Any, js_session: Any) -> None:
        self._js_ort = js_ort
        self._js_session = js_session
        self._names = [str(name) for name in js_session.outputNames]

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model; see `Session.run`. Raises SessionError if the runtime raises an error."""
        wanted = self._names if outputs is None else list(outputs)
        js_feeds = js_object({name: self._js_tensor(tensor) for name, tensor in inputs.items()})
        try:
            js_results = await self._js_session.run(js_feeds, to_js(wanted))
        except JsException as error:
            raise SessionError(f"The runtime can't run the model ({error}).") from error
        return {name: _tensor(name, Reflect.get(js_results, name)) for name in wanted}

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards."""
        with suppress(Rejected):  # a runtime that has crashed can't free memory
            await call(self._js_session, "release")

    def _js_tensor(self, tensor: Tensor) -> Any:
        if tensor.dtype == "float32":
            js_values = Float32Array.new(len(tensor.values))
            js_values.assign(tensor.values)
        else:
            js_bytes = Uint8Array.new(len(tensor.values) * tensor.values.itemsize)
            js_bytes.assign(memoryview(tensor.values).cast("B"))
            js_values = getattr(js, _JS_ARRAY_TYPES[tensor.dtype]).new(js_bytes.buffer)
        return self._js_ort.Tensor.new(tensor.dtype, js_values, to_js(tensor.shape))


def _tensor(name: str, js_tensor: Any) -> Tensor:
    if not js_tensor:
        raise SessionError(f"The model has no output {name!r}.")
    dtype = str(js_tensor.type)
    if dtype not in TYPECODES:
        raise SessionError(f"The output {name!r} has the type {dtype}, which is not supported.")
    if js_tensor.data.byteLength > _MAX_OUTPUT_BYTES:
        raise SessionError(f"The output {name!r} has more than {_MAX_OUTPUT_BYTES} bytes.")
    values = array(TYPECODES[dtype], [0]) * js_tensor.data.length
    js_tensor.data.assign_to(values)
    return Tensor(values, tuple(js_tensor.dims.to_py()), dtype)
