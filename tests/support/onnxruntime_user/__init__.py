"""A user of the library who knows onnxruntime.

- `models`: the models that the user opens
- `code`: functions that open and run them
- `patterns`: the patterns in docs/onnxruntime-api.md
"""
