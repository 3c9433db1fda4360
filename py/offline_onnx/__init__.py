"""Keep any ONNX model in the browser and run it with no network.

    from offline_onnx.browser import Models

    model = await Models().load("model/iris.json")
    answer = await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]})

Read in this order: `manifest` (what a model is), `errors` (what can go wrong), `tensor`, `session`
and `model` (running it), `parts` (what keeps and gives models), `download`, `shelf`, `loader` and
`update` (the way in), `library` (what is stored). `browser` holds the parts that touch JavaScript,
`native` the same session on CPython.
"""

from offline_onnx.errors import (
    AddressError,
    BadStatus,
    CaptivePortal,
    Evicted,
    FetchError,
    InputError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
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
from offline_onnx.storage.library import Library, ModelInfo
from offline_onnx.storage.loader import Loader
from offline_onnx.storage.parts import Download, InUse, Memory, Source, Store
from offline_onnx.storage.update import Update, Updater, UpdateState
from offline_onnx.storage.versions import Head, Version

__all__ = [
    "AddressError",
    "BadStatus",
    "CaptivePortal",
    "Download",
    "Evicted",
    "FetchError",
    "Head",
    "InUse",
    "InputError",
    "IntegrityError",
    "Library",
    "Loader",
    "Manifest",
    "ManifestError",
    "Memory",
    "Model",
    "ModelInfo",
    "ModelUnavailable",
    "NotStored",
    "OfflineModelError",
    "Origin",
    "Runtime",
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
    "Updater",
    "Version",
    "WrongLength",
    "WrongType",
]
