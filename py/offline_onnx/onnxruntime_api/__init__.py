"""The parts of onnxruntime's Python API that need no runtime.

In reading order:

- `options`: the options of a session.
- `providers`: the names of execution providers.
- `node_arg`: the description of an input or output.
- `protobuf`: read the fields of a message in Protocol Buffers' format.
- `metadata`: what a model's file says about itself.
"""
