"""Run models through offline_onnx for `runs.js`, which calls `runInPython`."""

from __future__ import annotations

import base64
import json
from importlib import import_module
from typing import Any

from js import document, window
from pyodide.ffi import create_proxy

from offline_onnx import Manifest, Tensor
from offline_onnx.browser import WebMemory, WebRuntime, isolated_runtime
from offline_onnx.inference.model import open_validated
from offline_onnx.inference.tensor import STRING, from_bytes, raw_bytes

js_ort = import_module("onnxruntime_web")


async def run(js_content: Any, given: str, is_isolated: bool) -> str:
    """Open a model and run its self-test, as a load does after a download; then run the model.

    Args:
        js_content: the bytes of the model.
        given: JSON of the manifest's JSON (`manifest`) and the inputs of each run (`feeds`).
        is_isolated: whether the isolated runtime runs the model.

    Returns:
        JSON of the outputs of each run.
    """
    case = json.loads(given)
    runtime = WebRuntime(await isolated_runtime() if is_isolated else js_ort)
    model = await open_validated(runtime, WebMemory(), Manifest.parse(case["manifest"]), js_content)
    results = []
    try:
        for feed in case["feeds"]:
            outputs = await model.run({name: decode(raw) for name, raw in feed.items()})
            results.append({name: encode(tensor) for name, tensor in outputs.items()})
    finally:
        await model.session.release()
    return json.dumps(results)


def decode(raw: dict[str, Any]) -> Tensor:
    """Convert a tensor from the format of tensors.js to a Tensor."""
    dtype, data = raw["type"], raw["data"]
    values = data if dtype == STRING else from_bytes(base64.b64decode(data), dtype)
    return Tensor(values, tuple(raw["dims"]), dtype)


def encode(tensor: Tensor) -> dict[str, Any]:
    """Convert a Tensor to the format of tensors.js."""
    is_text = isinstance(tensor.values, list)
    data = tensor.values if is_text else base64.b64encode(raw_bytes(tensor.values)).decode()
    return {"type": tensor.dtype, "dims": tensor.shape, "data": data}


window.ort = js_ort
window.runInPython = create_proxy(run)
document.documentElement.dataset.backend = "ready"
