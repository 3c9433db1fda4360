"""Compares downloading, storing and loading models of several sizes with TensorFlow.js.

- `models`: writes ONNX files of an exact size
- `site`: builds and serves a page of each library, and the models
- `loads`: measures the loads
"""
