"""Keep any ONNX model in the browser and run it with no network.

Read in this order: `manifest` (what a model is), `errors` (what can go wrong), `parts` and `loader`
(the way in: stored copy, else HTTP), `session` and `tensor` (running it). `browser` holds the parts
that touch JavaScript, `native` the same session on CPython.
"""

from offline_onnx.errors import (
    BadStatus,
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    OfflineModelError,
    SessionError,
    StoreError,
    StoreFull,
    StoreUnavailable,
    Unreachable,
)
from offline_onnx.loader import LoadedModel, Loader, Origin
from offline_onnx.manifest import Manifest, TensorSpec
from offline_onnx.parts import Source, Store, StoredModel
from offline_onnx.session import Session
from offline_onnx.tensor import Tensor

__all__ = [
    "BadStatus",
    "FetchError",
    "IntegrityError",
    "LoadedModel",
    "Loader",
    "Manifest",
    "ManifestError",
    "ModelUnavailable",
    "OfflineModelError",
    "Origin",
    "Session",
    "SessionError",
    "Source",
    "Store",
    "StoreError",
    "StoreFull",
    "StoreUnavailable",
    "StoredModel",
    "Tensor",
    "TensorSpec",
    "Unreachable",
]
