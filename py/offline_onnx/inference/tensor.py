"""The arrays that go into a session and come out of it."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import Any

from offline_onnx.errors import InputError

TYPECODES = {
    "float32": "f",
    "float64": "d",
    "int8": "b",
    "uint8": "B",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "bool": "B",
}
"""The element types that a tensor can have, and the typecode of the array that holds them."""

_DTYPES = {code: dtype for dtype, code in TYPECODES.items() if dtype != "bool"}


@dataclass(frozen=True)
class Tensor:
    """Values in row-major order, and their shape.

    dtype: one of TYPECODES; left out, it follows from the array's typecode. Booleans are an
    `array("B")` of 0 and 1 with the dtype "bool".

    Raises ValueError if the array does not hold that dtype, or does not fill the shape.
    """

    values: array[Any]
    shape: tuple[int, ...]
    dtype: str = ""

    def __post_init__(self) -> None:
        code = self.values.typecode
        if not self.dtype:
            object.__setattr__(self, "dtype", _DTYPES.get(code, ""))
        if TYPECODES.get(self.dtype) != code:
            raise ValueError(f'values can\'t be array("{code}") for the dtype "{self.dtype}"')
        if len(self.values) != math.prod(self.shape):
            raise ValueError(f"{len(self.values)} values do not fill the shape {self.shape}")

    def tolist(self) -> Any:
        """Give the values as lists in lists, by the shape."""
        nested = self.values.tolist()
        for size in reversed(self.shape[1:]):
            nested = [nested[i : i + size] for i in range(0, len(nested), size)] if size else []
        return nested if self.shape else nested[0]


@dataclass(frozen=True)
class TensorSpec:
    """A model's input or output. A dimension is a number, or a name where it may vary."""

    name: str
    dtype: str
    shape: tuple[int | str, ...]

    def __str__(self) -> str:
        return f"{self.dtype} ({', '.join(map(str, self.shape))})"


def tensor_of(value: Any, dtype: str) -> Tensor:
    """Make a tensor of a Tensor, of anything with a buffer (array, NumPy), or of lists of numbers.

    dtype: what numbers in lists become; a buffer keeps its own. Raises InputError.
    """
    if isinstance(value, Tensor):
        return value
    try:
        view = memoryview(value)
    except TypeError:
        return _of_numbers(value, dtype)
    kind = view.format.lstrip("<=@|")
    code = {"l": "bhiq", "L": "BHIQ"}.get(kind, "")[view.itemsize.bit_length() - 1 :][:1] or kind
    if kind == "?":
        return Tensor(array("B", view.tobytes()), view.shape or (), "bool")
    if code not in _DTYPES:
        raise InputError(f"A buffer of the format {view.format!r} can't be an input.")
    return Tensor(array(code, view.tobytes()), view.shape or ())


def _of_numbers(value: Any, dtype: str) -> Tensor:
    shape: list[int] = []
    flat = [value]
    while flat and isinstance(flat[0], (list, tuple)):
        sizes = {len(part) if isinstance(part, (list, tuple)) else -1 for part in flat}
        if len(sizes) != 1:
            raise InputError("The lists of an input are not all of the same length.")
        shape.append(sizes.pop())
        flat = [number for part in flat for number in part]
    try:
        return Tensor(array(TYPECODES[dtype], flat), tuple(shape), dtype)
    except (TypeError, OverflowError, ValueError) as error:
        raise InputError(f"An input can't be made into {dtype}: {error}.") from error
