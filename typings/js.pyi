# All JavaScript globals that Python code imports from `js`. mypy rejects the import of any other.
from typing import Any

AbortController: Any
Array: Any
Blob: Any
Date: Any
Float32Array: Any
IDBKeyRange: Any
ImageData: Any
Intl: Any
JSON: Any
MutationObserver: Any
Object: Any
Promise: Any
Reflect: Any
ResizeObserver: Any
URL: Any
Uint8Array: Any
Uint8ClampedArray: Any
WebAssembly: Any
crypto: Any
document: Any
getComputedStyle: Any
globalThis: Any
indexedDB: Any
localStorage: Any
location: Any
navigator: Any
performance: Any
setTimeout: Any
window: Any
