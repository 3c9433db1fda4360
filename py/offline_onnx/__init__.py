"""Store any ONNX model in the browser and run it without a network.

    from offline_onnx import load

    model = await load("model/iris.onnx")
    answer = await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]})

In reading order:

- `errors`: all errors of the library, as a tree of exception classes.
- `integrity`: verify bytes by their digests.
- `inference`: manifests, tensors, sessions and models.
- `storage`: download, store, update and remove models.
- `browser`: the only files that import JavaScript: IndexedDB, HTTP, onnxruntime-web.
- `native`: run models on CPython.
- `describe`: write the manifest of an `.onnx` file.
- `onnxruntime_api`: the parts of onnxruntime's API that need no runtime.
- `inference_session`: onnxruntime's class InferenceSession.
- `load_arguments`, `loading`: the function `load`, in a browser and on CPython.
- `implementation`: import the implementation for a browser, or that for CPython.
- `native_onnxruntime`, `native_load`: the implementation for CPython.
- `command`: the command `offline-onnx`; `__main__` runs it as `python -m offline_onnx`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from offline_onnx.errors import InputError, ModelUnavailable, OfflineModelError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model, Origin
from offline_onnx.inference.tensor import Tensor

if TYPE_CHECKING:
    from offline_onnx.inference_session import InferenceSession, get_available_providers
    from offline_onnx.loading import load
    from offline_onnx.onnxruntime_api.options import (
        ExecutionMode,
        GraphOptimizationLevel,
        SessionOptions,
    )

__all__ = [
    "ExecutionMode",
    "GraphOptimizationLevel",
    "InferenceSession",
    "InputError",
    "Manifest",
    "Model",
    "ModelUnavailable",
    "OfflineModelError",
    "Origin",
    "SessionOptions",
    "Tensor",
    "get_available_providers",
    "load",
]

_MODULES = {
    "ExecutionMode": "onnxruntime_api.options",
    "GraphOptimizationLevel": "onnxruntime_api.options",
    "InferenceSession": "inference_session",
    "SessionOptions": "onnxruntime_api.options",
    "get_available_providers": "inference_session",
    "load": "loading",
}
"""The modules of the names that are imported on first use, so that other pages start faster."""


def __getattr__(name: str) -> object:
    """Import a name of `_MODULES`; see PEP 562."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
