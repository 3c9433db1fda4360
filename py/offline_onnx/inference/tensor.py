"""Tensors, and the conversion of inputs to tensors.

NumPy is not needed, but NumPy arrays are accepted as inputs, and `numpy.asarray` accepts tensors.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from itertools import chain, product, zip_longest
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

FORMATS = {
    "float16": "e",
    "float32": "f",
    "float64": "d",
    "int4": "b",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "uint4": "B",
    "uint8": "B",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
    "bool": "?",
}
"""The format of one value in a buffer, as in the module `struct`, by dtype.

Values of 4 bits take a byte each.
"""
STRING = "string"
DTYPES = (*FORMATS, STRING)
"""The dtypes of tensors."""
RANGES = {"int4": (-8, 7), "uint4": (0, 15)}
"""The smallest and the largest value of 4-bit dtypes, whose buffers could hold larger values."""

_DTYPES = {code: dtype for dtype, code in FORMATS.items() if dtype not in RANGES}
"""The dtype of each format. int4 and uint4 are excluded: their formats are those of 8 bits."""
_FIXED_SIZE = {("l", 4): "i", ("l", 8): "q", ("L", 4): "I", ("L", 8): "Q"}
"""Formats of a fixed size for a C long, which has 4 or 8 bytes, depending on the platform."""
_WORDS = {2: "H", 4: "I", 8: "Q"}
"""Formats of unsigned integers, by their size in bytes."""
_TYPED_ARRAYS = {
    "Float32Array": "float32",
    "Float64Array": "float64",
    "Int8Array": "int8",
    "Int16Array": "int16",
    "Int32Array": "int32",
    "BigInt64Array": "int64",
    "Uint8Array": "uint8",
    "Uint8ClampedArray": "uint8",
    "Uint16Array": "uint16",
    "Uint32Array": "uint32",
    "BigUint64Array": "uint64",
}
"""The dtypes of JavaScript's typed arrays, by their class. Pyodide does not know Float16Array."""
_SAME_BYTES = {"bool": "uint8", "float16": "uint16"}
"""The dtype of the typed array that is used for a dtype without a typed array in Pyodide."""


@dataclass(frozen=True)
class Tensor:
    """Values in row-major order, and their shape.

    `numpy.asarray(tensor)` and `memoryview(tensor)` share the tensor's memory. A tensor of strings,
    or with a dimension of size 0, has no memoryview; `numpy.asarray` copies strings. `tensor[i]`,
    `tensor[i, j]` and `tensor[i:j]` index as in NumPy and return a copy.

    Attributes:
        values: an `array` of numbers; for float16 a one-dimensional `memoryview` of the format "e";
            for strings a list. Booleans are stored as 0 and 1 in an `array("B")`, 4-bit integers
            one per item in an `array("b")` or `array("B")`.
        shape: the size of each dimension.
        dtype: one of DTYPES. By default, it follows from `values`; bool, int4 and uint4 have to be
            given.

    Raises:
        ValueError: `values` has another type than `dtype` needs, or does not fill the shape.

    """

    values: Any
    shape: tuple[int, ...]
    dtype: str = ""

    def __post_init__(self) -> None:
        code = _code(self.values)
        if not self.dtype:
            object.__setattr__(self, "dtype", STRING if code == "" else _DTYPES.get(code, ""))
        if self.dtype not in DTYPES or _stored_code(self.dtype) != code:
            kind = f"of the format {code!r}" if code else "in a list"
            raise ValueError(f"values {kind} can't have the dtype {self.dtype!r}")
        if len(self.values) != math.prod(self.shape):
            raise ValueError(f"{len(self.values)} values do not fill the shape {self.shape}")

    def tolist(self) -> Any:
        """Return the values as nested lists, or the only value of a tensor without dimensions."""
        nested: list[Any] = list(self.values)
        if self.dtype == "bool":
            nested = [bool(value) for value in nested]
        for axis in range(len(self.shape) - 1, 0, -1):
            size = self.shape[axis]
            rows = math.prod(self.shape[:axis])
            nested = [nested[row * size : (row + 1) * size] for row in range(rows)]
        return nested if self.shape else nested[0]

    def numpy(self) -> NDArray[Any]:
        """Return a NumPy array that shares the values; strings become an array of objects.

        Raises:
            ImportError: NumPy is not installed.

        """
        try:
            import numpy as np
        except ImportError as error:
            raise ImportError(
                "NumPy is not installed. Install it, or use `tolist()`, `values` or "
                "`memoryview(tensor)`, which work without it."
            ) from error
        return np.asarray(self)

    def __getitem__(self, index: int | slice | tuple[int | slice, ...]) -> Any:
        """Return a value, or a Tensor with a copy of the selected values."""
        indices = index if isinstance(index, tuple) else (index,)
        if len(indices) > len(self.shape):
            raise IndexError(f"{len(indices)} indices for {len(self.shape)} dimensions")
        axes = [range(size)[each] for size, each in zip(self.shape, indices, strict=False)]
        shape = [len(axis) for axis in axes if isinstance(axis, range)]
        shape += self.shape[len(axes) :]
        width = math.prod(self.shape[len(axes) :])
        strides = [math.prod(self.shape[axis + 1 : len(axes)]) for axis in range(len(axes))]
        starts = [
            width * sum(map(int.__mul__, strides, position))
            for position in product(*((a,) if isinstance(a, int) else a for a in axes))
        ]
        if not shape:
            value = self.values[starts[0]]
            return bool(value) if self.dtype == "bool" else value
        rows = [self.values[start : start + width] for start in starts]
        if self.dtype == STRING:
            return Tensor(list(chain.from_iterable(rows)), tuple(shape))
        return Tensor(from_bytes(b"".join(rows), self.dtype), tuple(shape), self.dtype)

    def __buffer__(self, flags: int, /) -> memoryview:
        """Return a view of the values with their shape: the buffer protocol, see PEP 688."""
        if self.dtype == STRING or not len(self.values):
            raise BufferError("A tensor of strings, or without values, has no buffer.")
        content: Any = raw_bytes(self.values)  # the type of `cast` lacks the format "e"
        view: memoryview = content.cast(FORMATS[self.dtype], self.shape)
        return view

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return a NumPy array. NumPy calls this method if there is no buffer."""
        import numpy as np

        code = FORMATS.get(self.dtype, "O")
        flat = np.array(self.values, code) if code == "O" else np.frombuffer(self.values, code)
        return np.array(flat.reshape(self.shape), dtype, copy=copy)


@dataclass(frozen=True)
class TensorSpec:
    """The name, dtype and shape of an input or output.

    Attributes:
        name: the name of the input or output.
        dtype: one of DTYPES. For an input or output of another type, ONNX's name of the
            type, such as "seq(tensor(float))".
        shape: the size of each dimension. A dimension whose size may vary is a name, or "?". The
            names are hints: the runtime checks which dimensions have to be equal. None if any
            number of dimensions is possible, or if the number is unknown.

    """

    name: str
    dtype: str
    shape: tuple[int | str, ...] | None

    @property
    def is_tensor(self) -> bool:
        """Whether it is a tensor of one of DTYPES."""
        return self.dtype in DTYPES

    def __str__(self) -> str:
        if self.shape is None:
            return f"{self.dtype} (any shape)" if self.is_tensor else self.dtype
        return f"{self.dtype} ({', '.join(map(str, self.shape))})"

    def blank(self) -> Tensor:
        """Return a tensor of zeros or empty strings. Variable dimensions have the size 1."""
        shape = tuple(size if isinstance(size, int) else 1 for size in self.shape or ())
        count = math.prod(shape)
        values = [""] * count if self.dtype == STRING else zeros(count, self.dtype)
        return Tensor(values, shape, self.dtype)

    def accepts(self, tensor: Tensor) -> bool:
        """Return whether a tensor has this dtype and a possible shape."""
        if tensor.dtype != self.dtype or self.shape is None:
            return tensor.dtype == self.dtype
        return len(tensor.shape) == len(self.shape) and all(
            size == expected or isinstance(expected, str)
            for size, expected in zip(tensor.shape, self.shape, strict=True)
        )


def values_of(items: Iterable[Any], dtype: str) -> Any:
    """Convert numbers or strings to the values of a tensor; see `Tensor.values`.

    Raises:
        TypeError: an item is not a number, or not a string.
        ValueError, OverflowError: an item is out of the dtype's range.

    """
    if dtype == STRING:
        strings = list(items)
        if wrong := [each for each in strings if not isinstance(each, str)]:
            raise TypeError(f"{wrong[0]!r:.60} is not a string")
        return strings
    if dtype == "float16":
        numbers = list(items)
        halves = zeros(len(numbers), dtype)
        for index, number in enumerate(numbers):
            halves[index] = number
        return halves
    values: array[Any] = array(_stored_code(dtype), items)
    check_range(values, dtype)
    return values


def zeros(count: int, dtype: str) -> Any:
    """Return the values of a tensor of zeros. Strings are excluded."""
    if dtype == "float16":  # a memoryview without items can only be cut out of a longer one
        content: Any = memoryview(bytearray(2 * count + 2))
        return content.cast("e")[:count]
    return array(_stored_code(dtype), [0]) * count


def from_bytes(content: bytes | memoryview, dtype: str) -> Any:
    """Return the values of a tensor from their bytes. Strings are excluded."""
    if dtype == "float16":
        values: memoryview = zeros(len(content) // 2, dtype)
        if len(values):
            raw_bytes(values)[:] = content
        return values
    return array(_stored_code(dtype), bytes(content))


def itemsize(dtype: str) -> int:
    """Return the number of bytes of a value. Strings are excluded."""
    return memoryview(zeros(1, dtype)).itemsize


def raw_bytes(values: Any) -> memoryview:
    """Return a view of the bytes of values that are not strings."""
    view = memoryview(values)
    return view.cast("B") if view.nbytes else memoryview(b"")


def packed(values: Iterable[int]) -> bytes:
    """Return 4-bit integers as onnxruntime stores them: two to a byte, low half first."""
    nibbles = [value & 15 for value in values]
    return bytes(
        low | high << 4 for low, high in zip_longest(nibbles[::2], nibbles[1::2], fillvalue=0)
    )


def tensor_of(value: Any, spec: TensorSpec) -> Tensor:
    """Convert an input to a tensor.

    A Tensor or a buffer has its own dtype and shape. Numbers in lists get the dtype of the spec. A
    JavaScript typed array has no shape. It gets the shape of the spec if it has as many values and
    at most one of the dimensions may vary.

    Args:
        value: a Tensor, an object with a buffer (array, NumPy), a JavaScript typed array, or nested
            lists of numbers or strings.
        spec: the spec of the input.

    Raises:
        InputError: the type of a buffer or array is not supported, the lists don't form a tensor,
            or a value can't be converted to the dtype of the spec.

    """
    if isinstance(value, Tensor):
        return value
    if hasattr(value, "byteOffset"):
        return _of_typed_array(value, spec)
    try:
        view = memoryview(value)
    except (TypeError, ValueError):  # NumPy raises ValueError for types without a format
        return _of_items(value, spec)
    if view.format == "O" or view.format.endswith("w"):  # NumPy's arrays of strings
        return _of_items(value, spec)
    # All platforms with onnxruntime are little-endian.
    code = view.format.lstrip("<=@|>!")
    dtype = _DTYPES.get(_FIXED_SIZE.get((code, view.itemsize), code), "")
    if not dtype:
        raise InputError(f"A buffer of the format {view.format!r} is not supported as an input.")
    content = view.tobytes()
    if view.format[0] in ">!" and view.itemsize > 1:
        words = array(_WORDS[view.itemsize], content)
        words.byteswap()
        content = words.tobytes()
    return _of_bytes(content, dtype, tuple(view.shape or ()), spec)


def _of_typed_array(js_array: Any, spec: TensorSpec) -> Tensor:
    """Convert a JavaScript typed array to a tensor.

    Unsigned bytes also fit a bool input, and unsigned 16-bit integers a float16 input.
    """
    kind = str(js_array.constructor.name)
    if kind not in _TYPED_ARRAYS:
        raise InputError(f"A JavaScript {kind} is not supported as an input: use a typed array.")
    dtype, start = _TYPED_ARRAYS[kind], int(js_array.byteOffset)
    js_content = js_array.buffer.slice(start, start + int(js_array.byteLength))
    if _SAME_BYTES.get(spec.dtype) == dtype:
        dtype = spec.dtype
    shape = _filled_shape(int(js_array.length), spec.shape)
    return _of_bytes(js_content.to_bytes(), dtype, shape, spec)


def _filled_shape(count: int, expected: Sequence[int | str] | None) -> tuple[int, ...]:
    """Return the shape of `count` values: the expected shape with its variable dimension filled in.

    If the expected shape is unknown, does not fit or is ambiguous, return (count,).
    """
    sizes = [size for size in expected or () if isinstance(size, int)]
    fixed = math.prod(sizes)
    varying = len(expected or ()) - len(sizes)
    if expected is None or varying > 1 or (varying and not fixed):
        return (count,)
    rest, remainder = divmod(count, fixed) if varying else (1, count - fixed)
    if remainder:
        return (count,)
    return tuple(size if isinstance(size, int) else rest for size in expected)


def _of_bytes(content: bytes, dtype: str, shape: tuple[int, ...], spec: TensorSpec) -> Tensor:
    """Convert the bytes of a buffer to a tensor. 8-bit integers fit an int4 or uint4 input, too."""
    if spec.dtype in RANGES and FORMATS[spec.dtype] == FORMATS[dtype]:
        dtype = spec.dtype
    values = from_bytes(content, dtype)
    try:
        check_range(values, dtype)
    except ValueError as error:
        raise _not_convertible(spec, error) from error
    return Tensor(values, shape, dtype)


def _of_items(value: Any, spec: TensorSpec) -> Tensor:
    """Convert nested lists, a single value, or an array without a buffer to a tensor."""
    shape: list[int] = []
    flat = [value.tolist() if hasattr(value, "tolist") else value]
    while flat and isinstance(flat[0], (list, tuple)):
        sizes = {len(item) if isinstance(item, (list, tuple)) else -1 for item in flat}
        if len(sizes) != 1:
            raise InputError(f"The lists of the input {spec.name!r} have different lengths.")
        shape.append(sizes.pop())
        flat = [inner for item in flat for inner in item]
    known_shape = getattr(value, "shape", shape)  # if a size is 0, lists lack further dimensions
    try:
        return Tensor(values_of(flat, spec.dtype), tuple(map(int, known_shape)), spec.dtype)
    except (TypeError, OverflowError, ValueError) as error:
        raise _not_convertible(spec, error) from error


def _not_convertible(spec: TensorSpec, error: Exception) -> InputError:
    return InputError(f"The input {spec.name!r} can't be converted to {spec.dtype}: {error}.")


def check_range(values: Any, dtype: str) -> None:
    """Raise ValueError if a value is out of the range of int4 or uint4."""
    if dtype in RANGES and len(values):
        low, high = RANGES[dtype]
        if not low <= min(values) <= max(values) <= high:
            raise ValueError(f"{dtype} ranges from {low} to {high}")


def _code(values: Any) -> str:
    """Return the typecode or format of values; "" for strings."""
    if isinstance(values, array):
        return values.typecode
    if isinstance(values, memoryview) and values.ndim == 1 and values.c_contiguous:
        return values.format if values.format == "e" else "another memoryview"
    return "" if isinstance(values, list) else "unknown"


def _stored_code(dtype: str) -> str:
    """Return the typecode of the values of a dtype; "" for strings."""
    return "B" if dtype == "bool" else FORMATS.get(dtype, "")
