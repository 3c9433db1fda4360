"""Models for tests of self-tests: random, quantised, or with needs. Each function returns bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.support.small_models import onnx_model


def noise(seed: float | None = None) -> bytes:
    """Return a model whose output y (1, 3) is its input x plus normal noise.

    Args:
        seed: the seed of the noise; None for another one in each session.
    """
    spec: tuple[int, list[Any]] = (TensorProto.FLOAT, [1, 3])
    options = {} if seed is None else {"seed": seed}
    return onnx_model(
        {"x": spec},
        {"y": spec},
        helper.make_node("RandomNormal", [], ["noise"], shape=[1, 3], **options),
        helper.make_node("Add", ["x", "noise"], ["y"]),
    )


def dropout(ratio: float, seed: int = 0) -> bytes:
    """Return a model that drops out values of its input x (4, 25) and returns the rest as y.

    Its dropout is in training mode, with a seed. With the ratio 0, y is x.
    """
    spec: tuple[int, list[Any]] = (TensorProto.FLOAT, [4, 25])
    return onnx_model(
        {"x": spec},
        {"y": spec},
        helper.make_node("Dropout", ["x", "ratio", "training"], ["y"], seed=seed),
        weights=[
            helper.make_tensor("ratio", TensorProto.FLOAT, [], [ratio]),
            helper.make_tensor("training", TensorProto.BOOL, [], [True]),
        ],
    )


def integer_product(columns: int = 8) -> bytes:
    """Return a model that multiplies its input x (N, 8) by a matrix of 8-bit integers.

    The product is computed with 8-bit integers, too: DynamicQuantizeLinear and MatMulInteger.
    """
    weights = np.random.default_rng(1).integers(0, 256, (8, columns), np.uint8)
    return onnx_model(
        {"x": (TensorProto.FLOAT, ["N", 8])},
        {"y": (TensorProto.FLOAT, ["N", columns])},
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
        helper.make_node("MatMulInteger", ["q", "weights", "zero", "middle"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["y"]),
        weights=[
            numpy_helper.from_array(weights, "weights"),
            helper.make_tensor("middle", TensorProto.UINT8, [], [128]),
        ],
    )


def pairs() -> bytes:
    """Return a model that needs an even number of rows: y (N, 2) has the rows of x (N), by two."""
    return onnx_model(
        {"x": (TensorProto.FLOAT, ["N"])},
        {"y": (TensorProto.FLOAT, ["half", 2])},
        helper.make_node("Reshape", ["x", "shape"], ["y"]),
        weights=[helper.make_tensor("shape", TensorProto.INT64, [2], [-1, 2])],
    )


def sevens() -> bytes:
    """Return a model that runs only if its input x (N) has seven values."""
    return onnx_model(
        {"x": (TensorProto.FLOAT, ["N"])},
        {"y": (TensorProto.FLOAT, [7])},
        helper.make_node("Reshape", ["x", "shape"], ["y"]),
        weights=[helper.make_tensor("shape", TensorProto.INT64, [1], [7])],
    )
