"""Store any ONNX model in the browser and run it without a network.

    from offline_onnx.browser import Models

    model = await Models().load("model/iris.json")
    answer = await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]})

In reading order:

- `errors`: all errors of the library, as a tree of exception classes.
- `integrity`: verify bytes by their digests.
- `inference`: manifests, tensors, sessions and models.
- `storage`: download, store, update and remove models.
- `browser`: the only files that import JavaScript: IndexedDB, HTTP, onnxruntime-web.
- `native`: run models on CPython.
- `describe`: write the manifest of an `.onnx` file.
"""

from offline_onnx.errors import (
    AddressError,
    BadStatus,
    BaseMissing,
    CaptivePortal,
    DocumentMissing,
    Evicted,
    FetchError,
    InputError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
    RuntimeMissing,
    SelfTestFailed,
    SessionError,
    StoreBlocked,
    StoreError,
    StoreFull,
    StoreUnavailable,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model, Origin
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.session import Runtime, Session
from offline_onnx.inference.tensor import Tensor, TensorSpec
from offline_onnx.integrity import Memory
from offline_onnx.storage.model_store import ModelInfo, ModelStore, Update, UpdateState
from offline_onnx.storage.source import Download, Source
from offline_onnx.storage.store import CurrentVersion, Head, Store, Version

__all__ = [
    "AddressError",
    "BadStatus",
    "BaseMissing",
    "CaptivePortal",
    "CurrentVersion",
    "DocumentMissing",
    "Download",
    "Evicted",
    "FetchError",
    "Head",
    "InputError",
    "IntegrityError",
    "Manifest",
    "ManifestError",
    "Memory",
    "Model",
    "ModelInfo",
    "ModelStore",
    "ModelUnavailable",
    "NotStored",
    "OfflineModelError",
    "Origin",
    "Runtime",
    "RuntimeMissing",
    "Sample",
    "SelfTest",
    "SelfTestFailed",
    "Session",
    "SessionError",
    "Source",
    "Store",
    "StoreBlocked",
    "StoreError",
    "StoreFull",
    "StoreUnavailable",
    "Tensor",
    "TensorSpec",
    "Truncated",
    "Unreachable",
    "Update",
    "UpdateState",
    "Version",
    "WrongLength",
    "WrongType",
]
