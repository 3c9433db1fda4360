"""Storage, network, digests and runtime in the browser: the only files that import JavaScript.

A page that manages its stored models needs only `BrowserModelStore`. Variables that hold JavaScript
objects are named `js_*`. The bytes of a model are in a Uint8Array; except for names, versions and
metadata, they are not copied into Python's heap.

In reading order:

- `model_store`: load models and manage the stored models; after a load, check for an update in the
  background.
- `interop`: call JavaScript that returns promises; use Web Locks.
- `http`: download a model over HTTP, and resume interrupted downloads.
- `files`: read models from files that the user picks; save models as files.
- `find_runtime`: find onnxruntime-web, which the page, PyScript or a package provides.
- `runtime`: run models with onnxruntime-web; allocate, copy and digest bytes.
- `indexeddb`: the Store in IndexedDB.
- `schema`: the records in IndexedDB.
- `database`: transactions on IndexedDB, and reading and writing bytes in its records.
- `quota`: the site's storage quota, persistent storage, and detecting evictions.
- `onnx_files`: open `.onnx` files that have no manifest, with the options of onnxruntime.
- `precache`: find the file that prevented a service worker from storing a page.
"""

from offline_onnx.browser.files import FileSource
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.model_store import BrowserModelStore
from offline_onnx.browser.quota import StorageInfo, persist, storage_info
from offline_onnx.browser.runtime import WebMemory, WebRuntime, isolated_runtime

__all__ = [
    "BrowserModelStore",
    "FileSource",
    "HttpSource",
    "IndexedDBStore",
    "StorageInfo",
    "WebMemory",
    "WebRuntime",
    "isolated_runtime",
    "persist",
    "storage_info",
]
