"""Import the implementation of `load` and InferenceSession for a browser, or that for CPython.

This is the only file that chooses between them. It is imported on the first call that needs it,
because it imports many modules, on CPython also onnxruntime.
"""

import sys

if sys.platform == "emscripten":
    from offline_onnx.browser.onnx_files.load import create_session, load_model
    from offline_onnx.browser.onnx_files.session import get_available_providers
else:
    try:
        from offline_onnx.native_load import create_session, load_model
        from offline_onnx.native_onnxruntime import get_available_providers
    except ImportError as error:
        raise ImportError(
            f"onnxruntime and NumPy run the models on CPython ({error}). Install them with the "
            "extra `native` of this package: offline-onnx[native]."
        ) from error

__all__ = ["create_session", "get_available_providers", "load_model"]
