"""Compare loads of models with TensorFlow.js, and one run with plain onnxruntime-web.

- `models`: writes ONNX files of an exact size
- `site`: builds and serves a page of each library, and the models
- `runs`: measures one run of a small model, from Python and from JavaScript
- `loads`: measures the loads
- `figures`: compares the results with their targets
"""
