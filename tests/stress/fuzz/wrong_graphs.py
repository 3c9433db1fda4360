"""Models that are valid and hostile: endless, out of memory, or with impossible outputs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper

from tests.stress.fuzz.graphs import FLOAT, HIDDEN, INT64, ROW, body, model, nested, node
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KINDS: Kinds[Callable[[bytes, Random], bytes]] = Kinds()
MANY = 3000
LARGE = (2**28, 2**31, 2**33, 2**40, 2**62)


@KINDS.add()
def endless_loop(_content: bytes, dice: Random) -> bytes:
    """Loop for ever, or so often that it never ends, or only where there is ink."""
    idle = body(node("Identity", "state", "next"))
    busy = body(node("Sin", "state", "next"))
    if dice.random() < 0.5:
        first = node("Loop", "endless true zero", "end", body=dice.choice([idle, busy]))
        return model(first, node("Add", "honest end", "probabilities"))
    counted = (
        node("ReduceSum", "pixels", "ink", keepdims=0),
        node("Mul", "ink huge", "many"),
        node("Cast", "many", "times", to=INT64),
        node("Loop", "times true zero", "end", body=busy),
        node("Mul", "end zero", "none"),
        node("Add", "honest none", "probabilities"),
    )
    return model(*counted, weights={"huge": np.float32(1e15)})


@KINDS.add()
def memory(_content: bytes, dice: Random) -> bytes:
    """Allocate more memory than there is, at once or step by step."""
    size = np.array([dice.choice(LARGE)], np.int64)
    if dice.random() < 0.3:
        doubled = body(node("Concat", "state state", "next", axis=0))
        nodes = [node("Loop", "endless true zero", "all", body=doubled)]
    elif dice.random() < 0.5:
        collected = body(
            node("Identity", "state", "next"), node("Expand", "state size", "seen"), grows=True
        )
        nodes = [node("Loop", "endless true zero", "last all", body=collected)]
        size = np.array([2**24], np.int64)
    else:
        nodes = [node("ConstantOfShape", "size", "all")]
    nodes += [
        node("ReduceMax", "all", "end", keepdims=0),
        node("Add", "honest end", "probabilities"),
    ]
    return model(*nodes, weights={"size": size})


@KINDS.add()
def large_output(_content: bytes, dice: Random) -> bytes:
    size = np.array([dice.choice([2**18, 2**22, 2**24]), 10], np.int64)
    return model(*HIDDEN, node("Expand", "zero hidden", "probabilities"), weights={"size": size})


@KINDS.add()
def not_a_number(_content: bytes, dice: Random) -> bytes:
    value = np.float32(dice.choice([np.nan, np.inf, -np.inf, 1e38, -7, 7]))
    if dice.random() < 0.5:
        return model(node("Mul", "honest value", "probabilities"), weights={"value": value})
    # Not a number only when there is ink.
    ink = (
        node("ReduceMax", "pixels", "most", axes=[1, 2, 3], keepdims=0),
        node("Unsqueeze", "most one", "column"),
        node("Sub", "column limit", "less"),
        node("Sqrt", "less", "root"),
        node("Mul", "root zero", "nothing_much"),
        node("Add", "honest nothing_much", "probabilities"),
    )
    return model(
        *ink, weights={"one": np.array([1], np.int64), "limit": np.float32(dice.choice([0, 2]))}
    )


@KINDS.add()
def other_shape(_content: bytes, dice: Random) -> bytes:
    size = np.array(
        dice.choice([[-1], [10, -1], [1, 1, -1], [-1, 5], [-1, 1, 10], [2, 10, -1]]), np.int64
    )
    return model(*HIDDEN, node("Reshape", "honest hidden", "probabilities"), weights={"size": size})


@KINDS.add()
def other_kind(_content: bytes, dice: Random) -> bytes:
    kind = dice.choice(
        [TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL, TensorProto.FLOAT16, 17]
    )
    shapes: list[list[Any]] = [["N", 10], [2**62, 10], [-5, 10], ["N", 0]]
    output = helper.make_tensor_value_info("probabilities", kind, dice.choice(shapes))
    return model(node("Cast", "honest", "probabilities", to=kind), output=output)


@KINDS.add()
def sequence(_content: bytes, dice: Random) -> bytes:
    built = node("SequenceConstruct", "honest honest", "probabilities")
    output = helper.make_tensor_sequence_value_info("probabilities", FLOAT, None)
    return model(dice.choice([built, node("SequenceEmpty", "", "probabilities")]), output=output)


@KINDS.add()
def huge_weights(_content: bytes, dice: Random) -> bytes:
    """Declare weights of huge or negative dimensions, with few bytes or in another file."""
    tensor = helper.make_tensor("w", FLOAT, [1], [1.0])
    size = dice.choice([*LARGE, -1, -(2**62), 0])
    tensor.dims[:] = dice.choice([[size], [size, size], [3, size, 7]])
    if dice.random() < 0.4:
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        place = dice.choice(["../../../etc/passwd", "/digits.onnx", "https://example.org/w", ""])
        for key, value in (("location", place), ("length", str(size)), ("offset", "-1")):
            tensor.external_data.add(key=key, value=value)
    return model(node("Mul", "honest w", "probabilities"), initializers=[tensor])


@KINDS.add()
def deep(_content: bytes, dice: Random) -> bytes:
    return model(nested(dice.choice([3, 20, 30])))


@KINDS.add()
def long(_content: bytes, dice: Random) -> bytes:
    kind = dice.choice(["Identity", "Sin", "Softmax"])
    names = ["honest", *(f"n{place}" for place in range(MANY)), "probabilities"]
    return model(*(node(kind, a, b) for a, b in pairwise(names)))


@KINDS.add()
def circle(_content: bytes, dice: Random) -> bytes:
    """Build nodes that depend on each other, or a function that calls itself."""
    if dice.random() < 0.5:
        return model(
            node("Add", "honest b", "a"),
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
    return model(node("again", "honest", "probabilities", domain="own"), functions=[again])


@KINDS.add()
def wrong_operator(_content: bytes, dice: Random) -> bytes:
    """Use operators that do not exist, or with impossible attributes and inputs."""
    return model(
        dice.choice(
            [
                node("Format", "honest", "probabilities"),
                node("Conv", "pixels pixels", "probabilities", kernel_shape=[2**31, 2**31]),
                node("Conv", "pixels pixels", "probabilities", pads=[2**40] * 4),
                node("MaxPool", "pixels", "probabilities", kernel_shape=[28, 28], pads=[2**62] * 4),
                node("Transpose", "honest", "probabilities", perm=[7, -3]),
                node("Concat", "honest " * 5000, "probabilities", axis=0),
                node("Gather", "honest endless", "probabilities"),
                node("Tile", "honest endless", "probabilities"),
                node("Range", "zero zero zero", "probabilities"),
                node("Resize", "honest", "probabilities"),
                node("Einsum", "honest", "probabilities", equation="a" * 100_000),
            ]
        )
    )


@KINDS.add()
def names(_content: bytes, dice: Random) -> bytes:
    name = dice.choice(
        ["__proto__", "constructor", "<img src=x onerror=alert(1)>", "x" * 1_000_000]
    )
    return model(
        helper.make_node("Identity", ["honest"], [name]),
        node("Identity", "honest", "probabilities"),
        output=helper.make_tensor_value_info(name, FLOAT, ROW),
    )
