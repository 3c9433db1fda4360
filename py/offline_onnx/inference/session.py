"""Tensors, and the protocols `Session` and `Runtime`, which run models."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from offline_onnx.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
"""The `array` typecode for each element type of a tensor."""

_DTYPES = {code: dtype for dtype, code in TYPECODES.items() if dtype != "bool"}


@dataclass(frozen=True)
class Tensor:
    """Values in row-major order, and their shape.

    Attributes:
        values: the numbers. Booleans are stored as 0 and 1 in an `array("B")`, with dtype "bool".
        shape: the size of each dimension.
        dtype: a key of TYPECODES. By default, it follows from the typecode of `values`.

    Raises:
        ValueError: `values` has another typecode than `dtype` needs, or does not fill the shape.

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
        """Return the values as nested lists."""
        nested = self.values.tolist()
        for size in reversed(self.shape[1:]):
            nested = [nested[i : i + size] for i in range(0, len(nested), size)] if size else []
        return nested if self.shape else nested[0]


@dataclass(frozen=True)
class TensorSpec:
    """The name, dtype and shape of an input or output.

    A dimension of the shape is a number, or a name if its size may vary.
    """

    name: str
    dtype: str
    shape: tuple[int | str, ...]

    def __str__(self) -> str:
        return f"{self.dtype} ({', '.join(map(str, self.shape))})"


class Session(Protocol):
    """An open model."""

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model.

        Args:
            inputs: a tensor for each input, by name.
            outputs: the names of the outputs to return; None for all.

        Returns:
            The outputs, by name.

        Raises:
            SessionError: the inputs are wrong, the runtime fails, or the session was released.

        """
        ...

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards.

        Never raises. Calling it again has no effect.
        """
        ...


class Runtime[B](Protocol):
    """Opens models. `B` is the type of their bytes."""

    async def open(self, content: B) -> Session:
        """Open a model. Raises SessionError if the runtime can't start or can't read the model."""
        ...


def tensor_of(value: Any, dtype: str) -> Tensor:
    """Return a value as a tensor.

    Args:
        value: a Tensor, an object with a buffer (array, NumPy), or nested lists of numbers.
        dtype: the dtype for numbers in lists; a Tensor or a buffer has its own.

    Raises:
        InputError: the buffer's format is not supported, or the lists don't form a tensor.

    """
    if isinstance(value, Tensor):
        return value
    try:
        view = memoryview(value)
    except TypeError:
        return _of_numbers(value, dtype)
    code = view.format.lstrip("<=@|")
    # A C long ("l", "L") has 4 or 8 bytes, depending on the platform: replace its typecode by that
    # of a fixed size.
    code = {("l", 4): "i", ("l", 8): "q", ("L", 4): "I", ("L", 8): "Q"}.get(
        (code, view.itemsize), code
    )
    if code == "?":
        return Tensor(array("B", view.tobytes()), view.shape or (), "bool")
    if code not in _DTYPES:
        raise InputError(f"A buffer of the format {view.format!r} is not supported as an input.")
    return Tensor(array(code, view.tobytes()), view.shape or ())


def _of_numbers(value: Any, dtype: str) -> Tensor:
    """Return nested lists of numbers, or a single number, as a tensor. Raises InputError."""
    shape: list[int] = []
    flat = [value]
    while flat and isinstance(flat[0], (list, tuple)):
        sizes = {len(item) if isinstance(item, (list, tuple)) else -1 for item in flat}
        if len(sizes) != 1:
            raise InputError("The lists of an input have different lengths.")
        shape.append(sizes.pop())
        flat = [inner for item in flat for inner in item]
    try:
        return Tensor(array(TYPECODES[dtype], flat), tuple(shape), dtype)
    except (TypeError, OverflowError, ValueError) as error:
        raise InputError(f"An input can't be converted to {dtype}: {error}.") from error
