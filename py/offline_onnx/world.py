"""The half of the library for the world in which Python runs: a browser, or CPython.

This is the only file that chooses. It is imported when a model is loaded, because it imports the
runtime.
"""

import sys

if sys.platform == "emscripten":
    from offline_onnx.browser.onnx_files.load import load_model, open_session
    from offline_onnx.browser.onnx_files.session import get_available_providers
else:
    try:
        from offline_onnx.native_load import load_model, open_session
        from offline_onnx.native_onnxruntime import get_available_providers
    except ImportError as error:
        raise ImportError(
            f"onnxruntime and NumPy run the models on CPython ({error}). Install them with the "
            "extra `native` of this package: offline-onnx[native]."
        ) from error

__all__ = ["get_available_providers", "load_model", "open_session"]
