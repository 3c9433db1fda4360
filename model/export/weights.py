"""The weights in an ONNX model: how many, and in how many bits."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.export.graph import PROTOTYPES


def halve(content: bytes) -> bytes:
    """Keep the weights as float16; a runtime makes them float32 again when it opens the model."""
    proto = onnx.load_from_string(content)
    weights = [w for w in proto.graph.initializer if w.data_type == TensorProto.FLOAT and w.dims]
    casts = []
    for weight in weights:
        half = numpy_helper.to_array(weight).astype(np.float16)
        name = f"{weight.name}_half"
        casts.append(helper.make_node("Cast", [name], [weight.name], to=TensorProto.FLOAT))
        weight.CopyFrom(numpy_helper.from_array(half, name))
    nodes = [*casts, *proto.graph.node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())


def parameters(content: bytes) -> int:
    """Count the weights of the network in an ONNX model."""
    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16)
    return sum(
        int(np.prod(weight.dims))
        for weight in onnx.load_from_string(content).graph.initializer
        if weight.data_type in kinds and weight.dims and not weight.name.startswith(PROTOTYPES)
    )
