"""Small ONNX models for tests. Each function returns the bytes of a model."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from offline_onnx.describe import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnx import NodeProto, ValueInfoProto

    from offline_onnx import Manifest

    type Specs = dict[str, tuple[int, list[Any]]]

OPSET = 13
CITIES = ["Wien", "Porto"]


def onnx_model(
    inputs: Specs,
    outputs: Specs,
    *nodes: NodeProto,
    weights: Sequence[TensorProto] = (),
    sequences: Specs | None = None,
    opset: int = OPSET,
) -> bytes:
    """Return a model with these nodes.

    Args:
        inputs: a type of TensorProto and a shape, by the input's name.
        outputs: a type of TensorProto and a shape, by the output's name.
        nodes: the nodes of the graph.
        weights: the constants of the graph.
        sequences: further outputs, which are sequences: the type and shape of their tensors.
        opset: the version of ONNX's operators.
    """

    def value_infos(specs: Specs) -> list[ValueInfoProto]:
        return [helper.make_tensor_value_info(name, *spec) for name, spec in specs.items()]

    all_outputs = value_infos(outputs) + [
        helper.make_tensor_sequence_value_info(name, *spec)
        for name, spec in (sequences or {}).items()
    ]
    graph = helper.make_graph(list(nodes), "g", value_infos(inputs), all_outputs, list(weights))
    opsets = [helper.make_opsetid("", opset)]
    ir_version = max(8, helper.find_min_ir_version_for(opsets))
    model = helper.make_model(graph, ir_version=ir_version, opset_imports=opsets)
    return bytes(model.SerializeToString(deterministic=True))


def identity(tensor_type: int = TensorProto.FLOAT, shape: Sequence[Any] = ("N", 3)) -> bytes:
    """Return a model whose output y is its input x."""
    spec = (tensor_type, list(shape))
    return onnx_model({"x": spec}, {"y": spec}, helper.make_node("Identity", ["x"], ["y"]))


def iris(bias: float = 0.0) -> bytes:
    """Return a classifier of irises, from "features" (N, 4) to "probabilities" (N, 3).

    The longer the petals, the more probable are the later classes.

    Args:
        bias: the bias of the last class's score.
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


def classifier() -> bytes:
    """Return a classifier as scikit-learn's converter writes it: cheap, medium or expensive.

    Its inputs are "city" (Wien or Porto) and "living_area"; its outputs "label" and
    "probabilities". Large flats, and flats in Wien, are expensive.
    """
    model = onnx.load_from_string(
        onnx_model(
            {
                "city": (TensorProto.STRING, [None, 1]),
                "living_area": (TensorProto.FLOAT, [None, 1]),
            },
            {
                "label": (TensorProto.STRING, [None]),
                "probabilities": (TensorProto.FLOAT, [None, 3]),
            },
            helper.make_node(
                "OneHotEncoder", ["city"], ["cube"], domain="ai.onnx.ml", cats_strings=CITIES
            ),
            helper.make_node("Reshape", ["cube", "row"], ["cities"]),
            helper.make_node("Concat", ["cities", "living_area"], ["features"], axis=1),
            helper.make_node(
                "LinearClassifier",
                ["features"],
                ["label", "probabilities"],
                domain="ai.onnx.ml",
                classlabels_strings=["cheap", "expensive", "medium"],
                coefficients=[0.0, 0.0, 0.0, 2.0, 0.0, 0.05, 1.0, 0.0, 0.02],
                intercepts=[3.0, 0.0, 2.0],
                post_transform="SOFTMAX",
            ),
            weights=[helper.make_tensor("row", TensorProto.INT64, [2], [-1, 2])],
        )
    )
    model.opset_import.add(domain="ai.onnx.ml", version=3)
    return bytes(model.SerializeToString(deterministic=True))


def adder(bias: int, padding: int = 0) -> bytes:
    """Return a model whose output y is its input x (N, 2) plus a bias.

    Args:
        bias: the number to add. It is also the seed of the noise.
        padding: the number of bytes of unused noise, which make the model larger.
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


def with_external_data(bias: float, file: str, padding: int = 0) -> tuple[bytes, dict[str, bytes]]:
    """Return a model whose output y is its input x (N, 2) plus a bias, which is in another file.

    Args:
        bias: the number to add.
        file: the name of the file with the bias.
        padding: the number of bytes of unused noise, which make this file larger.

    Returns:
        The bytes of the `.onnx` file, and the bytes of the other file by its name.
    """
    spec = (TensorProto.FLOAT, ["N", 2])
    noise = np.random.default_rng(0).integers(0, 256, padding, np.uint8)
    weights = np.full(2, bias, np.float32).tobytes() + noise.tobytes()
    node = helper.make_node("Add", ["x", "bias"], ["y"])
    tensor = external_tensor("bias", file)
    return onnx_model({"x": spec}, {"y": spec}, node, weights=[tensor]), {file: weights}


def ort_format(content: bytes) -> bytes:
    """Return a model in onnxruntime's own format."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.save_model_format", "ORT")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.ort"
        options.optimized_model_filepath = str(file)
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        return file.read_bytes()


def external_tensor(name: str, file: str) -> TensorProto:
    """Return a tensor of two floats, which are stored at the start of another file."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[2])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", file), ("offset", "0"), ("length", "8")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def counter() -> bytes:
    """Return a model that counts up to its input `times`, an int64, one by one."""
    flag: tuple[int, list[Any]] = (TensorProto.BOOL, [])
    number: tuple[int, list[Any]] = (TensorProto.FLOAT, [])
    trip = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["still_go"]),
            helper.make_node("Add", ["old_count", "one"], ["new_count"]),
        ],
        "trip",
        [
            helper.make_tensor_value_info("trips", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", *flag),
            helper.make_tensor_value_info("old_count", *number),
        ],
        [
            helper.make_tensor_value_info("still_go", *flag),
            helper.make_tensor_value_info("new_count", *number),
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


def zeros() -> bytes:
    """Return a model whose output y consists of zeros, of 4 bytes each.

    Its input `shape`, int64 (1,), is the number of the zeros.
    """
    return onnx_model(
        {"shape": (TensorProto.INT64, [1])},
        {"y": (TensorProto.FLOAT, ["N"])},
        helper.make_node("ConstantOfShape", ["shape"], ["y"]),
    )


def constant_digit(label: int) -> bytes:
    """Return a model that reads every image as the same digit. Its input is (N, 1, 28, 28)."""
    scores = np.zeros(10, np.float32)
    scores[label] = 9
    return onnx_model(
        {"pixels": (TensorProto.FLOAT, ["N", 1, 28, 28])},
        {"probabilities": (TensorProto.FLOAT, ["N", 10])},
        helper.make_node("Flatten", ["pixels"], ["row"]),
        helper.make_node("Gemm", ["row", "zeros", "scores"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["probabilities"]),
        weights=[
            numpy_helper.from_array(np.zeros((784, 10), np.float32), "zeros"),
            numpy_helper.from_array(scores, "scores"),
        ],
    )


def noise(seed: float | None = None) -> bytes:
    """Return a model whose output y (1, 3) is its input x plus normal noise.

    Args:
        seed: the seed of the noise; None for another seed in each session.
    """
    spec: tuple[int, list[Any]] = (TensorProto.FLOAT, [1, 3])
    options: dict[str, Any] = {} if seed is None else {"seed": seed}
    return onnx_model(
        {"x": spec},
        {"y": spec},
        helper.make_node("RandomNormal", [], ["noise"], shape=[1, 3], **options),
        helper.make_node("Add", ["x", "noise"], ["y"]),
    )


def dropout(ratio: float, seed: int = 0) -> bytes:
    """Return a model that drops out values of its input x (4, 25) and returns the rest as y.

    Outside of training, dropout does nothing; this one is in training mode.

    Args:
        ratio: the fraction of the values that are dropped. With the ratio 0, y is x.
        seed: the seed of the choice.
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
    """Return a model whose output y (N / 2, 2) has the values of its input x (N) in pairs.

    It can't run with an odd number of values.
    """
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


def write_model(
    folder: Path, content: bytes, name: str, version: str = "1", **description: Any
) -> Manifest:
    """Write a model, its external data and its manifest into a folder; return the manifest.

    Args:
        folder: the folder for `<name>.onnx` and `<name>.json`.
        content: the bytes of the model.
        name: the name of the model.
        version: the version of the model.
        description: other arguments of `offline_onnx.describe.describe`.
    """
    coroutine = describe(content, name=name, version=version, file=f"{name}.onnx", **description)
    for file, data in description.get("external_data", {}).items():
        (folder / file).write_bytes(data)
    with ThreadPoolExecutor(1) as executor:  # Playwright's own event loop may run in this thread
        manifest = executor.submit(asyncio.run, coroutine).result()
    (folder / manifest.file).write_bytes(content)
    (folder / f"{name}.json").write_text(manifest.to_json(), "utf-8")
    return manifest
