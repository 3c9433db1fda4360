"""Recording a self-test: with a sample, with larger sizes, for quantised or random models.

Also the reasons why there is none.
"""

import asyncio

import numpy as np
import pytest
from onnx import TensorProto, helper

from offline_onnx import InputError, Manifest, Model
from offline_onnx.describe import describe
from offline_onnx.describe.recording import EXPECTED_VALUES
from offline_onnx.errors import ManifestError, SelfTestFailed, SessionError
from offline_onnx.inference.self_test import Sample
from offline_onnx.native import NativeSession
from tests.support.small_models import (
    dropout,
    identity,
    integer_product,
    iris,
    noise,
    onnx_model,
    pairs,
    sevens,
)

FLOAT = TensorProto.FLOAT


def described(content, **arguments):
    """Return the manifest of a model, after a check that the model passes its self-test."""

    async def describe_and_test():
        manifest = await describe(content, name="m", version="1", file="m.onnx", **arguments)
        await Model(manifest, NativeSession(content)).self_test()
        assert bool(manifest.self_test) != bool(manifest.no_self_test)
        assert Manifest.parse(manifest.to_json()) == manifest
        return manifest

    return asyncio.run(describe_and_test())


def test_sample_of_lists_or_arrays_becomes_the_input():
    flower = [[5.0, 3.5, 1.5, 0.25]]
    test = described(iris(), sample={"features": flower}).self_test
    assert test.inputs == {"features": Sample((1, 4), (5.0, 3.5, 1.5, 0.25))}
    assert max(test.outputs["probabilities"]) == test.outputs["probabilities"][0] > 0.6
    array = np.array(flower * 30, np.float32)
    test = described(iris(), sample={"features": array}).self_test
    assert test.inputs["features"].tensor("float32").tolist() == array.tolist()


def test_sample_may_have_strings_and_nan():
    strings = {"x": (TensorProto.STRING, ["N"]), "k": (FLOAT, [2])}
    content = onnx_model(
        strings,
        {"y": (TensorProto.STRING, ["N"]), "z": (FLOAT, [2])},
        helper.make_node("Identity", ["x"], ["y"]),
        helper.make_node("IsNaN", ["k"], ["is_nan"]),
        helper.make_node("Cast", ["is_nan"], ["z"], to=FLOAT),
    )
    manifest = described(content, sample={"x": ["a", "é"], "k": [float("nan"), 1]})
    assert manifest.self_test.inputs["x"] == Sample((2,), ("a", "é"))
    assert manifest.self_test.outputs == {"y": ("a", "é"), "z": (1.0, 0.0)}
    assert described(content).no_self_test.startswith("The input 'x' has strings")


@pytest.mark.parametrize("text", ["1", "0.5", "-1e-3", "nan", "a" * 201])
def test_strings_that_are_long_or_numbers_are_not_compared(text):
    content = identity(TensorProto.STRING, ["N"])
    manifest = described(content, sample={"x": ["a", text]})
    assert manifest.self_test is None
    assert manifest.no_self_test.endswith("('y': strings).")


def test_labels_of_a_classifier_are_compared():
    graph = helper.make_graph(
        [
            helper.make_node(
                "LabelEncoder",
                ["x"],
                ["label"],
                domain="ai.onnx.ml",
                keys_int64s=[0, 1],
                values_strings=["setosa", "virginica"],
            )
        ],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.INT64, ["N"])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, ["N"])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    manifest = described(model.SerializeToString())
    assert manifest.self_test.outputs["label"][0] in ("setosa", "virginica")
    assert Manifest.parse(manifest.to_json()) == manifest


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ({}, r"inputs 'x'; given: none"),
        ({"x": [[1.0]]}, r"'x' should be float32 \(N\); given: float32 \(1, 1\)"),
        ({"x": np.zeros(2)}, "float64"),
        ({"x": np.arange(300_000, dtype=np.float32)}, "sample is too large"),
    ],
)
def test_sample_that_does_not_match_or_is_too_large_is_refused(sample, message):
    with pytest.raises(InputError, match=message):
        described(pairs(), sample=sample)


def test_sample_and_dimensions_exclude_each_other():
    with pytest.raises(InputError, match="either a sample or dimensions"):
        described(pairs(), sample={"x": [1.0, 2.0]}, dimensions={"N": 2})


def test_sample_on_which_the_model_fails_is_an_error():
    with pytest.raises(SessionError, match="can't run"):
        described(pairs(), sample={"x": [1.0]})


def test_model_that_needs_a_larger_size_is_tested_with_it():
    assert described(pairs()).self_test.inputs["x"].shape == (2,)
    width = onnx_model(
        {"x": (FLOAT, [None, 3, "h", "w"])},
        {"y": (FLOAT, None)},
        helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[20, 20]),
    )
    assert described(width).self_test.inputs["x"].shape == (1, 3, 32, 32)


def test_model_that_needs_two_dimensions_is_tested_with_them():
    content = onnx_model(
        {"x": (FLOAT, None)}, {"y": (FLOAT, None)}, helper.make_node("Det", ["x"], ["y"])
    )
    assert described(content).self_test.inputs["x"].shape == (1, 1)


def test_size_that_is_not_guessed_can_be_given():
    assert described(sevens(), dimensions={"N": 7}).self_test.inputs["x"].shape == (7,)
    reason = described(sevens()).no_self_test
    assert reason.startswith(
        "The model does not run on random inputs: onnxruntime can't run the model"
    )
    assert "Reshape" in reason
    assert "\n" not in reason


def test_tolerance_suits_the_operators_or_is_given():
    assert described(iris()).self_test.tolerance == 1e-3
    assert described(identity(TensorProto.FLOAT16)).self_test.tolerance == 1e-2
    assert described(integer_product()).self_test.tolerance == 1e-1
    assert described(integer_product(), tolerance=0.02).self_test.tolerance == 0.02
    for wrong in (-1.0, float("nan")):
        with pytest.raises(ManifestError):
            described(iris(), tolerance=wrong)


@pytest.mark.parametrize("seed", [None, 0.0, 7.0])
def test_random_model_has_no_self_test(seed):
    manifest = described(noise(seed))
    assert manifest.self_test is None
    assert manifest.no_self_test.startswith("The outputs are random")


def test_dropout_with_a_seed_is_random_unless_it_drops_nothing():
    assert described(dropout(0.5)).no_self_test.startswith("The outputs are random")
    test = described(dropout(0.0)).self_test
    assert test.outputs["y"][:2] == test.inputs["x"].values[:2]


def test_one_random_boolean_is_noticed_and_other_outputs_are_compared():
    content = onnx_model(
        {},
        {"y": (TensorProto.BOOL, [1]), "two": (FLOAT, [])},
        helper.make_node("RandomUniform", [], ["random"], shape=[1], seed=1.0),
        helper.make_node("Greater", ["random", "half"], ["y"]),
        helper.make_node("Add", ["half", "half"], ["two"]),
        weights=[helper.make_tensor("half", FLOAT, [], [0.5])],
    )
    assert described(content).self_test.outputs == {"two": (1.0,)}


def test_reason_names_outputs_that_can_not_be_compared():
    content = onnx_model(
        {"x": (FLOAT, [2])},
        {"y": (FLOAT, [2]), "text": (TensorProto.STRING, [2]), "none": (FLOAT, [0])},
        helper.make_node("Log", ["minus"], ["y"]),
        helper.make_node("Cast", ["x"], ["text"], to=TensorProto.STRING),
        helper.make_node("Slice", ["x", "zero", "zero"], ["none"]),
        weights=[
            helper.make_tensor("minus", FLOAT, [2], [-1, -1]),
            helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
        ],
    )
    assert described(content).no_self_test == (
        "No output can be compared: that needs finite numbers, or short strings that are not "
        "numbers ('y': NaN or infinity; 'text': strings; 'none': no values)."
    )


def test_a_model_whose_input_is_too_large_has_no_self_test():
    content = identity(TensorProto.UINT8, [2**24 + 1])
    assert described(content).no_self_test == "The inputs have more than 16777216 values."


def test_self_test_can_be_left_out():
    manifest = described(iris(), self_test=False)
    assert manifest.no_self_test == "The publisher has left it out."


def test_dropout_whose_ratio_is_an_input_has_a_self_test_only_with_a_sample():
    """The graph of ONNX's own test test_training_dropout_zero_ratio, which pages can run."""
    spec = (FLOAT, [3, 4, 5])
    content = onnx_model(
        {"x": spec, "r": (FLOAT, []), "t": (TensorProto.BOOL, [])},
        {"y": spec},
        helper.make_node("Dropout", ["x", "r", "t"], ["y"], seed=0),
    )
    assert described(content).no_self_test.startswith("The outputs are random")
    given = {"x": np.ones((3, 4, 5), np.float32), "r": 0.0, "t": True}
    assert described(content, sample=given).self_test.outputs["y"] == (1.0,) * EXPECTED_VALUES


def test_wrong_model_fails_the_recorded_self_test():
    manifest = described(iris(), sample={"features": [[5.0, 3.5, 4.5, 1.5]]})
    other = Model(manifest, NativeSession(iris(bias=3.0)))
    with pytest.raises(SelfTestFailed, match=r"'probabilities': . of 3 differ"):
        asyncio.run(other.self_test())
