"""Tensors: conversion from lists, buffers, NumPy and JavaScript, and back."""

import builtins
import sys
from array import array
from types import SimpleNamespace

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from offline_onnx import InputError, Tensor
from offline_onnx.inference.tensor import DTYPES, FORMATS, RANGES, TensorSpec, tensor_of, values_of

NUMPY_DTYPES = sorted(set(FORMATS) - set(RANGES))
"""The dtypes of tensors that NumPy has, too, except strings."""
SHAPES = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


def spec_of(dtype, shape=None):
    return TensorSpec("x", dtype, shape)


@st.composite
def arrays(draw, dtypes=NUMPY_DTYPES, shapes=SHAPES):
    """Draw NumPy arrays, also ones that are not contiguous or not in the native byte order."""
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    if draw(st.booleans()):
        dtype = dtype.newbyteorder(">")
    values = draw(npst.arrays(dtype, draw(shapes)))
    return values.T if draw(st.booleans()) else values


@given(arrays())
def test_numpy_array_round_trips_through_a_tensor(values):
    tensor = tensor_of(values, spec_of("float32"))
    assert (tensor.dtype, tensor.shape) == (values.dtype.name, values.shape)
    again = np.asarray(tensor)
    assert (again.dtype, again.shape) == (values.dtype.newbyteorder("="), values.shape)
    np.testing.assert_array_equal(again, values)
    np.testing.assert_array_equal(tensor.numpy(), values)


@given(arrays(shapes=npst.array_shapes(min_dims=0, max_dims=3, max_side=3)))
def test_numpy_array_and_memoryview_of_a_tensor_share_its_values(values):
    tensor = tensor_of(values, spec_of("float32"))
    view = memoryview(tensor)
    assert (view.shape, view.nbytes) == (values.shape, values.nbytes)
    stored = np.frombuffer(tensor.values, np.uint8)
    assert np.shares_memory(np.asarray(tensor), stored)
    assert np.shares_memory(np.asarray(view), stored)
    assert not np.shares_memory(np.array(tensor), stored)


@given(arrays())
def test_tolist_is_that_of_numpy(values):
    found = tensor_of(values, spec_of("float32")).tolist()
    assert repr(found) == repr(values.tolist())  # nan is not equal to itself


TEXTS = npst.arrays("O", SHAPES, elements=st.text(max_size=3))


@given(TEXTS, st.sampled_from(["objects", "fixed", "list", "tensor"]))
def test_strings_round_trip_through_a_tensor(values, form):
    stored = np.array([text.rstrip("\0") for text in values.flat], object).reshape(values.shape)
    value = {
        "objects": stored,
        "fixed": stored.astype("U"),
        "list": stored.tolist(),
        "tensor": Tensor(list(stored.flat), stored.shape),
    }[form]
    tensor = tensor_of(value, spec_of("string"))
    assert tensor.dtype == "string"
    assert tensor.tolist() == stored.tolist()
    if form != "list":  # lists don't have the dimensions after one of size 0
        assert tensor.shape == stored.shape
        assert np.asarray(tensor).dtype == object
        np.testing.assert_array_equal(tensor.numpy(), stored)


@given(arrays(), st.data())
def test_indexing_is_that_of_numpy(values, data):
    tensor = tensor_of(values, spec_of("float32"))
    indices = data.draw(npst.basic_indices(values.shape, allow_ellipsis=False, allow_newaxis=False))
    found, expected = tensor[indices], values[indices]
    if isinstance(found, Tensor):
        assert (found.dtype, found.shape) == (tensor.dtype, expected.shape)
        np.testing.assert_array_equal(np.asarray(found), expected)
    else:
        assert repr(found) == repr(expected.item())


def test_strings_are_indexed():
    tensor = Tensor(["a", "b", "c", "d"], (2, 2))
    assert tensor[1, 0] == "c"
    assert tensor[:, 1] == Tensor(["b", "d"], (2,))
    assert [row.tolist() for row in tensor] == [["a", "b"], ["c", "d"]]
    with pytest.raises(IndexError):
        tensor[0, 0, 0]
    with pytest.raises(IndexError):
        tensor[2]


def test_indexed_rows_are_copies():
    tensor = Tensor(array("f", [1, 2]), (2, 1))
    tensor[0].values[0] = 9
    assert tensor.tolist() == [[1], [2]]


@given(st.lists(st.integers(-8, 7)), st.booleans())
def test_four_bit_integers_take_an_item_each(numbers, signed):
    dtype, kind = ("int4", np.int8) if signed else ("uint4", np.uint8)
    numbers = numbers if signed else [number + 8 for number in numbers]
    tensor = tensor_of(numbers, spec_of(dtype))
    assert (tensor.dtype, tensor.tolist()) == (dtype, numbers)
    assert np.asarray(tensor).dtype == kind
    for value in (np.array(numbers, kind), np.array(numbers, getattr(ml_dtypes, dtype)), tensor):
        assert tensor_of(value, spec_of(dtype)) == tensor


@pytest.mark.parametrize("value", [[8], np.array([8], np.int8), np.array([-9], np.int8)])
def test_four_bit_integers_have_a_range(value):
    with pytest.raises(InputError, match="int4 ranges from -8 to 7"):
        tensor_of(value, spec_of("int4"))


@given(npst.array_shapes(min_dims=0, max_dims=3, max_side=3))
def test_nested_list_round_trips_through_a_tensor(shape):
    nested = np.arange(np.prod(shape, dtype=int)).reshape(shape).tolist()
    for dtype in ("int32", "float16", "float64"):
        tensor = tensor_of(nested, spec_of(dtype))
        assert (tensor.dtype, tensor.shape, tensor.tolist()) == (dtype, shape, nested)


def test_lists_without_values_have_a_shape():
    assert tensor_of([[], []], spec_of("float16")).shape == (2, 0)
    assert tensor_of([], spec_of("string")) == Tensor([], (0,))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [([1e6], "float16"), (["1"], "float16"), ([1], "string"), ("1", "int64"), ([None], "string")],
)
def test_values_that_the_dtype_can_not_hold_are_refused(value, dtype):
    with pytest.raises(InputError, match=f"can't be converted to {dtype}"):
        tensor_of(value, spec_of(dtype))


def test_a_view_with_gaps_is_read_in_order():
    values = np.arange(12, dtype=np.int16).reshape(3, 4).T[::2]
    assert tensor_of(values, spec_of("int16")).tolist() == values.tolist()


def test_bytes_are_read_as_uint8():
    assert tensor_of(b"\1\2", spec_of("uint8")) == Tensor(array("B", [1, 2]), (2,))


class TypedArray:
    """A JavaScript typed array as Pyodide shows it: a view of an ArrayBuffer."""

    def __init__(self, kind, values):
        self.constructor = SimpleNamespace(name=kind)
        self.byteOffset, self.byteLength, self.length = 8, values.nbytes, values.size
        self.buffer = self
        self._content = bytes(8) + values.tobytes() + bytes(8)

    def slice(self, start, stop):
        return SimpleNamespace(to_bytes=lambda: self._content[start:stop])


@given(arrays([dtype for dtype in NUMPY_DTYPES if dtype not in ("bool", "float16")]))
def test_javascript_typed_array_is_read_from_its_buffer(values):
    values = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("="))
    prefix = "Big" if values.itemsize == 8 and values.dtype.kind in "iu" else ""
    kind = {"i": "Int", "u": "Uint", "f": "Float"}[values.dtype.kind]
    js_array = TypedArray(f"{prefix}{kind}{values.itemsize * 8}Array", values)
    tensor = tensor_of(js_array, spec_of("float32", values.shape))
    assert tensor.dtype == values.dtype.name
    np.testing.assert_array_equal(np.asarray(tensor), values)


@pytest.mark.parametrize(
    ("shape", "filled"),
    [
        (("N", 2, 3), (2, 2, 3)),
        ((12,), (12,)),
        ((3, 4), (3, 4)),
        (None, (12,)),
        (("N", "M"), (12,)),
        (("N", 5), (12,)),
        (("N", 0), (12,)),
        ((), (12,)),
    ],
)
def test_javascript_typed_array_takes_the_shape_of_the_input_or_stays_flat(shape, filled):
    js_array = TypedArray("Float32Array", np.zeros(12, np.float32))
    assert tensor_of(js_array, spec_of("float32", shape)).shape == filled


def test_javascript_typed_array_becomes_bool_float16_and_uint4():
    halves = np.array([0.5, 2], np.float16)
    js_array = TypedArray("Uint16Array", halves.view(np.uint16))
    assert tensor_of(js_array, spec_of("float16")).tolist() == [0.5, 2]
    js_array = TypedArray("Uint8Array", np.array([0, 1], np.uint8))
    assert tensor_of(js_array, spec_of("bool")).tolist() == [False, True]
    assert tensor_of(js_array, spec_of("uint4")).dtype == "uint4"
    with pytest.raises(InputError, match="DataView"):
        tensor_of(TypedArray("DataView", halves), spec_of("float16"))


def test_values_that_do_not_fit_the_dtype_or_the_shape_of_a_tensor_are_refused():
    for values, dtype in (
        (array("l", [1]), ""),
        (array("f", [1.0]), "int32"),
        (array("H", [1]), "float16"),
        (memoryview(b"12"), "float16"),
        (["a"], "float32"),
        (array("f", [1.0]), "string"),
        (array("f", [1.0]), "complex64"),
        ((1.0,), "float32"),
    ):
        with pytest.raises(ValueError, match="dtype"):
            Tensor(values, (1,), dtype)
    with pytest.raises(ValueError, match="fill"):
        Tensor(array("f", [1.0]), (2, 1))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tensor_of_each_dtype_can_be_empty_or_a_scalar(dtype):
    empty = Tensor(values_of([], dtype), (0, 3), dtype)
    assert (empty.tolist(), np.asarray(empty).shape) == ([], (0, 3))
    one = "a" if dtype == "string" else 1
    scalar = Tensor(values_of([one], dtype), (), dtype)
    assert scalar.tolist() == np.asarray(scalar).item() == scalar[()] == one


def test_tensors_work_without_numpy(monkeypatch):
    def import_no_numpy(name, *arguments):
        if name == "numpy":
            raise ImportError(name)
        return original(name, *arguments)

    original = builtins.__import__
    monkeypatch.delitem(sys.modules, "numpy")
    monkeypatch.setattr(builtins, "__import__", import_no_numpy)
    tensor = tensor_of(memoryview(array("f", [1, 2])).cast("B").cast("f", (2, 1)), spec_of("x"))
    assert memoryview(tensor).tolist() == tensor.tolist() == [[1], [2]]
    assert tensor[1].tolist() == [2]
    with pytest.raises(ImportError, match="tolist"):
        tensor.numpy()
