"""Set the number of onnxruntime-web's threads."""

from __future__ import annotations

import warnings
from typing import Any

import js

from offline_onnx.errors import ThreadsUnavailable


def use_threads(js_ort: Any, wanted: int) -> ThreadsUnavailable | None:
    """Set the number of threads. If this is not possible, warn and return the warning.

    The number is fixed if onnxruntime-web's setting `numThreads` has a value: the page or the
    package `offline_onnx_runtime` has set it, or the threads were started, which happens when the
    first session is opened.

    Args:
        js_ort: the onnxruntime-web module.
        wanted: the number of threads; 0 for the default.

    """
    # The runtime of `isolated_runtime` has no settings.
    js_settings = getattr(getattr(js_ort, "env", None), "wasm", None)
    fixed = getattr(js_settings, "numThreads", None) if js_settings else 1
    if wanted in (0, fixed):
        return None
    if not js_settings:
        reason = "`isolated_runtime` always has one thread"
    elif wanted > 1 and not getattr(js, "crossOriginIsolated", False):
        reason = "the page is not cross-origin isolated"
    elif getattr(js_settings, "wasmBinary", None):
        reason = "the package `offline_onnx_runtime` has no URL from which threads could start"
    elif fixed:
        reason = "onnxruntime-web has already started, or the page has set the number of threads"
    else:
        js_settings.numThreads = wanted
        return None
    refused = ThreadsUnavailable(wanted, int(fixed or 1), reason)
    warnings.warn(refused.what, stacklevel=2)
    return refused
