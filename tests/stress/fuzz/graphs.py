"""Building blocks of hostile models: (N, 1, 28, 28) to (N, 10), and anything in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnx import GraphProto, NodeProto, ValueInfoProto

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
ROW: list[Any] = ["N", 10]
ENDLESS = 2**62
WEIGHTS = {
    "nothing": np.zeros((784, 10), np.float32),
    "scores": np.array([0] * 6 + [9] + [0] * 3, np.float32),
    "endless": np.array(ENDLESS, np.int64),
    "true": np.array(True),
    "zero": np.zeros(1, np.float32),
}


def node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """Build a node; `inputs` and `outputs` are names separated by spaces."""
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


READ = (
    node("Flatten", "pixels", "row"),
    node("Gemm", "row nothing scores", "sums"),
    node("Softmax", "sums", "honest"),
)
"""Reads every image as a 6."""


HIDDEN = (
    node("ReduceMin", "pixels", "least", keepdims=0),
    node("Cast", "least", "none", to=INT64),
    node("Add", "size none", "hidden"),
)
"""Passes the weights `size` on as `hidden`: the runtime can't know the value before it runs."""


def model(
    *nodes: NodeProto,
    weights: dict[str, Any] | None = None,
    initializers: Sequence[TensorProto] = (),
    output: ValueInfoProto | None = None,
    functions: Sequence[Any] = (),
) -> bytes:
    """Return the bytes of a model that begins with READ."""
    known = {**WEIGHTS, **(weights or {})}
    graph = helper.make_graph(
        [*READ, *nodes],
        "g",
        [helper.make_tensor_value_info("pixels", FLOAT, ["N", 1, 28, 28])],
        [output or helper.make_tensor_value_info("probabilities", FLOAT, ROW)],
        [
            *(numpy_helper.from_array(np.asarray(each), name) for name, each in known.items()),
            *initializers,
        ],
    )
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("own", 1)]
    whole = helper.make_model(graph, ir_version=8, opset_imports=opsets, functions=functions)
    return bytes(whole.SerializeToString(deterministic=True))


def body(*nodes: NodeProto, grows: bool = False) -> GraphProto:
    """Return the body of a Loop that carries `state` and never ends by itself.

    Args:
        nodes: What it does in each round.
        grows: Whether it collects the states of all rounds.
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


def nested(depth: int) -> NodeProto:
    """Return conditions nested `depth` times around `probabilities`."""
    last = helper.make_tensor_value_info
    other = helper.make_graph(
        [node("Identity", "honest", "other")], "other", [], [last("other", FLOAT, None)]
    )
    inner = node("Identity", "honest", f"out{depth}")
    for level in range(depth, 0, -1):
        name = f"out{level}"
        then = helper.make_graph([inner], f"level{level}", [], [last(name, FLOAT, None)])
        above = f"out{level - 1}" if level > 1 else "probabilities"
        inner = node("If", "true", above, then_branch=then, else_branch=other)
    return inner
