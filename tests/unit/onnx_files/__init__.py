"""Files without a manifest, and onnxruntime's API, on CPython."""
