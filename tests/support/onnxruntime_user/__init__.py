"""A user of the library who knows onnxruntime.

- `models`: the models that the user opens
- `code`: functions that open and run these models
- `patterns`: the code in docs/onnxruntime-api.md, before and after the changes that it shows
"""
