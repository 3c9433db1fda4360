"""Run a model with onnxruntime-web's WebAssembly build."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from js import Float32Array, Reflect, Uint8Array
from pyodide.ffi import JsException, to_js

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import SessionError
from offline_onnx.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping


class WebSession:
    """A Session in this page. Make one with `open`."""

    def __init__(self, js_ort: Any, js_session: Any) -> None:
        self._js_ort = js_ort
        self._js_session = js_session

    @classmethod
    async def open(cls, js_ort: Any, js_content: Any) -> WebSession:
        """Compile the model in an ArrayBuffer. js_ort: the module `onnxruntime-web`.

        Raises SessionError if the runtime can't start or can't read the model.
        """
        js_options = js_object({"executionProviders": ["wasm"]})
        try:
            js_session = await call(
                js_ort.InferenceSession, "create", Uint8Array.new(js_content), js_options
            )
        except Rejected as error:
            raise SessionError(f"The runtime can't open the model ({error}).") from error
        return cls(js_ort, js_session)

    async def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Run the model. Raises SessionError if the runtime refuses the input."""
        js_feeds = js_object({name: self._js_tensor(tensor) for name, tensor in inputs.items()})
        try:
            js_results = await self._js_session.run(js_feeds)
        except JsException as error:
            raise SessionError(f"The runtime can't run the model ({error}).") from error
        names = [str(name) for name in self._js_session.outputNames]
        return {name: _tensor(Reflect.get(js_results, name)) for name in names}

    def _js_tensor(self, tensor: Tensor) -> Any:
        js_values = Float32Array.new(len(tensor.values))
        js_values.assign(tensor.values)
        return self._js_ort.Tensor.new("float32", js_values, to_js(tensor.shape))


def _tensor(js_tensor: Any) -> Tensor:
    values = array("f", js_tensor.data.to_bytes())
    return Tensor(values, tuple(int(size) for size in js_tensor.dims))
