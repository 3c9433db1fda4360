"""Run models: check inputs, convert tensors, run self-tests."""

import asyncio
from array import array

import numpy as np
import pytest

from offline_onnx import InputError, Model, Tensor
from offline_onnx.errors import ManifestError, SelfTestFailed
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import TensorSpec
from tests.unit.fakes import manifest_of

X = TensorSpec("x", "float32", ("N", 2))
K = TensorSpec("k", "int64", ("N",))
Y = TensorSpec("y", "float32", ("N", 2))


class Echo:
    """A Session whose outputs are its input x; `fed` holds the inputs of the latest run."""

    def __init__(self):
        self.fed = None
        self.released = False

    async def release(self):
        self.released = True

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
        (
            {"x": [1, 2], "k": [1]},
            r"float32 \(N, 2\); given: float32 \(2\)\. Write it as \[\[1\.0, \.\.\.\]\]\.",
        ),
        (
            {"x": [[1, 2]], "k": [[1]]},
            r"'k' should be int64 \(N\); given: int64 \(1, 1\)\. Write it as \[1, \.\.\.\]\.",
        ),
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


def test_dimensions_of_the_same_name_may_differ_in_size():
    _, fed = run({"x": [[1, 2]], "k": [1, 2]})  # both have the dimension N
    assert (fed["x"].shape, fed["k"].shape) == ((1, 2), (2,))


@pytest.mark.parametrize("spec", ["float32", "seq(tensor(float))", "bfloat16"])
def test_run_returns_all_tensors_by_default(spec):
    other = TensorSpec("other", spec, None)
    ready = model(outputs=(Y, other))
    answers = asyncio.run(ready.run({"x": [[1, 2]], "k": [1]}))
    assert set(answers) == ({"y", "other"} if other.is_tensor else {"y"})


def test_output_that_is_not_a_tensor_is_refused_before_the_run():
    ready = model(outputs=(Y, TensorSpec("maps", "seq(map(int64,tensor(float)))", None)))
    with pytest.raises(InputError, match=r"'maps' has the type seq\(map"):
        asyncio.run(ready.run({"x": [[1, 2]], "k": [1]}, ["maps"]))
    assert ready.session.fed is None


def test_model_without_inputs_runs():
    class Constant(Echo):
        async def run(self, inputs, outputs=None):
            return {"y": Tensor(array("f", [1.0]), ())}

    ready = Model(manifest_of(b"m", inputs=(), outputs=(Y,), labels=()), Constant())
    assert asyncio.run(ready.run({}))["y"].tolist() == 1


def self_test(expected, tolerance=0.01):
    samples = {"x": Sample((2, 2), (1.0, 2.0, 3.0)), "k": Sample((2,), (7,))}
    return SelfTest(samples, {"y": expected}, tolerance)


@pytest.mark.parametrize("expected", [(1.0, 2.0, 3.0, 1.0), (1.001, 2.02), (1.0,)])
def test_self_test_compares_as_many_values_as_it_expects(expected):
    asyncio.run(model(self_test=self_test(expected)).self_test())


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (
            (1.0, 2.5, 3.0, -1.25),
            "'y': 2 of 4 differ by more than the tolerance, 0.01 * (1 + |expected value|), the "
            "largest difference is 2.25. The first of them, expected and given: 2.5 and 2 at "
            "position 1; -1.25 and 1 at position 3. ",
        ),
        ((0.0,), "'y': 1 of 1 differ by"),
        ((1.0, 2e9), "2e+09 and 2 at position 1. "),
        ((1.0, 2.0, 3.0, 1.0, 0.0), "expects 5 or more values for 'y'; the model returns 4."),
    ],
)
def test_error_of_a_failed_self_test_has_the_values_that_differ(expected, message):
    with pytest.raises(SelfTestFailed) as caught:
        asyncio.run(model(self_test=self_test(expected)).self_test())
    assert message in str(caught.value)


def test_error_of_a_failed_self_test_shows_the_first_five_wrong_values():
    class Zeros(Echo):
        async def run(self, inputs, outputs=None):
            return {"y": Tensor(array("f", [0.0] * 9), (9,))}

    with pytest.raises(SelfTestFailed) as caught:
        asyncio.run(self_test((0.0, *range(1, 9))).check(Zeros(), (X, K)))
    assert "8 of 9" in caught.value.what
    assert caught.value.what.endswith("4 and 0 at position 4; 5 and 0 at position 5.")


def test_self_test_fails_if_an_output_is_nan():
    class Broken(Echo):
        async def run(self, inputs, outputs=None):
            return {"y": Tensor(array("f", [float("nan"), 5]), (2,))}

    test = self_test((1.0, 1.0), tolerance=1e9)
    with pytest.raises(SelfTestFailed, match=r"difference is nan.*: 1 and nan at position 0\."):
        asyncio.run(test.check(Broken(), (X, K)))


class Words(Echo):
    """A session whose output has strings."""

    async def run(self, inputs, outputs=None):
        return {"y": Tensor(["one", "two"], (2,))}


@pytest.mark.parametrize(
    ("session", "expected", "message"),
    [
        (Words, (1.0,), r"expects numbers for 'y', not strings\."),
        (Echo, ("one",), r"expects strings for 'y', not numbers\."),
        (Words, ("one", "six"), r"1 of 2 differ\. The .*: 'six' and 'two' at position 1\."),
        (Words, ("one", "two", "six"), "expects 3 or more values"),
    ],
)
def test_self_test_fails_if_an_output_has_other_strings_or_other_types(session, expected, message):
    with pytest.raises(SelfTestFailed, match=message):
        asyncio.run(self_test(expected).check(session(), (X, K)))


def test_self_test_compares_strings():
    asyncio.run(self_test(("one",)).check(Words(), (X, K)))


@pytest.mark.parametrize(
    ("sample", "dtype", "values"),
    [
        (Sample((2, 2), (1, 0, 1)), "int64", [[1, 0], [1, 1]]),
        (Sample((3,), (0.5, 1.0)), "float16", [0.5, 1, 0.5]),
        (Sample((3,), (7, -8)), "int4", [7, -8, 7]),
        (Sample((2,), (7.0, 2**53 + 1)), "int64", [7, 2**53 + 1]),
        (Sample((), (1, 0)), "bool", True),
        (Sample((2, 0), (1,)), "float32", [[], []]),
    ],
)
def test_values_of_a_sample_are_repeated(sample, dtype, values):
    assert sample.tensor(dtype).tolist() == values


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(300, "uint8"), (1e6, "float16"), (8, "int4"), (1, "string"), (1.5, "int64"), (0.5, "bool")],
)
def test_value_that_does_not_fit_the_dtype_is_refused(value, dtype):
    with pytest.raises(ManifestError, match=dtype):
        Sample((1,), (value,)).tensor(dtype)


def test_model_without_a_self_test_passes():
    asyncio.run(model().self_test())


def test_warm_up_runs_on_zeros_whose_variable_dimensions_have_size_1():
    ready = model()
    asyncio.run(ready.warm_up())
    assert ready.session.fed["x"] == Tensor(array("f", [0, 0]), (1, 2))
    assert ready.session.fed["k"] == Tensor(array("q", [0]), (1,))


def test_warm_up_runs_on_the_inputs_of_the_self_test():
    samples = {"x": Sample((1, 2), (0.5, 1)), "k": Sample((3,), (7,))}
    ready = model(self_test=SelfTest(samples, {"y": (0.5,)}, 0.1))
    asyncio.run(ready.warm_up())
    assert ready.session.fed["x"] == Tensor(array("f", [0.5, 1]), (1, 2))
    assert ready.session.fed["k"] == Tensor(array("q", [7, 7, 7]), (3,))


def test_the_end_of_an_async_with_block_releases_the_model():
    ready = model()

    async def fail_inside():
        async with ready as same:
            assert same is ready
            assert not ready.session.released
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        asyncio.run(fail_inside())
    assert ready.session.released


@pytest.mark.parametrize(
    ("spec", "values", "shape"),
    [
        (TensorSpec("t", "string", ("N", 2)), ["", ""], (1, 2)),
        (TensorSpec("t", "float16", None), [0.0], ()),
        (TensorSpec("t", "bool", (0, "?")), [], (0, 1)),
        (TensorSpec("t", "uint4", (2,)), [0, 0], (2,)),
    ],
)
def test_a_blank_tensor_has_zeros_or_empty_strings(spec, values, shape):
    blank = spec.blank()
    assert (blank.dtype, list(blank.values), blank.shape) == (spec.dtype, values, shape)
