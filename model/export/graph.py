"""Change the graph of an ONNX model: add outputs for the app, and store weights as float16."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

from digits.reading.contract import DISTANCES, FEATURES, LAYER_PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROTOTYPES = "prototypes"
"""Name of the initializer with the prototypes. The names of all other initializers and intermediate
tensors that `with_distance_output` adds begin with it."""


def with_layer_outputs(content: bytes) -> bytes:
    """Add outputs for the network's layers and features to a model.

    The result of each ReLU, [N, channels, height, width], becomes an output named LAYER_PREFIX
    followed by 1, 2, 3, ... The input of the last matrix product, [N, length], becomes the output
    FEATURES. A model that already has an output FEATURES is returned unchanged.
    """
    proto = onnx.load_from_string(content)
    if any(output.name == FEATURES for output in proto.graph.output):
        return content
    nodes = proto.graph.node
    relus = [node.output[0] for node in nodes if node.op_type == "Relu"]
    matrix_products = [node for node in nodes if node.op_type == "MatMul"]
    new_names = {name: f"{LAYER_PREFIX}{number}" for number, name in enumerate(relus, 1)}
    new_names[matrix_products[-1].input[0]] = FEATURES
    inferred = shape_inference.infer_shapes(proto).graph.value_info
    shapes = {value.name: _sizes(value) for value in inferred}
    for node in nodes:
        for tensors in (node.input, node.output):
            tensors[:] = [new_names.get(name, name) for name in tensors]
    for name, output in new_names.items():
        _add_output(proto, output, shapes[name][1:])
    return _checked(proto)


def with_distance_output(content: bytes, prototypes: NDArray[np.float32]) -> bytes:
    """Add the output DISTANCES to a model that has FEATURES.

    DISTANCES [N, classes] is the Euclidean distance from the features to the nearest prototype of
    each class.

    Args:
        content: The model.
        prototypes: float32 [classes, prototypes per class, length].
    """
    proto = onnx.load_from_string(content)
    classes, per_class, length = prototypes.shape
    axis, shape = f"{PROTOTYPES}_axis", f"{PROTOTYPES}_shape"
    constants: dict[str, NDArray[Any]] = {
        PROTOTYPES: prototypes.reshape(-1, length),
        axis: np.array([1], np.int64),
        shape: np.array([-1, classes, per_class], np.int64),
    }
    expanded, difference, distance, grouped = (
        f"{PROTOTYPES}_{step}" for step in ("expanded", "difference", "distance", "grouped")
    )
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in constants.items()
    )
    proto.graph.node.extend(
        [
            helper.make_node("Unsqueeze", [FEATURES, axis], [expanded]),
            helper.make_node("Sub", [expanded, PROTOTYPES], [difference]),
            helper.make_node("ReduceL2", [difference], [distance], axes=[2], keepdims=0),
            helper.make_node("Reshape", [distance, shape], [grouped]),
            helper.make_node("ReduceMin", [grouped], [DISTANCES], axes=[2], keepdims=0),
        ]
    )
    _add_output(proto, DISTANCES, [classes])
    return _checked(proto)


def with_float16_weights(content: bytes) -> bytes:
    """Store a model's weights as float16, followed by nodes that cast them to float32."""
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
    return _checked(proto)


def count_parameters(content: bytes) -> int:
    """Return the number of single weights in an ONNX model, without its prototypes."""
    floats = (TensorProto.FLOAT, TensorProto.FLOAT16)
    return sum(
        int(np.prod(weight.dims))
        for weight in onnx.load_from_string(content).graph.initializer
        if weight.data_type in floats and weight.dims and not weight.name.startswith(PROTOTYPES)
    )


def _sizes(value: Any) -> list[int]:
    """Return the shape of a tensor; 0 stands for a dimension of variable size."""
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


def _add_output(proto: Any, name: str, shape: list[int]) -> None:
    proto.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape]))


def _checked(proto: Any) -> bytes:
    """Check that a model is valid ONNX, and return it as bytes."""
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())
