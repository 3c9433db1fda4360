"""What a model tells beside its answer: what its layers make of an image, and what it is near to.

A page asks only for the outputs that it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYER, FEATURES, DISTANCES = "layer", "features", "distances"
PROTOTYPES = "prototypes"


def with_layers(content: bytes) -> bytes:
    """Have a network of convolutions give its layers too.

    layer_1, layer_2, … [N, channels, height, width]: what each ReLU gives. features [N, length]:
    what the last matrix is multiplied with. Where the names are taken, nothing is done.
    """
    proto = onnx.load_from_string(content)
    if any(output.name == FEATURES for output in proto.graph.output):
        return content
    nodes = proto.graph.node
    relus = [node.output[0] for node in nodes if node.op_type == "Relu"]
    names = {name: f"{LAYER}_{number}" for number, name in enumerate(relus, 1)}
    names[[node.input[0] for node in nodes if node.op_type == "MatMul"][-1]] = FEATURES
    inferred = shape_inference.infer_shapes(proto).graph.value_info
    shapes = {value.name: _sizes(value) for value in inferred}
    for node in nodes:
        for listed in (node.input, node.output):
            listed[:] = [names.get(name, name) for name in listed]
    for name, output in names.items():
        _add_output(proto, output, shapes[name][1:])
    return _checked(proto)


def with_distances(content: bytes, prototypes: NDArray[np.float32]) -> bytes:
    """Have a model that gives features tell how far they are from prototypes of each class.

    prototypes: float32 [classes, of each, length]. distances [N, classes]: the Euclidean distance
    to the nearest of each class.
    """
    proto = onnx.load_from_string(content)
    classes, each, length = prototypes.shape
    axis, shape = f"{PROTOTYPES}_axis", f"{PROTOTYPES}_shape"
    constants: dict[str, NDArray[Any]] = {
        PROTOTYPES: prototypes.reshape(-1, length),
        axis: np.array([1], np.int64),
        shape: np.array([-1, classes, each], np.int64),
    }
    one, away, far, grouped = (f"{PROTOTYPES}_{step}" for step in ("one", "away", "far", "grouped"))
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in constants.items()
    )
    proto.graph.node.extend(
        [
            helper.make_node("Unsqueeze", [FEATURES, axis], [one]),
            helper.make_node("Sub", [one, PROTOTYPES], [away]),
            helper.make_node("ReduceL2", [away], [far], axes=[2], keepdims=0),
            helper.make_node("Reshape", [far, shape], [grouped]),
            helper.make_node("ReduceMin", [grouped], [DISTANCES], axes=[2], keepdims=0),
        ]
    )
    _add_output(proto, DISTANCES, [classes])
    return _checked(proto)


def _sizes(value: Any) -> list[int]:
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


def _add_output(proto: Any, name: str, shape: list[int]) -> None:
    proto.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape]))


def _checked(proto: Any) -> bytes:
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())
