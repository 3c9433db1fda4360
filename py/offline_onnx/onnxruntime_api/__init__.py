"""The parts of onnxruntime's Python API that need no runtime.

In reading order:

- `options`: the options of a session.
- `providers`: the names of execution providers.
- `node_arg`: the description of an input or output.
- `protobuf`: read messages in Protocol Buffers' format.
- `metadata`: read the metadata in a model's file.
- `required_versions`: check whether onnxruntime-web supports the versions of ONNX in a model.
- `external_data`: find the names of the files that contain a model's weights.
"""
