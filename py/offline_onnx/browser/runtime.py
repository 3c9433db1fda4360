"""Run models with onnxruntime-web; allocate, copy and digest their bytes."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import js
from js import Array, Promise, Reflect, Uint8Array
from pyodide.ffi import JsException, to_js

from offline_onnx.browser.find_runtime import find_isolated_runtime, find_runtime
from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import ExternalDataMissing, OutOfMemory, SessionError
from offline_onnx.inference.tensor import DTYPES, RANGES, STRING, Tensor, packed, raw_bytes, zeros
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx.onnxruntime_api.required_versions import too_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.onnxruntime_api.protobuf import Read

MAX_MEMORY = 1 << 32
"""The maximum size of onnxruntime-web's memory in bytes.

A larger model is refused before its download, because the memory for it is allocated first.
"""
_OUT_OF_MEMORY = re.compile(
    r"bad_alloc|out of memory|\bOOM\b|allocation failed|allocate (a buffer|memory)|"
    "SafeIntOnOverflow",
    re.IGNORECASE,
)
"""Matches the messages of onnxruntime-web and of WebAssembly if there is not enough memory."""
_JS_ARRAY_TYPES = {
    "float16": "Uint16Array",
    "float32": "Float32Array",
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
"""The typed array for each dtype. onnxruntime-web also accepts float16 values as a Uint16Array."""

_MIN_ISOLATED_MEMORY, _MAX_ISOLATED_MEMORY = 1 << 24, 1 << 32
"""The limits of the memory of an isolated model in bytes."""
_MAX_TIMEOUT = 86_400.0
"""The longest time limit of an isolated model in seconds; a browser's timer can wait 24 days."""


class WebMemory:
    """Implements `integrity.Memory` with Uint8Arrays, which are not copied into Python's heap."""

    def allocate(self, size: int) -> Any:
        """Return a Uint8Array of zeros. Raises OutOfMemory if there is not enough memory."""
        if size > MAX_MEMORY:
            raise OutOfMemory(
                f"The model has {size} bytes, and WebAssembly can't use more than {MAX_MEMORY}."
            )
        try:
            return Uint8Array.new(size)
        except JsException as error:
            raise OutOfMemory(f"There is no memory for {size} bytes ({error}).") from error

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


async def isolated_runtime(
    *,
    timeout: float = 3.0,  # noqa: ASYNC109  # of each run, not of this call
    memory: int = 1 << 30,
    output: int = 1 << 28,
) -> Any:
    """Return an onnxruntime-web that runs untrusted models, for `BrowserModelStore(runtime=...)`.

    Each model runs in its own worker. If the model takes too long or the worker crashes, the worker
    is terminated and `load` or `run` raises SessionError. The page continues.

    Args:
        timeout: the maximum duration in seconds of opening a model together with its first run, and
            of each later run; at most a day.
        memory: the maximum memory of a model in bytes; onnxruntime-web itself needs 16 MiB of it,
            and can use at most 4 GiB.
        output: the maximum size of an output in bytes. Outputs are copied into Python's memory. A
            string counts as its number of characters plus 256, because this copy is slow.

    Raises:
        ValueError: a limit is out of its range.
        RuntimeMissing: neither the page nor the package `offline_onnx_runtime` has an isolated
            runtime, or a file of it can't be loaded.
        SessionError: the page is over plain http, where browsers can't verify those files.

    """
    if not 0 < timeout <= _MAX_TIMEOUT:
        raise ValueError(f"timeout is {timeout}; it must be more than 0 s and at most a day.")
    if not _MIN_ISOLATED_MEMORY <= memory <= _MAX_ISOLATED_MEMORY:
        raise ValueError(f"memory is {memory}; it must be 16 MiB to 4 GiB, in bytes.")
    if output < 1:
        raise ValueError(f"output is {output}; it must be a positive number of bytes.")
    subtle_crypto()  # raises SessionError on a page over plain http
    return await find_isolated_runtime({"seconds": timeout, "memory": memory, "output": output})


class WebRuntime:
    """A Runtime that uses onnxruntime-web.

    Args:
        js_ort: the onnxruntime-web module; None for that which `find_runtime` returns.

    """

    def __init__(self, js_ort: Any = None) -> None:
        self._js_ort = js_ort

    async def find(self) -> Any:
        """Return the onnxruntime-web module. Raises RuntimeMissing if there is none."""
        if self._js_ort is None:
            self._js_ort = await find_runtime()
        return self._js_ort

    async def open(self, js_content: Any, external_data: Mapping[str, Any]) -> WebSession:
        """Open a session on a model in Uint8Arrays; see `Runtime.open`.

        Raises:
            RuntimeMissing: there is no runtime.
            ExternalDataMissing: the model needs further files.
            SessionError: the runtime can't start or can't read the model.

        """
        options = {"executionProviders": ["wasm"], **external_data_option(external_data)}
        js_ort = await self.find()
        try:
            js_session = await call(
                js_ort.InferenceSession, "create", js_content, js_object(options)
            )
        except Rejected as error:
            raise open_error(error, js_content, external_data) from error
        return WebSession(js_ort, js_session)


def external_data_option(external_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return onnxruntime-web's option for files with external data; empty if there are none."""
    files = [{"path": name, "data": js_data} for name, js_data in external_data.items()]
    return {"externalData": files} if files else {}


def external_files_of(js_content: Any) -> tuple[str, ...]:
    """Return the names of the files with a model's external data; see `external_files`."""
    return external_files(*_readable(js_content))


def _readable(js_content: Any) -> tuple[int, Read]:
    """Return the size of the content of a Uint8Array, and a function that reads from it."""
    return int(js_content.length), lambda *span: bytes(js_content.subarray(*span).to_bytes())


def open_error(error: Rejected, js_content: Any, external_data: Mapping[str, Any]) -> SessionError:
    """Return the error for a model that onnxruntime-web can't open.

    Args:
        error: the error of onnxruntime-web.
        js_content: the bytes of the `.onnx` file.
        external_data: the bytes of the files with external data that were given, by name.

    """
    if _OUT_OF_MEMORY.search(str(error)):
        return _session_error("open", error)
    try:
        missing = [name for name in external_files_of(js_content) if name not in external_data]
    except ExternalDataMissing as other:
        return other
    if missing:
        return ExternalDataMissing.of(missing)
    return too_new(*_readable(js_content)) or _session_error("open", error)


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
        if self._js_session is None:
            raise SessionError("The session was released.")
        wanted = self._names if outputs is None else list(outputs)
        try:
            js_feeds = js_object({name: self._js_tensor(tensor) for name, tensor in inputs.items()})
            js_results = await self._js_session.run(js_feeds, to_js(wanted))
        except JsException as error:
            raise _session_error("run", error) from error
        return {name: _tensor(name, Reflect.get(js_results, name)) for name in wanted}

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards.

        onnxruntime-web gives the number of a released session to the next one. So the JavaScript
        object of a released session must not be used: it would run or release that other session.
        """
        js_session, self._js_session = self._js_session, None
        if js_session is not None:
            with suppress(Rejected):  # a runtime that has crashed can't free memory
                await call(js_session, "release")

    def _js_tensor(self, tensor: Tensor) -> Any:
        values, dtype = tensor.values, tensor.dtype
        if isinstance(values, list):
            js_values = to_js(values)
        elif dtype in RANGES:
            js_values = to_js(packed(values))
        else:
            js_values = getattr(js, _JS_ARRAY_TYPES[dtype]).new(len(values))
            if dtype == "float16" and len(values):  # Pyodide can't copy halves to 16-bit integers
                Uint8Array.new(js_values.buffer).assign(raw_bytes(values))
            elif len(values):
                js_values.assign(values)
        return self._js_ort.Tensor.new(dtype, js_values, to_js(tensor.shape))


def _session_error(action: str, error: Exception) -> SessionError:
    """Return the error of this library for an error of onnxruntime-web.

    Args:
        action: what the runtime could not do with the model: "open" or "run".
        error: the error.

    """
    if _OUT_OF_MEMORY.search(str(error)):
        return OutOfMemory(f"There is not enough memory to {action} the model ({error}).")
    return SessionError(f"The runtime can't {action} the model ({error}).")


def _tensor(name: str, js_tensor: Any) -> Tensor:
    if js_tensor is None:  # not `not js_tensor`: a JavaScript object of the size 0 is falsy
        raise SessionError(f"The model has no output {name!r}.")
    dtype, shape = str(js_tensor.type), tuple(js_tensor.dims.to_py())
    if dtype not in DTYPES or dtype in RANGES:
        raise SessionError(f"The output {name!r} has the type {dtype}, which is not supported.")
    if dtype == STRING:
        return Tensor(list(js_tensor.data.to_py()), shape, dtype)
    count = math.prod(shape)
    try:
        values = zeros(count, dtype)
        if dtype == "float16" and count:
            _half_bytes(js_tensor).assign_to(raw_bytes(values))
        elif count:
            js_tensor.data.assign_to(values)
    except MemoryError as error:
        raise OutOfMemory(
            f"Python has no memory for the {count} values of the output {name!r}. The other "
            "outputs can still be returned: name them in `output_names`."
        ) from error
    return Tensor(values, shape, dtype)


def _half_bytes(js_tensor: Any) -> Any:
    """Return the bytes of a float16 tensor as a Uint8Array.

    Pyodide can't pass a Float16Array to Python. So JavaScript gets it from the tensor and puts it
    into an array, which Python can use as the arguments of the next call:
    `Reflect.get(float16Array, "buffer")`.
    """
    js_get = Reflect.apply.bind(None, Reflect.get, None)
    js_arguments = Array.from_(Array.of(Array.of(js_tensor, "data")), js_get)
    js_arguments.push("buffer")
    return Uint8Array.new(js_get(js_arguments))
