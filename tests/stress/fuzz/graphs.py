"""Building blocks of hostile models with inputs of shape (N, 1, 28, 28) and outputs (N, 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnx import GraphProto, NodeProto, ValueInfoProto

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
OUTPUT_SHAPE: list[Any] = ["N", 10]
HUGE_COUNT = 2**62
WEIGHTS = {
    "nothing": np.zeros((784, 10), np.float32),
    "scores": np.array([0] * 6 + [9] + [0] * 3, np.float32),
    "endless": np.array(HUGE_COUNT, np.int64),
    "true": np.array(True),
    "zero": np.zeros(1, np.float32),
}
"""The constants of every model. "endless" is the number of iterations of an endless loop."""


def node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """Build a node; `inputs` and `outputs` are names separated by spaces."""
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


READ_AS_SIX = (
    node("Flatten", "pixels", "row"),
    node("Gemm", "row nothing scores", "sums"),
    node("Softmax", "sums", "benign"),
)
"""Nodes that compute `benign`: probabilities that say 6, whatever the image."""

SIZE_KNOWN_AT_RUNTIME = (
    node("ReduceMin", "pixels", "least", keepdims=0),
    node("Cast", "least", "none", to=INT64),
    node("Add", "size none", "hidden"),
)
"""Nodes that compute `hidden`: `size` plus the least pixel as an integer. That pixel is usually 0,
so `hidden` is usually `size`, but the runtime can't know this before it has the image. The caller
passes `size` among the weights."""


def build_model(
    *nodes: NodeProto,
    weights: dict[str, Any] | None = None,
    initializers: Sequence[TensorProto] = (),
    output: ValueInfoProto | None = None,
    functions: Sequence[Any] = (),
) -> bytes:
    """Return the bytes of a model.

    Args:
        nodes: The nodes after READ_AS_SIX.
        weights: Arrays by name, in addition to WEIGHTS.
        initializers: Further initializers.
        output: The output; by default `probabilities` with OUTPUT_SHAPE.
        functions: The functions of the model.
    """
    arrays = {**WEIGHTS, **(weights or {})}
    graph = helper.make_graph(
        [*READ_AS_SIX, *nodes],
        "g",
        [helper.make_tensor_value_info("pixels", FLOAT, ["N", 1, 28, 28])],
        [output or helper.make_tensor_value_info("probabilities", FLOAT, OUTPUT_SHAPE)],
        [
            *(numpy_helper.from_array(np.asarray(value), name) for name, value in arrays.items()),
            *initializers,
        ],
    )
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("own", 1)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets, functions=functions)
    return bytes(model.SerializeToString(deterministic=True))


def loop_body(*nodes: NodeProto, grows: bool = False) -> GraphProto:
    """Return the body of an endless Loop that passes `state` from iteration to iteration.

    Args:
        nodes: The nodes of each iteration. They compute `next`, the next `state`; also `seen` if
            the loop grows.
        grows: Whether the loop collects the output `seen` of all iterations.
    """
    outputs: list[tuple[str, int, Any]] = [
        ("go", BOOL, []),
        ("next", FLOAT, None),
        *([("seen", FLOAT, None)] if grows else []),
    ]
    return helper.make_graph(
        [node("Identity", "go_in", "go"), *nodes],
        "body",
        [
            helper.make_tensor_value_info("count", INT64, []),
            helper.make_tensor_value_info("go_in", BOOL, []),
            helper.make_tensor_value_info("state", FLOAT, None),
        ],
        [helper.make_tensor_value_info(*each) for each in outputs],
    )


def nested_conditions(depth: int) -> NodeProto:
    """Return `depth` nested If nodes, of which the outermost computes `probabilities`."""
    value_info = helper.make_tensor_value_info
    other = helper.make_graph(
        [node("Identity", "benign", "other")], "other", [], [value_info("other", FLOAT, None)]
    )
    inner = node("Identity", "benign", f"out{depth}")
    for level in range(depth, 0, -1):
        name = f"out{level}"
        then = helper.make_graph([inner], f"level{level}", [], [value_info(name, FLOAT, None)])
        above = f"out{level - 1}" if level > 1 else "probabilities"
        inner = node("If", "true", above, then_branch=then, else_branch=other)
    return inner
