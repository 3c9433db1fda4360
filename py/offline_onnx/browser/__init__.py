"""The parts that touch JavaScript: storage, network, digest, runtime.

`Models` is all that a page needs. JavaScript objects are named `js_*`. A model's bytes are a
Uint8Array all the way: they never enter Python's heap.
"""

from offline_onnx.browser.files import FileSource
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.memory import WebMemory
from offline_onnx.browser.models import Models
from offline_onnx.browser.quota import StorageInfo, persist, storage_info
from offline_onnx.browser.runtime import WebRuntime, isolated_runtime

__all__ = [
    "FileSource",
    "HttpSource",
    "IndexedDBStore",
    "Models",
    "StorageInfo",
    "WebMemory",
    "WebRuntime",
    "isolated_runtime",
    "persist",
    "storage_info",
]
