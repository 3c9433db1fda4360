"""Files without a manifest, models with external data, and onnxruntime's API, on CPython."""
