# The JavaScript globals that the page uses, and no others: a new one has to be named here first.
from typing import Any

Array: Any
ArrayBuffer: Any
Float32Array: Any
ImageData: Any
Object: Any
Promise: Any
Reflect: Any
ResizeObserver: Any
URL: Any
Uint8Array: Any
Uint8ClampedArray: Any
crypto: Any
document: Any
getComputedStyle: Any
navigator: Any
window: Any
