"""Read the operators of a model, and change the seeds of random ones."""

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.helper import make_node, make_tensor_value_info

from offline_onnx.describe.operators import is_quantised, operators, with_other_seeds
from tests.support.small_models import counter, dropout, integer_product, iris, noise, onnx_model

SPEC = (TensorProto.FLOAT, [4])


def run(content):
    """Return the first output of a model for an input of ones."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(content, options)
    feed = {each.name: np.ones(each.shape, np.float32) for each in session.get_inputs()}
    return session.run(None, feed)[0]


def in_function(node):
    """Wrap `node` in a model function; return a model whose only node calls that function.

    The output of `node` must be named "y".
    """
    function = helper.make_function(
        "tests", "Noisy", [], ["y"], [node], [helper.make_opsetid("", 17)]
    )
    graph = helper.make_graph(
        [make_node("Noisy", [], ["y"], domain="tests")],
        "g",
        [],
        [make_tensor_value_info("y", *SPEC)],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("tests", 1)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets, functions=[function])
    return model.SerializeToString()


def in_branch(node):
    """Return a model with an If. Each of its branches is this node, whose output is "random"."""
    branch = helper.make_graph([node], "branch", [], [make_tensor_value_info("random", *SPEC)])
    return onnx_model(
        {},
        {"y": SPEC},
        make_node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch),
        weights=[helper.make_tensor("condition", TensorProto.BOOL, [], [True])],
    )


UNIFORM = make_node("RandomUniform", [], ["y"], shape=[4], seed=12345.0)
NORMAL = make_node("RandomNormal", [], ["random"], shape=[4], seed=3.0)


def test_operators_of_subgraphs_and_functions_are_found():
    assert operators(iris()) == {"Gemm", "Softmax"}
    assert operators(counter()) == {"Loop", "Identity", "Add"}
    assert operators(in_branch(NORMAL)) == {"If", "RandomNormal"}
    assert operators(in_function(UNIFORM)) == {"Noisy", "RandomUniform"}


@pytest.mark.parametrize(
    "content",
    [noise(0.0), noise(12345.0), dropout(0.5), dropout(0.5, 1), dropout(0.5, 1 << 40),
     in_branch(NORMAL), in_function(UNIFORM)],
    ids=["0.0", "12345.0", "0", "1", "long", "branch", "function"],
)  # fmt: skip
def test_fixed_seed_is_replaced(content):
    changed = with_other_seeds(content)
    onnx.checker.check_model(onnx.load_from_string(changed))
    assert len(changed) == len(content)
    assert np.array_equal(run(content), run(content))
    assert not np.array_equal(run(content), run(changed))


def test_other_attributes_and_operators_are_not_changed():
    for content in (iris(), noise(), integer_product()):
        assert with_other_seeds(content) == content
    spec = (TensorProto.INT32, [3])
    node = make_node("MurmurHash3", ["x"], ["y"], domain="com.microsoft", seed=1)
    content = onnx_model({"x": spec}, {"y": (TensorProto.UINT32, [3])}, node)
    assert with_other_seeds(content) == content


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        *((name, True) for name in ("QLinearConv", "ConvInteger", "MatMulIntegerToFloat", "QGemm",
            "DequantizeLinear", "DynamicQuantizeLSTM", "MatMulNBits", "GatherBlockQuantized")),
        *((name, False) for name in ("Conv", "QuickGelu", "Cast", "MatMul", "Quit")),
    ],
)  # fmt: skip
def test_quantised_operators_are_known(operator, expected):
    assert is_quantised({"Conv", operator}) == expected


@given(st.binary(max_size=200) | st.integers(0, 200).map(lambda size: counter()[:size]))
def test_malformed_files_raise_no_errors_and_keep_their_length(content):
    assert isinstance(operators(content), set)
    assert len(with_other_seeds(content)) == len(content)
