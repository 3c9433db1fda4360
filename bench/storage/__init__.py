"""Downloading, storing and loading models of several sizes, beside TensorFlow.js.

- `models`: ONNX files of an exact size
- `site`: the two pages, the models beside them, and their server
- `loads`: the measurements
"""
