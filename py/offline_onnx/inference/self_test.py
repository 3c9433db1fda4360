"""The self-test: run a new model on this device, and compare its outputs with known results."""

from __future__ import annotations

import math
from binascii import a2b_base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError, SelfTestFailed
from offline_onnx.inference.json_fields import Fields, wrong_value_error
from offline_onnx.inference.tensor import (
    STRING,
    Tensor,
    check_range,
    from_bytes,
    itemsize,
    raw_bytes,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from offline_onnx.inference.session import Session
    from offline_onnx.inference.tensor import TensorSpec

MAX_VALUES = 1 << 24
"""Maximum number of values in all inputs of a self-test.

Without a limit, a manifest of a few bytes could contain a shape that fills all memory.
"""
_SHOWN_VALUES = 5
"""Number of values that the error of a failed self-test shows."""


@dataclass(frozen=True)
class Sample:
    """An input of the self-test. Its values are repeated until they fill its shape.

    Attributes:
        shape: the size of each dimension.
        values: numbers; or strings, for an input of strings; or, for many numbers, NaN or infinity,
            a string with the bytes of a tensor's buffer in Base64, see `Tensor.values`.

    """

    shape: tuple[int, ...]
    values: tuple[float, ...] | tuple[str, ...] | str

    def tensor(self, dtype: str) -> Tensor:
        """Return the input as a tensor. Raises ManifestError if the dtype can't hold the values."""
        try:
            count = math.prod(self.shape)
            if dtype == STRING:
                strings = self._strings()
                repeats = -(-count // len(strings))
                return Tensor((strings * repeats)[:count], self.shape, dtype)
            once = self._content(dtype)
            size = count * itemsize(dtype)
            if isinstance(self.values, str) and len(once) not in (itemsize(dtype), size):
                raise ValueError(f"{len(once)} bytes are neither one value nor {count} values")
            repeated = once * -(-size // len(once))
            return Tensor(from_bytes(memoryview(repeated)[:size], dtype), self.shape, dtype)
        except (OverflowError, TypeError, ValueError) as error:
            raise ManifestError(
                f"The self-test's values can't be stored as {dtype}: {error}."
            ) from error

    def _strings(self) -> list[str]:
        if isinstance(self.values, str):
            raise TypeError("they are bytes")
        values: list[str] = values_of(self.values, STRING)
        return values

    def _content(self, dtype: str) -> bytes:
        """Return the bytes of the values of a tensor of numbers."""
        if isinstance(self.values, str):
            content = a2b_base64(self.values, strict_mode=True)
            if not content or len(content) % itemsize(dtype):
                raise ValueError(f"{len(content)} bytes are not a whole number of values")
            check_range(from_bytes(content, dtype), dtype)
            return content
        convert = float if dtype.startswith("float") else _integer
        if isinstance(self.values[0], str):
            raise TypeError("they are strings")
        return bytes(raw_bytes(values_of(map(convert, self.values), dtype)))


@dataclass(frozen=True)
class SelfTest:
    """The inputs of a run, and its expected outputs.

    Attributes:
        inputs: a sample for each input, by name.
        outputs: the expected first values of each output to compare, by name: numbers or strings.
        tolerance: a number may differ from the expected one by `tolerance * (1 + abs(expected))`.
            Strings may not differ.

    """

    inputs: dict[str, Sample]
    outputs: dict[str, tuple[float, ...] | tuple[str, ...]]
    tolerance: float

    @classmethod
    def parse(cls, fields: Fields, inputs: Set[str], outputs: Set[str]) -> SelfTest:
        """Parse the field `self_test` of a manifest.

        Args:
            fields: the value of the field.
            inputs: the names of the model's inputs.
            outputs: the names of the model's outputs.

        Raises:
            ManifestError: the field is invalid or names other inputs or outputs.

        """
        given, expected = fields.object("inputs"), fields.object("outputs")
        if given.keys() != inputs or not expected.keys() <= outputs or not expected:
            raise ManifestError(
                f"The self-test has the inputs {', '.join(given) or 'none'} and the outputs "
                f"{', '.join(expected) or 'none'}, which are not the model's."
            )
        samples = {name: _sample(Fields(raw, f"`{name}`")) for name, raw in given.items()}
        if sum(math.prod(sample.shape) for sample in samples.values()) > MAX_VALUES:
            raise ManifestError(f"The self-test's inputs have more than {MAX_VALUES} values.")
        return cls(
            samples,
            {name: _numbers_or_strings(Fields(expected, "`outputs`"), name) for name in expected},
            fields.number("tolerance"),
        )

    def feed(self, inputs: Iterable[TensorSpec]) -> dict[str, Tensor]:
        """Return a tensor for each input, by name.

        Args:
            inputs: the specs of the model's inputs.

        Raises:
            ManifestError: the dtype of an input can't hold the values.

        """
        return {spec.name: self.inputs[spec.name].tensor(spec.dtype) for spec in inputs}

    async def check(self, session: Session, inputs: Iterable[TensorSpec]) -> None:
        """Run the model and compare its outputs.

        Args:
            session: runs the model.
            inputs: the specs of the model's inputs.

        Raises:
            SelfTestFailed: an output differs from the expected values.
            SessionError: the model can't run.
            ManifestError: the dtype of an input can't hold the values.

        """
        outputs = await session.run(self.feed(inputs), list(self.outputs))
        for name, expected in self.outputs.items():
            wants_strings = isinstance(expected[0], str)
            if wants_strings != (outputs[name].dtype == STRING):
                kinds = ("strings", "numbers") if wants_strings else ("numbers", "strings")
                raise SelfTestFailed(
                    f"The self-test expects {kinds[0]} for {name!r}, not {kinds[1]}."
                )
            found = list(outputs[name].values[: len(expected)])
            if len(found) < len(expected):
                raise SelfTestFailed(
                    f"The self-test expects {len(expected)} or more values for {name!r}; the model "
                    f"returns {len(found)}."
                )
            pairs = list(zip(expected, found, strict=True))
            if wants_strings:
                _compare_strings(name, pairs)
            else:
                self._compare_numbers(name, pairs)

    def _compare_numbers(self, name: str, pairs: Sequence[tuple[Any, Any]]) -> None:
        """Raise SelfTestFailed if a number is wrong. Pairs are expected and found numbers."""
        wrong = [index for index, pair in enumerate(pairs) if not self._is_close(*pair)]
        if not wrong:
            return
        differences = [abs(pairs[index][1] - pairs[index][0]) for index in wrong]
        largest = max(differences, key=lambda each: math.inf if math.isnan(each) else each)
        shown = "; ".join(
            f"{pairs[index][0]:.6g} and {pairs[index][1]:.6g} at position {index}"
            for index in wrong[:_SHOWN_VALUES]
        )
        raise SelfTestFailed(
            f"The self-test expects other values for {name!r}: {len(wrong)} of {len(pairs)} differ "
            f"by more than the tolerance, {self.tolerance:g} * (1 + |expected value|), the largest "
            f"difference is {largest:.3g}. The first of them, expected and given: {shown}."
        )

    def _is_close(self, expected: float, found: float) -> bool:
        return abs(found - expected) <= self.tolerance * (1 + abs(expected))


def _compare_strings(name: str, pairs: Sequence[tuple[Any, Any]]) -> None:
    """Raise SelfTestFailed if a string is wrong. Pairs are expected and found strings."""
    wrong = [index for index, (expected, found) in enumerate(pairs) if expected != found]
    if not wrong:
        return
    shown = "; ".join(
        f"{pairs[index][0]!r} and {pairs[index][1]!r} at position {index}"
        for index in wrong[:_SHOWN_VALUES]
    )
    raise SelfTestFailed(
        f"The self-test expects other values for {name!r}: {len(wrong)} of {len(pairs)} differ. "
        f"The first of them, expected and given: {shown}."
    )


def _sample(fields: Fields) -> Sample:
    shape = tuple(fields.items("shape", int))
    if any(size < 0 for size in shape):
        raise wrong_value_error("a shape in the self-test", shape)
    values = fields.value("values")
    if isinstance(values, str):
        return Sample(shape, fields.text("values"))
    return Sample(shape, _numbers_or_strings(fields, "values"))


def _numbers_or_strings(fields: Fields, key: str) -> tuple[float, ...] | tuple[str, ...]:
    """Return a list of numbers or of strings."""
    values = fields.value(key)
    if isinstance(values, list) and values and isinstance(values[0], str):
        return tuple(fields.items(key, str))
    return _finite_numbers(fields, key)


def _finite_numbers(fields: Fields, key: str) -> tuple[float, ...]:
    values = tuple(fields.items(key, (int, float)))
    if not values or not all(map(_is_finite, values)):
        raise wrong_value_error("a list of values in the self-test", values)
    return values


def _integer(value: float) -> int:
    """Convert a number to an integer. Raises ValueError if it has a fraction."""
    number = int(value)
    if number != value:
        raise ValueError(f"{value} is not a whole number")
    return number


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
