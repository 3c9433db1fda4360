"""Build an ONNX model from nodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnx import NodeProto

    type Specs = Mapping[str, tuple[int, Sequence[Any]]]

OPSET, IR_VERSION = 13, 8


def model_of(
    inputs: Specs,
    outputs: Specs,
    nodes: Sequence[NodeProto],
    constants: Mapping[str, Any],
    names: Mapping[str, Sequence[str]],
) -> bytes:
    """Return the bytes of a model.

    Args:
        inputs: a type of TensorProto and a shape, by the input's name.
        outputs: the same of the outputs.
        nodes: the nodes of the graph.
        constants: the constants of the graph, by name; numbers become float32.
        names: lists of names, which become entries of the metadata.

    """

    def value_infos(specs: Specs) -> list[Any]:
        return [helper.make_tensor_value_info(name, *spec) for name, spec in specs.items()]

    weights = [
        numpy_helper.from_array(
            value if isinstance(value, np.ndarray) else np.array(value, np.float32), name
        )
        for name, value in constants.items()
    ]
    graph = helper.make_graph(
        list(nodes), "example", value_infos(inputs), value_infos(outputs), weights
    )
    model = helper.make_model(
        graph, ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)]
    )
    helper.set_model_props(model, {key: json.dumps(list(each)) for key, each in names.items()})
    return bytes(model.SerializeToString(deterministic=True))
