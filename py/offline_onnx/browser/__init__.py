"""The parts that touch JavaScript: storage, network, digest, runtime.

JavaScript objects are named `js_*`. A model's bytes are an ArrayBuffer all the way: they never
enter Python's heap.
"""

from offline_onnx.browser.crypto import sha256
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.onnxruntime_web import WebSession

__all__ = ["HttpSource", "IndexedDBStore", "WebSession", "sha256"]
