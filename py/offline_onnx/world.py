"""The half of the library for the world in which Python runs: a browser, or CPython.

This is the only file that chooses. It is imported when a model is loaded, because it imports the
runtime.
"""

import sys

if sys.platform == "emscripten":
    from offline_onnx.browser.onnx_files.load import load_model, open_session
    from offline_onnx.browser.onnx_files.session import get_available_providers
else:
    from offline_onnx.native_load import load_model, open_session
    from offline_onnx.native_onnxruntime import get_available_providers

__all__ = ["get_available_providers", "load_model", "open_session"]
