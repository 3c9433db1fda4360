"""Small ONNX models for tests."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.describe import describe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from onnx import NodeProto, ValueInfoProto

    from offline_onnx import Manifest

    type Specs = dict[str, tuple[int, list[Any]]]

OPSET = helper.make_opsetid("", 13)


def onnx_model(
    inputs: Specs, outputs: Specs, *nodes: NodeProto, weights: Sequence[TensorProto] = ()
) -> bytes:
    """Return a model's bytes. inputs, outputs: a TensorProto type and a shape by name."""

    def infos(specs: Specs) -> list[ValueInfoProto]:
        return [helper.make_tensor_value_info(name, *spec) for name, spec in specs.items()]

    graph = helper.make_graph(list(nodes), "g", infos(inputs), infos(outputs), list(weights))
    model = helper.make_model(graph, ir_version=8, opset_imports=[OPSET])
    return bytes(model.SerializeToString(deterministic=True))


def identity(kind: int = TensorProto.FLOAT, shape: Sequence[Any] = ("N", 3)) -> bytes:
    """Return a model whose output y is its input x."""
    spec = (kind, list(shape))
    return onnx_model({"x": spec}, {"y": spec}, helper.make_node("Identity", ["x"], ["y"]))


def iris(bias: float = 0.0) -> bytes:
    """Return a model of "features" (N, 4) to "probabilities" (N, 3): longer petals, later kinds.

    bias: of the last kind's score.
    """
    slopes = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.5, 3.0, 0.0, 0.0, 0.0]
    return onnx_model(
        {"features": (TensorProto.FLOAT, ["N", 4])},
        {"probabilities": (TensorProto.FLOAT, ["N", 3])},
        helper.make_node("Gemm", ["features", "slopes", "bias"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"]),
        weights=[
            helper.make_tensor("slopes", TensorProto.FLOAT, [4, 3], slopes),
            helper.make_tensor("bias", TensorProto.FLOAT, [3], [9.0, 6.0, bias]),
        ],
    )


def adder(bias: int, padding: int = 0) -> bytes:
    """Return a model whose output y is its input x (N, 2) plus a bias.

    padding: bytes of unused noise that make the model larger; another bias has other noise.
    """
    noise = np.random.default_rng(bias).integers(0, 256, padding, np.uint8)
    spec = (TensorProto.FLOAT, ["N", 2])
    return onnx_model(
        {"x": spec},
        {"y": spec},
        helper.make_node("Add", ["x", "bias"], ["y"]),
        weights=[
            helper.make_tensor("bias", TensorProto.FLOAT, [2], [bias, bias]),
            numpy_helper.from_array(noise, "noise"),
        ],
    )


def counter() -> bytes:
    """Return a model that counts to its input `times`, an int64: a run can take long."""
    flag: tuple[int, list[Any]] = (TensorProto.BOOL, [])
    number: tuple[int, list[Any]] = (TensorProto.FLOAT, [])
    trip = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["still_go"]),
            helper.make_node("Add", ["so_far", "one"], ["further"]),
        ],
        "trip",
        [
            helper.make_tensor_value_info("trips", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", *flag),
            helper.make_tensor_value_info("so_far", *number),
        ],
        [
            helper.make_tensor_value_info("still_go", *flag),
            helper.make_tensor_value_info("further", *number),
        ],
    )
    return onnx_model(
        {"times": (TensorProto.INT64, [])},
        {"count": number},
        helper.make_node("Loop", ["times", "true", "zero"], ["count"], body=trip),
        weights=[
            helper.make_tensor("true", TensorProto.BOOL, [], [True]),
            helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
            helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        ],
    )


def always(label: int) -> bytes:
    """Return a model of (N, 1, 28, 28) that reads every image as the same digit."""
    scores = np.zeros(10, np.float32)
    scores[label] = 9
    return onnx_model(
        {"pixels": (TensorProto.FLOAT, ["N", 1, 28, 28])},
        {"chances": (TensorProto.FLOAT, ["N", 10])},
        helper.make_node("Flatten", ["pixels"], ["row"]),
        helper.make_node("Gemm", ["row", "nothing", "scores"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["chances"]),
        weights=[
            numpy_helper.from_array(np.zeros((784, 10), np.float32), "nothing"),
            numpy_helper.from_array(scores, "scores"),
        ],
    )


def publish(
    folder: Path, content: bytes, name: str, version: str = "1", **description: Any
) -> Manifest:
    """Write a model and its manifest into a folder; return the manifest."""
    work = describe(content, name=name, version=version, file=f"{name}.onnx", **description)
    with ThreadPoolExecutor(1) as other:  # Playwright's own event loop may run in this thread
        manifest = other.submit(asyncio.run, work).result()
    (folder / manifest.file).write_bytes(content)
    (folder / f"{name}.json").write_text(manifest.to_json(), "utf-8")
    return manifest
