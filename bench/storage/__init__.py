"""Compares downloading, storing and loading models of several sizes with TensorFlow.js.

- `models`: writes ONNX files of an exact size
- `site`: builds and serves the two pages and the models
- `loads`: measures the loads
"""
