"""Run models: check inputs, convert tensors, run self-tests."""

import asyncio
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx import InputError, Model, Sample, SelfTest, SelfTestFailed, Tensor, TensorSpec
from offline_onnx.inference.session import TYPECODES, tensor_of
from tests.unit.fakes import manifest_of

X = TensorSpec("x", "float32", ("N", 2))
K = TensorSpec("k", "int64", ("N",))
Y = TensorSpec("y", "float32", ("N", 2))


class Echo:
    """A Session whose outputs are its input x; `fed` holds the inputs of the latest run."""

    def __init__(self):
        self.fed = None

    async def run(self, inputs, outputs=None):
        self.fed = inputs
        return dict.fromkeys(outputs or ("y", "z"), inputs["x"])


def model(**fields):
    """Return a Model with the inputs X and K that runs an Echo; `fields` change its manifest."""
    fields = {"inputs": (X, K), "outputs": (Y, TensorSpec("z", "float32", ("N", 2))), **fields}
    return Model(manifest_of(b"m", **{"labels": ("a", "b"), **fields}), Echo())


def run(feed, *arguments):
    """Run a model; return its outputs and the inputs that reached its session."""
    ready = model()
    return asyncio.run(ready.run(feed, *arguments)), ready.session.fed


def test_run_accepts_lists_tuples_and_numpy_arrays():
    for x in ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]], np.float32), [(1, 2), (3, 4)]):
        answers, fed = run({"x": x, "k": [5, 6]})
        assert fed["x"] == Tensor(array("f", [1, 2, 3, 4]), (2, 2))
        assert fed["k"] == Tensor(array("q", [5, 6]), (2,))
        assert answers["y"].tolist() == [[1, 2], [3, 4]]


def test_run_returns_all_outputs_or_the_named_ones():
    feed = {"x": [[1, 2]], "k": [1]}
    assert set(run(feed)[0]) == {"y", "z"}
    assert set(run(feed, ["z"])[0]) == {"z"}
    with pytest.raises(InputError, match=r"'w'.*'y', 'z'"):
        run(feed, ["w"])


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        ({"x": [[1, 2]]}, r"The model has the inputs 'k', 'x'; given: 'x'"),
        (
            {"x": [[1, 2, 3]], "k": [1]},
            r"'x' should be float32 \(N, 2\).*given: float32 \(1, 3\)",
        ),
        ({"x": [1, 2], "k": [1]}, r"'x' should be float32 \(N, 2\); given: float32 \(2\)"),
        ({"x": [[1, 2]], "k": [1, 2]}, r"'k' should be int64 \(N\), N = 1; given: int64 \(2\)"),
        ({"x": np.zeros((1, 2)), "k": [1]}, r"given: float64 \(1, 2\)"),
        ({"x": [[1, "two"]], "k": [1]}, "can't be converted to float32"),
        ({"x": [[1, 2], [3]], "k": [1, 2]}, "different lengths"),
        ({"x": [[1, 2]], "k": [1.5]}, "can't be converted to int64"),
        ({"x": [[1, 2]], "k": [2**70]}, "can't be converted to int64"),
        ({"x": np.zeros((1, 2), np.complex64), "k": [1]}, "format"),
        ({"x": "text", "k": [1]}, "can't be converted to float32"),
    ],
)
def test_wrong_input_is_refused_before_the_run(feed, message):
    ready = model()
    with pytest.raises(InputError, match=message):
        asyncio.run(ready.run(feed))
    assert ready.session.fed is None


def test_model_has_the_inputs_outputs_labels_and_metadata_of_its_manifest():
    ready = model(metadata={"by": "us"})
    assert [spec.name for spec in ready.get_inputs()] == ["x", "k"]
    assert [spec.name for spec in ready.get_outputs()] == ["y", "z"]
    assert (ready.labels, ready.metadata) == (("a", "b"), {"by": "us"})


SHAPES = st.lists(st.integers(0, 3), max_size=3)


@given(st.sampled_from(sorted(TYPECODES)), SHAPES)
def test_numpy_array_round_trips_through_a_tensor(dtype, shape):
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    tensor = tensor_of(values, "float32")
    assert (tensor.dtype, tensor.shape) == (dtype, tuple(shape))
    assert np.array_equal(np.array(tensor.tolist(), dtype).reshape(shape), values)


@given(SHAPES.filter(lambda shape: 0 not in shape))
def test_nested_list_round_trips_through_a_tensor(shape):
    nested = np.arange(np.prod(shape, dtype=int)).reshape(shape).tolist()
    tensor = tensor_of(nested, "int32")
    assert (tensor.shape, tensor.tolist()) == (tuple(shape), nested)


def test_a_view_with_gaps_is_read_in_order():
    values = np.arange(12, dtype=np.int16).reshape(3, 4).T[::2]
    assert tensor_of(values, "int16").tolist() == values.tolist()


def test_a_tensor_has_a_known_dtype_and_fills_its_shape():
    with pytest.raises(ValueError, match="array"):
        Tensor(array("l", [1]), (1,))
    with pytest.raises(ValueError, match="array"):
        Tensor(array("f", [1.0]), (1,), "int32")
    with pytest.raises(ValueError, match="fill"):
        Tensor(array("f", [1.0]), (2, 1))


def self_test(expected, tolerance=0.01):
    samples = {"x": Sample((2, 2), (1.0, 2.0, 3.0)), "k": Sample((2,), (7,))}
    return SelfTest(samples, {"y": expected}, tolerance)


@pytest.mark.parametrize("expected", [(1.0, 2.0, 3.0, 1.0), (1.001, 2.02), (1.0,)])
def test_self_test_compares_the_first_values(expected):
    asyncio.run(model(self_test=self_test(expected)).self_test())


@pytest.mark.parametrize("expected", [(1.0, 2.5), (1.0, 2.0, 3.0, 1.0, 0.0), (1.0, 2e9)])
def test_error_of_a_failed_self_test_has_the_expected_values(expected):
    with pytest.raises(SelfTestFailed, match="expects"):
        asyncio.run(model(self_test=self_test(expected)).self_test())


def test_self_test_fails_if_an_output_is_nan():
    class Broken(Echo):
        async def run(self, inputs, outputs=None):
            return {"y": Tensor(array("f", [float("nan")]), (1,))}

    test = self_test((1.0,), tolerance=1e9)
    with pytest.raises(SelfTestFailed, match="nan"):
        asyncio.run(test.check(Broken(), (X, K)))


def test_model_without_a_self_test_passes():
    asyncio.run(model().self_test())
