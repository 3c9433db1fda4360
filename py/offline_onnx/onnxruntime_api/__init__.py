"""The parts of onnxruntime's Python API that need no runtime.

In reading order:

- `options`: the options of a session.
- `providers`: the names of execution providers.
- `node_arg`: the description of an input or output.
- `protobuf`: read messages in Protocol Buffers' format.
- `metadata`: what a model's file says about itself.
- `external_data`: the names of the files in which a model's weights are.
"""
