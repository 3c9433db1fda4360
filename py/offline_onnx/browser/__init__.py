"""The browser's side: storage, network, digests and runtime. Only here is JavaScript imported.

`Models` is all that a page needs. JavaScript objects are named `js_*`. A model's bytes stay a
Uint8Array from end to end: they never enter Python's heap.

In reading order:

- `models`: load models, and manage the stored ones.
- `interop`: call JavaScript that returns promises; Web Locks.
- `http`: download a model, resuming where an earlier download stopped.
- `files`: models in files that the user picks, and files that are saved.
- `runtime`: onnxruntime-web; allocates, copies and digests bytes.
- `indexeddb`: the store of models in IndexedDB.
- `schema`: the records in that database.
- `database`: transactions on IndexedDB; bytes in it.
- `quota`: how much the browser lets this site store, and for how long.
"""

from offline_onnx.browser.files import FileSource
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.models import Models
from offline_onnx.browser.quota import StorageInfo, persist, storage_info
from offline_onnx.browser.runtime import WebMemory, WebRuntime, isolated_runtime

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
