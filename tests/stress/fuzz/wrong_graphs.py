"""Models with hostile graphs: they run for ever, exhaust memory, have wrong outputs or are invalid.

Each function returns the file of a model; its docstring says what the model does or contains.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper

from tests.stress.fuzz.graphs import (
    FLOAT,
    INT64,
    OUTPUT_SHAPE,
    SIZE_KNOWN_AT_RUNTIME,
    build_model,
    loop_body,
    nested_conditions,
    node,
)
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KINDS: Kinds[Callable[[bytes, Random], bytes]] = Kinds()
NODE_COUNT = 3000
"""The number of nodes in a long chain."""
HUGE_SIZES = (2**28, 2**31, 2**33, 2**40, 2**62)
"""Numbers of values in a tensor."""


@KINDS.add()
def endless_loop(_content: bytes, rng: Random) -> bytes:
    """Loop for ever; or loop a huge number of times, but only if the image has ink."""
    idle = loop_body(node("Identity", "state", "next"))
    busy = loop_body(node("Sin", "state", "next"))
    if rng.random() < 0.5:
        first = node("Loop", "endless true zero", "end", body=rng.choice([idle, busy]))
        return build_model(first, node("Add", "benign end", "probabilities"))
    counted = (
        node("ReduceSum", "pixels", "ink", keepdims=0),
        node("Mul", "ink huge", "many"),
        node("Cast", "many", "times", to=INT64),
        node("Loop", "times true zero", "end", body=busy),
        node("Mul", "end zero", "none"),
        node("Add", "benign none", "probabilities"),
    )
    return build_model(*counted, weights={"huge": np.float32(1e15)})


@KINDS.add()
def out_of_memory(_content: bytes, rng: Random) -> bytes:
    """Allocate more memory than available, at once or step by step."""
    size = np.array([rng.choice(HUGE_SIZES)], np.int64)
    if rng.random() < 0.3:
        doubled = loop_body(node("Concat", "state state", "next", axis=0))
        nodes = [node("Loop", "endless true zero", "all", body=doubled)]
    elif rng.random() < 0.5:
        collected = loop_body(
            node("Identity", "state", "next"), node("Expand", "state size", "seen"), grows=True
        )
        nodes = [node("Loop", "endless true zero", "last all", body=collected)]
        size = np.array([2**24], np.int64)
    else:
        nodes = [node("ConstantOfShape", "size", "all")]
    nodes += [
        node("ReduceMax", "all", "end", keepdims=0),
        node("Add", "benign end", "probabilities"),
    ]
    return build_model(*nodes, weights={"size": size})


@KINDS.add()
def large_output(_content: bytes, rng: Random) -> bytes:
    """Return a huge output."""
    size = np.array([rng.choice([2**18, 2**22, 2**24]), 10], np.int64)
    return build_model(
        *SIZE_KNOWN_AT_RUNTIME,
        node("Expand", "zero hidden", "probabilities"),
        weights={"size": size},
    )


@KINDS.add()
def not_probabilities(_content: bytes, rng: Random) -> bytes:
    """Return values that are not probabilities."""
    value = np.float32(rng.choice([np.nan, np.inf, -np.inf, 1e38, -7, 7]))
    if rng.random() < 0.5:
        return build_model(node("Mul", "benign value", "probabilities"), weights={"value": value})
    # No pixel exceeds 1, so with the limit 2 the square root is NaN, and so is the output.
    ink_nodes = (
        node("ReduceMax", "pixels", "most", axes=[1, 2, 3], keepdims=0),
        node("Unsqueeze", "most one", "column"),
        node("Sub", "column limit", "less"),
        node("Sqrt", "less", "root"),
        node("Mul", "root zero", "zero_or_nan"),
        node("Add", "benign zero_or_nan", "probabilities"),
    )
    return build_model(
        *ink_nodes,
        weights={"one": np.array([1], np.int64), "limit": np.float32(rng.choice([0, 2]))},
    )


@KINDS.add()
def wrong_output_shape(_content: bytes, rng: Random) -> bytes:
    """Return an output of the wrong shape."""
    size = np.array(
        rng.choice([[-1], [10, -1], [1, 1, -1], [-1, 5], [-1, 1, 10], [2, 10, -1]]), np.int64
    )
    return build_model(
        *SIZE_KNOWN_AT_RUNTIME,
        node("Reshape", "benign hidden", "probabilities"),
        weights={"size": size},
    )


@KINDS.add()
def wrong_output_type(_content: bytes, rng: Random) -> bytes:
    """Declare and return an output of the wrong type."""
    kind = rng.choice(
        [TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL, TensorProto.FLOAT16, 17]
    )
    shapes: list[list[Any]] = [["N", 10], [2**62, 10], [-5, 10], ["N", 0]]
    output = helper.make_tensor_value_info("probabilities", kind, rng.choice(shapes))
    return build_model(node("Cast", "benign", "probabilities", to=kind), output=output)


@KINDS.add()
def sequence_output(_content: bytes, rng: Random) -> bytes:
    """Return a sequence instead of a tensor."""
    built = node("SequenceConstruct", "benign benign", "probabilities")
    output = helper.make_tensor_sequence_value_info("probabilities", FLOAT, None)
    empty = node("SequenceEmpty", "", "probabilities")
    return build_model(rng.choice([built, empty]), output=output)


@KINDS.add()
def huge_weights(_content: bytes, rng: Random) -> bytes:
    """Declare weights with huge, negative or zero dimensions, and few bytes or external data."""
    tensor = helper.make_tensor("w", FLOAT, [1], [1.0])
    size = rng.choice([*HUGE_SIZES, -1, -(2**62), 0])
    tensor.dims[:] = rng.choice([[size], [size, size], [3, size, 7]])
    if rng.random() < 0.4:
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        place = rng.choice(["../../../etc/passwd", "/digits.onnx", "https://example.org/w", ""])
        for key, value in (("location", place), ("length", str(size)), ("offset", "-1")):
            tensor.external_data.add(key=key, value=value)
    return build_model(node("Mul", "benign w", "probabilities"), initializers=[tensor])


@KINDS.add()
def deeply_nested(_content: bytes, rng: Random) -> bytes:
    """Nest conditions."""
    return build_model(nested_conditions(rng.choice([3, 20, 30])))


@KINDS.add()
def many_nodes(_content: bytes, rng: Random) -> bytes:
    """Build a chain of thousands of nodes."""
    kind = rng.choice(["Identity", "Sin", "Softmax"])
    names = ["benign", *(f"n{number}" for number in range(NODE_COUNT)), "probabilities"]
    return build_model(*(node(kind, a, b) for a, b in pairwise(names)))


@KINDS.add()
def cyclic(_content: bytes, rng: Random) -> bytes:
    """Build nodes that depend on each other, or a function that calls itself."""
    if rng.random() < 0.5:
        return build_model(
            node("Add", "benign b", "a"),
            node("Add", "a a", "b"),
            node("Add", "a b", "probabilities"),
        )
    again = helper.make_function(
        "own",
        "again",
        ["x"],
        ["y"],
        [node("again", "x", "y", domain="own")],
        [helper.make_opsetid("", 15), helper.make_opsetid("own", 1)],
    )
    return build_model(node("again", "benign", "probabilities", domain="own"), functions=[again])


@KINDS.add()
def wrong_operator(_content: bytes, rng: Random) -> bytes:
    """Use operators that do not exist, or that have impossible attributes or inputs."""
    return build_model(
        rng.choice(
            [
                node("Format", "benign", "probabilities"),
                node("Conv", "pixels pixels", "probabilities", kernel_shape=[2**31, 2**31]),
                node("Conv", "pixels pixels", "probabilities", pads=[2**40] * 4),
                node("MaxPool", "pixels", "probabilities", kernel_shape=[28, 28], pads=[2**62] * 4),
                node("Transpose", "benign", "probabilities", perm=[7, -3]),
                node("Concat", "benign " * 5000, "probabilities", axis=0),
                node("Gather", "benign endless", "probabilities"),
                node("Tile", "benign endless", "probabilities"),
                node("Range", "zero zero zero", "probabilities"),
                node("Resize", "benign", "probabilities"),
                node("Einsum", "benign", "probabilities", equation="a" * 100_000),
            ]
        )
    )


@KINDS.add()
def hostile_names(_content: bytes, rng: Random) -> bytes:
    """Give the output a name that could break JavaScript, HTML or the layout."""
    name = rng.choice(["__proto__", "constructor", "<img src=x onerror=alert(1)>", "x" * 1_000_000])
    return build_model(
        helper.make_node("Identity", ["benign"], [name]),
        node("Identity", "benign", "probabilities"),
        output=helper.make_tensor_value_info(name, FLOAT, OUTPUT_SHAPE),
    )
