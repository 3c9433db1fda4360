"""Sessions of native onnxruntime, and the released model."""

import asyncio
from array import array
from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper

from offline_onnx import Manifest, Model, Tensor
from offline_onnx.describe import describe
from offline_onnx.errors import IntegrityError, SessionError
from offline_onnx.native import NativeSession, load_model
from tests.support.small_models import identity, onnx_model
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def session():
    """Return a session of the released model."""
    return NativeSession((MODEL / "digits.onnx").read_bytes())


def test_released_model_matches_its_manifest():
    model = asyncio.run(load_model(MODEL / "digits.json"))
    assert [str(spec) for spec in model.get_inputs()] == ["float32 (N, 28, 28, 1)"]
    outputs = {spec.name: str(spec) for spec in model.get_outputs()}
    assert list(outputs)[:2] == ["probabilities", "is_digit"]
    assert (outputs["probabilities"], outputs["distances"]) == (
        "float32 (N, 10)",
        "float32 (N, 21)",
    )
    assert (outputs["is_digit"], outputs["signs"]) == ("float32 (N, 1)", "float32 (N, 11)")
    assert outputs["features"] == "float32 (N, 80)"
    assert model.labels == tuple("0123456789")
    assert model.metadata["mnist_test_accuracy"] >= 0.995
    asyncio.run(model.self_test())


def test_describe_returns_the_released_manifest():
    written = Manifest.parse((MODEL / "digits.json").read_text("utf-8"))
    content = (MODEL / "digits.onnx").read_bytes()
    description = describe(
        content,
        name=written.name,
        version=written.version,
        file=written.file,
        labels=written.labels,
        metadata=written.metadata,
    )
    described = asyncio.run(description)
    # Processors round differently, so the last digits of the self-test's outputs may differ.
    assert replace(described, self_test=written.self_test) == written
    assert replace(described.self_test, outputs=written.self_test.outputs) == written.self_test
    assert described.self_test.outputs == {
        name: pytest.approx(values, rel=1e-4, abs=1e-6)
        for name, values in written.self_test.outputs.items()
    }


@pytest.mark.parametrize("damage", [b"", b"more"])
def test_file_that_does_not_match_its_manifest_is_not_opened(tmp_path, damage):
    content = (MODEL / "digits.onnx").read_bytes()
    (tmp_path / "digits.json").write_bytes((MODEL / "digits.json").read_bytes())
    (tmp_path / "digits.onnx").write_bytes(content + damage if damage else content[::-1])
    with pytest.raises(IntegrityError, match=r"digits\.onnx"):
        asyncio.run(load_model(tmp_path / "digits.json"))


@pytest.mark.parametrize("count", [1, 3])
def test_session_returns_probabilities_for_every_image(session, count):
    images = Tensor(array("f", [0.5]) * (784 * count), (count, 28, 28, 1))
    probabilities = asyncio.run(session.run({"image": images}))["probabilities"]
    assert probabilities.shape == (count, 10)
    assert sum(probabilities.values) == pytest.approx(count, abs=1e-5)


def test_session_refuses_an_input_with_a_wrong_shape_or_name(session):
    with pytest.raises(SessionError):
        asyncio.run(session.run({"image": Tensor(array("f", [0.0]) * 4, (1, 2, 2, 1))}))
    with pytest.raises(SessionError):
        asyncio.run(session.run({"picture": Tensor(array("f", [0.0]) * 784, (1, 28, 28, 1))}))


@pytest.mark.parametrize("content", [b"", b"not a model", b"<html></html>"])
def test_session_refuses_bytes_that_are_not_a_model(content):
    with pytest.raises(SessionError):
        NativeSession(content)


def test_session_does_not_run_after_its_release_and_can_be_released_again():
    session = NativeSession((MODEL / "digits.onnx").read_bytes())
    asyncio.run(session.release())
    asyncio.run(session.release())
    with pytest.raises(SessionError, match="released"):
        asyncio.run(session.run({}))


def described(content):
    """Return the manifest of a model."""
    return asyncio.run(describe(content, name="m", version="1", file="m.onnx"))


def run_model(content, feed):
    """Describe and open a model, run its self-test, and return the model and its outputs."""

    async def run():
        model = Model(described_manifest, NativeSession(content))
        await model.self_test()
        return model, await model.run(feed)

    described_manifest = described(content)
    return asyncio.run(run())


DTYPES = ["float16", "float32", "float64", "int8", "int64", "uint64", "bool", "string"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("values", [[[0, 1, 1]], [[], []]])
def test_tensors_of_many_dtypes_with_and_without_values_pass_through_a_model(dtype, values):
    kind = np.dtype(object if dtype == "string" else dtype)
    content = identity(helper.np_dtype_to_tensor_dtype(kind), ["N", "M"])
    values = np.array(values).astype(str if dtype == "string" else kind)
    _, outputs = run_model(content, {"x": values})
    assert (outputs["y"].dtype, outputs["y"].shape) == (dtype, values.shape)
    assert outputs["y"].tolist() == values.tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_four_bit_integers_pass_through_a_model(count):
    content = onnx_model(
        {"a": (TensorProto.INT4, ["N"]), "b": (TensorProto.UINT4, ["N", 1])},
        {"c": (TensorProto.INT32, ["N"]), "d": (TensorProto.INT32, ["N", 1])},
        helper.make_node("Cast", ["a"], ["c"], to=TensorProto.INT32),
        helper.make_node("Cast", ["b"], ["d"], to=TensorProto.INT32),
        opset=21,
    )
    a, b = [-8, 7, -1][:count], [[0], [15], [9]][:count]
    b = Tensor(array("B", [number for (number,) in b]), (count, 1), "uint4")
    model, outputs = run_model(content, {"a": a, "b": b})
    assert model.manifest.self_test
    assert (outputs["c"].tolist(), outputs["d"].tolist()) == (a, b.tolist())


def test_model_that_finds_nothing_returns_a_tensor_without_values():
    content = onnx_model(
        {"scores": (TensorProto.FLOAT, ["N"])},
        {"found": (TensorProto.INT64, [1, "found"])},
        helper.make_node("NonZero", ["scores"], ["found"]),
    )
    _, outputs = run_model(content, {"scores": [0, 0]})
    assert (outputs["found"].shape, outputs["found"].tolist()) == ((1, 0), [[]])


def test_model_without_inputs_is_described_and_runs():
    three = helper.make_tensor("value", TensorProto.FLOAT, [], [3])
    node = helper.make_node("Constant", [], ["y"], value=three)
    model, outputs = run_model(onnx_model({}, {"y": (TensorProto.FLOAT, [])}, node), {})
    assert (model.get_inputs(), outputs["y"].tolist()) == ([], 3)
    assert model.manifest.self_test.outputs == {"y": (3.0,)}


def test_scalar_input_is_described_with_any_shape_and_its_shape_is_left_to_the_runtime():
    model, outputs = run_model(identity(shape=[]), {"x": 5})
    assert str(model.get_inputs()[0]) == "float32 (any shape)"
    assert outputs["y"].tolist() == 5


def test_dimensions_without_a_name_and_of_size_0_are_described():
    manifest = described(identity(shape=[None, 0, "N", 3]))
    assert manifest.inputs[0].shape == ("?", 0, "N", 3)


def test_outputs_that_are_not_tensors_are_described_and_not_returned():
    content = onnx_model(
        {"x": (TensorProto.FLOAT, [2])},
        {"y": (TensorProto.FLOAT, [2])},
        helper.make_node("Identity", ["x"], ["y"]),
        helper.make_node("SequenceConstruct", ["x", "x"], ["pair"]),
        sequences={"pair": (TensorProto.FLOAT, [2])},
    )
    model, outputs = run_model(content, {"x": [1, 2]})
    assert [str(spec) for spec in model.get_outputs()] == ["float32 (2)", "seq(tensor(float))"]
    assert outputs.keys() == {"y"}


def test_random_output_is_left_out_of_the_self_test():
    content = onnx_model(
        {},
        {"random": (TensorProto.FLOAT, [4]), "y": (TensorProto.FLOAT, [4])},
        helper.make_node("RandomNormal", [], ["random"], shape=[4]),
        helper.make_node("Mul", ["random", "zero"], ["y"]),
        weights=[helper.make_tensor("zero", TensorProto.FLOAT, [], [0])],
    )
    assert described(content).self_test.outputs == {"y": (0.0,) * 4}
