"""`build.py backend` without a browser: collect onnx's test cases, and compare outputs."""

import json
from itertools import pairwise

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.test_case import TestCase

from offline_onnx.inference.tensor import FORMATS, RANGES
from offline_onnx.onnxruntime_api.required_versions import MAX_IR_VERSION, MAX_OPSET
from tests.support.small_models import onnx_model
from tools.backend import cases
from tools.backend.cases import Case, Run
from tools.backend.run import Results
from tools.backend.tensors import decode, difference, encode


@pytest.fixture
def without_node_tests(monkeypatch):
    """Leave out the tests of single nodes, which take long to generate."""
    monkeypatch.setattr(cases, "KINDS", cases.KINDS[1:])


@pytest.mark.usefixtures("without_node_tests")
def test_a_limited_number_of_tests_is_spread_evenly_over_all_tests():
    everything = cases.load(None)
    assert {case.kind for case in everything} == set(cases.KINDS)
    chosen = cases.load(20)
    names = [str(case) for case in everything]
    positions = [names.index(str(case)) for case in chosen]
    steps = {later - earlier for earlier, later in pairwise(positions)}
    assert steps <= {len(everything) // 20, len(everything) // 20 + 1}
    assert len(cases.load(10**6)) == len(everything)


@pytest.mark.usefixtures("without_node_tests")
def test_tests_have_runs_and_expected_outputs_that_pass_their_own_comparison():
    for case in cases.load(None):
        assert case.runs, case
        assert all(run.outputs for run in case.runs), case
        for run in case.runs:
            answer = [{name: encode_expected(value) for name, value in run.outputs.items()}]
            if all(value is not None for value in run.outputs.values()) and len(case.runs) == 1:
                assert not difference(case, json.loads(json.dumps(answer))), case


@pytest.mark.usefixtures("without_node_tests")
def test_models_declare_their_inputs_and_outputs():
    (case,) = [case for case in cases.load(None) if "insensintive_upper_twodim" in case.name]
    inputs, outputs = case.specs()
    assert [str(spec) for spec in (*inputs, *outputs)] == ["string (any shape)"] * 2
    assert [spec.name for spec in (*inputs, *outputs)] == [
        *case.runs[0].inputs,
        *case.runs[0].outputs,
    ]


def encode_expected(value):
    return value if value is None else encode(value)


@given(
    npst.arrays(
        st.sampled_from(sorted(set(FORMATS) - set(RANGES))),
        npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    )
)
def test_tensor_round_trips_through_json(values):
    again = decode(json.loads(json.dumps(encode(values))))
    assert (again.dtype, again.shape) == (values.dtype, values.shape)
    np.testing.assert_array_equal(again, values)


def test_strings_round_trip_and_values_that_are_no_arrays_are_refused():
    assert decode(encode(np.array([["a"], ["é"]]))).tolist() == [["a"], ["é"]]
    for value in (None, [np.zeros(1)], {"map": 1}):
        with pytest.raises(TypeError):
            encode(value)


def case_of(*outputs):
    return Case("node", "test", b"", [Run({}, {"y": output}) for output in outputs], 1e-3, 1e-7)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (np.array([1, 2], np.float32), ""),
        (np.array([1, 2.001], np.float32), ""),
        (np.array([1, 2.1], np.float32), "Not equal to tolerance"),
        (np.array([1, 2], np.float64), "float64"),
        (np.array([[1, 2]], np.float32), "incorrect shape"),
        (np.array(["1", "2"]), "dtype"),
    ],
)
def test_outputs_are_compared_as_onnx_compares_them(found, message):
    case = case_of(np.array([1, 2], np.float32))
    reason = difference(case, [{"y": encode(found)}])
    assert message in reason
    assert bool(reason) == bool(message)


def test_missing_outputs_and_differences_in_later_runs_are_reported():
    one = np.array([1], np.float32)
    assert difference(case_of(one, one), [{"y": encode(one)}, {"y": encode(2 * one)}])
    assert difference(case_of(one), [{"z": encode(one)}])
    assert not difference(case_of(np.array(["a"], object)), [{"y": encode(np.array(["a"]))}])


def test_results_have_all_counts_and_every_difference():
    results = Results()
    results.passes["onnxruntime_web"].update(node=1200, simple=1)
    results.passes["offline_onnx"].update(node=1199, simple=1)
    results.passes["isolated"].update(node=1200)
    results.differences.append({"test": "node/t", "runtime": "offline_onnx", "reason": "why"})
    assert json.loads(results.as_json()) == {
        "onnxruntime_web_passes": 1201,
        "offline_onnx_passes": 1200,
        "isolated_passes": 1200,
        "differences": [{"test": "node/t", "runtime": "offline_onnx", "reason": "why"}],
    }
    text = results.as_text().splitlines()
    assert [line.split() for line in text[1:4]] == [
        ["node", "1,200", "1,199", "1,200"],
        ["simple", "1", "1", "0"],
        ["all", "1,201", "1,200", "1,200"],
    ]
    assert text[4:] == ["1 differences", "node/t, offline_onnx: why"]


def case_with(operator, opset):
    """Return the case of a test with one operator, whose values are TensorProtos."""
    node = helper.make_node(operator, ["x"], ["y"])
    spec = (TensorProto.FLOAT, [2])
    model = onnx.load_from_string(onnx_model({"x": spec}, {"y": spec}, node, opset=opset))
    model.ir_version = MAX_IR_VERSION + 1
    x = numpy_helper.from_array(np.array([1, 2], np.float32), "x")
    return cases._case(TestCase("t", "t", None, None, model, [([x], [x])], "node", 1e-3, 1e-7))


def test_values_of_cases_are_arrays():
    (run,) = case_with("Identity", 17).runs
    assert run.inputs["x"].tolist() == run.outputs["y"].tolist() == [1, 2]
    assert encode(run.inputs["x"])["type"] == "float32"


@pytest.mark.parametrize(
    ("operator", "opset", "declared"),
    [
        ("Identity", 17, 17),
        ("Identity", MAX_OPSET + 1, MAX_OPSET),
        ("NewIdentity", MAX_OPSET + 1, MAX_OPSET + 1),
    ],
)
def test_models_declare_versions_that_the_runtime_reads_unless_an_operator_is_newer(
    monkeypatch, operator, opset, declared
):
    since = cases._since
    monkeypatch.setattr(
        cases, "_since", lambda node: 99 if node.op_type == "NewIdentity" else since(node)
    )
    model = onnx.load_from_string(case_with(operator, opset).content)
    assert model.ir_version == MAX_IR_VERSION
    assert [each.version for each in model.opset_import] == [declared]
