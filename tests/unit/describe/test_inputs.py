"""The inputs of a self-test: samples in a manifest, and random tensors of several shapes."""

import asyncio
import json
import math
from base64 import b64encode
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx import InputError, Tensor
from offline_onnx.describe.inputs import MAX_RANDOM_VALUES, random_inputs, sample_of
from offline_onnx.errors import ManifestError
from offline_onnx.inference.json_fields import Fields
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import DTYPES, RANGES, STRING, TensorSpec, from_bytes, zeros


@st.composite
def tensors(draw):
    """Return a tensor with any dtype, shape and values."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = tuple(draw(st.lists(st.integers(0, 9), max_size=3)))
    count = math.prod(shape)
    if dtype == STRING:
        return Tensor(draw(st.lists(st.text(), min_size=count, max_size=count)), shape, dtype)
    if dtype in RANGES or dtype == "bool":
        low, high = RANGES.get(dtype, (0, 1))
        items = draw(st.lists(st.integers(low, high), min_size=count, max_size=count))
        return Tensor(type(zeros(1, dtype))(zeros(1, dtype).typecode, items), shape, dtype)
    size = count * memoryview(zeros(1, dtype)).itemsize
    return Tensor(from_bytes(draw(st.binary(min_size=size, max_size=size)), dtype), shape, dtype)


@given(tensors())
def test_a_sample_in_a_manifest_has_the_tensor_that_it_was_made_from(tensor):
    sample = sample_of(tensor)
    raw = {"inputs": {"x": {"shape": list(sample.shape), "values": sample.values}},
           "outputs": {"y": [0]}, "tolerance": 0}  # fmt: skip
    text = json.dumps(raw, allow_nan=False)
    parsed = SelfTest.parse(Fields.of_json(text, "the test"), {"x"}, {"y"})
    again = parsed.inputs["x"].tensor(tensor.dtype)
    assert (again.shape, again.dtype) == (tensor.shape, tensor.dtype)
    if tensor.dtype == STRING:
        assert again.values == tensor.values
    else:
        assert np.array_equal(again.numpy(), tensor.numpy(), equal_nan=True)


def test_many_values_are_written_in_base64_and_equal_ones_once():
    few = Tensor(from_bytes(np.arange(64, dtype=np.float32).tobytes(), "float32"), (64,))
    many = Tensor(from_bytes(np.arange(65, dtype=np.int64).tobytes(), "int64"), (65,))
    assert sample_of(few).values == tuple(range(64))
    assert len(sample_of(many).values) == 4 * math.ceil(65 * 8 / 3)
    assert sample_of(Tensor(zeros(1000, "uint8"), (10, 100))) == Sample((10, 100), (0,))
    assert sample_of(Tensor(zeros(0, "float16"), (0,), "float16")) == Sample((0,), (0,))
    assert isinstance(sample_of(Tensor(from_bytes(b"\0\0\xc0\x7f", "float32"), ())).values, str)


@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        ("AAAA", "float32", "3 bytes"),
        ("", "float32", "0 bytes"),
        ("AAA", "uint8", "padding"),
        ("not base64!", "uint8", "base64|data"),
        ("é", "uint8", "ASCII"),
        ("fw==", "int4", "-8 to 7"),
        ("AAAAAAAAAAA=", "float16", "8 bytes are neither one value"),
        ("AAAA", "string", "bytes"),
        (("a",), "float32", "strings"),
        ((1, 2), "string", "not a string"),
    ],
)
def test_values_that_the_dtype_can_not_hold_are_refused(values, dtype, message):
    with pytest.raises(ManifestError, match=message):
        Sample((1,), values).tensor(dtype)


@given(
    st.text() | st.binary().map(lambda content: b64encode(content).decode()),
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
)
def test_any_text_as_values_is_a_tensor_or_refused(values, dtype, shape):
    try:
        tensor = Sample(shape, values).tensor(dtype)
    except ManifestError:
        return
    assert (tensor.shape, tensor.dtype) == (shape, dtype)


def shapes(specs, dimensions=None, count=8):
    """Return the shapes of the first inputs that are tried."""
    feeds = islice(random_inputs(specs, dimensions or {}), count)
    return [tuple(sample.shape for sample in feed.values()) for feed in feeds]


def test_each_size_is_tried_for_all_variable_dimensions_then_with_the_first_being_1():
    image = TensorSpec("x", "float32", ("N", "h", 3))
    assert shapes([image]) == [
        ((1, 1, 3),), ((2, 2, 3),), ((1, 2, 3),), ((3, 3, 3),), ((1, 3, 3),), ((4, 4, 3),),
        ((1, 4, 3),), ((5, 5, 3),),
    ]  # fmt: skip
    assert shapes([image], count=99)[-1] == ((1, 512, 3),)


def test_dimensions_of_one_name_have_one_size_and_fixed_ones_are_kept():
    specs = [TensorSpec("a", "int64", ("N", 4)), TensorSpec("b", "int64", ("M", "N"))]
    for first, second in shapes(specs, count=99):
        assert first == (second[1], 4)
    assert shapes([TensorSpec("a", "int64", (2, 0))], count=99) == [((2, 0),)]
    assert shapes([], count=99) == [()]


def test_given_dimensions_are_used():
    specs = [TensorSpec("a", "int64", ("N", "M")), TensorSpec("b", "int64", ("?", "N"))]
    assert shapes(specs, {"N": 7, "?": 0})[:2] == [((7, 1), (0, 7)), ((7, 2), (0, 7))]


@pytest.mark.parametrize(
    ("dimensions", "message"),
    [({"K": 1}, "variable dimension 'K'; the model has 'N'"), ({"N": -1}, "the size -1")],
)
def test_unknown_dimensions_and_negative_sizes_are_refused(dimensions, message):
    with pytest.raises(InputError, match=message):
        next(random_inputs([TensorSpec("a", "int64", ("N", 2))], dimensions))


def test_0_to_4_dimensions_are_tried_if_their_number_is_unknown():
    free = shapes([TensorSpec("x", "float32", None)], count=99)
    assert free[:5] == [((),), ((1,),), ((1, 1),), ((1, 1, 1),), ((1, 1, 1, 1),)]
    assert ((1, 3, 3, 3),) in free
    assert len(free) == len(set(free))


def test_only_the_first_attempt_may_exceed_the_maximum_number_of_values():
    fixed = TensorSpec("x", "float32", (MAX_RANDOM_VALUES + 1,))
    assert shapes([fixed]) == [((MAX_RANDOM_VALUES + 1,),)]
    volume = shapes([TensorSpec("x", "float32", ("N", "a", "b", "c"))], count=99)
    assert max(math.prod(shape) for (shape,) in volume) <= MAX_RANDOM_VALUES
    assert ((1, 128, 128, 128),) in volume


def test_random_values_are_the_same_each_time_and_suit_the_dtype():
    for dtype in ("float16", "float64", "bool", "int4", "uint64"):
        spec = TensorSpec("x", dtype, (100,))
        (sample,) = next(random_inputs([spec], {})).values()
        assert sample == next(random_inputs([spec], {}))["x"]
        values = sample.tensor(dtype).tolist()
        assert all(0 <= value <= 1 for value in values)
        assert len(set(values)) > (2 if dtype.startswith("float") else 1)


def test_a_sample_reaches_the_model_unchanged():
    class Echo:
        async def run(self, inputs, outputs=None):
            return {"y": inputs["x"]}

    x = Tensor(from_bytes(np.linspace(0, 1, 100).tobytes(), "float64"), (100,))
    test = SelfTest({"x": sample_of(x)}, {"y": tuple(x.values)}, 0.0)
    asyncio.run(test.check(Echo(), [TensorSpec("x", "float64", ("N",))]))
