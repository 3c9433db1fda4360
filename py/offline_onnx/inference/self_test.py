"""The self-test: it runs a new model on this device and compares its outputs with known results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from offline_onnx.errors import ManifestError, SelfTestFailed
from offline_onnx.inference.json_fields import Fields, wrong_value_error
from offline_onnx.inference.tensor import STRING, Tensor, from_bytes, raw_bytes, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from offline_onnx.inference.session import Session
    from offline_onnx.inference.tensor import TensorSpec

_MAX_VALUES = 1 << 24
"""Maximum number of values in all inputs of a self-test.

Without a limit, a manifest of a few bytes could name a shape that fills all memory.
"""


@dataclass(frozen=True)
class Sample:
    """An input of the self-test. Its values are repeated until they fill its shape."""

    shape: tuple[int, ...]
    values: tuple[float, ...]

    def tensor(self, dtype: str) -> Tensor:
        """Return the input as a tensor. Raises ManifestError if the dtype can't hold the values."""
        convert = float if dtype.startswith("float") else int
        try:
            if dtype == STRING:
                raise ValueError("they are numbers")
            count = math.prod(self.shape)
            once = bytes(raw_bytes(values_of(map(convert, self.values), dtype)))
            size = count * (len(once) // len(self.values))
            repeated = once * -(-size // len(once))
            return Tensor(from_bytes(memoryview(repeated)[:size], dtype), self.shape, dtype)
        except (OverflowError, ValueError) as error:
            raise ManifestError(
                f"The self-test's values can't be stored as {dtype}: {error}."
            ) from error


@dataclass(frozen=True)
class SelfTest:
    """Inputs for a run, and the outputs that are expected.

    Attributes:
        inputs: a sample for each input, by name.
        outputs: the first values that are expected of each output, by name.
        tolerance: a value may differ from the expected one by `tolerance * (1 + abs(expected))`.

    """

    inputs: dict[str, Sample]
    outputs: dict[str, tuple[float, ...]]
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
        if sum(math.prod(sample.shape) for sample in samples.values()) > _MAX_VALUES:
            raise ManifestError(f"The self-test's inputs have more than {_MAX_VALUES} values.")
        return cls(
            samples,
            {name: _values(Fields(expected, "`outputs`"), name) for name in expected},
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

        """
        outputs = await session.run(self.feed(inputs), list(self.outputs))
        for name, expected in self.outputs.items():
            if outputs[name].dtype == STRING:
                raise SelfTestFailed(f"The self-test expects numbers for {name!r}, not strings.")
            found = list(outputs[name].values[: len(expected)])
            if len(found) < len(expected) or not all(map(self._is_close, found, expected)):
                raise SelfTestFailed(
                    f"The self-test expects {_first_values(expected)} for {name!r}; "
                    f"the model returns {_first_values(found)}."
                )

    def _is_close(self, found: float, expected: float) -> bool:
        return abs(found - expected) <= self.tolerance * (1 + abs(expected))


def _sample(fields: Fields) -> Sample:
    shape = tuple(fields.items("shape", int))
    if any(size < 0 for size in shape):
        raise wrong_value_error("a shape in the self-test", shape)
    return Sample(shape, _values(fields, "values"))


def _values(fields: Fields, key: str) -> tuple[float, ...]:
    values = tuple(fields.items(key, (int, float)))
    if not values or not all(map(_is_finite, values)):
        raise wrong_value_error("a list of values in the self-test", values)
    return values


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _first_values(values: Iterable[float]) -> str:
    """Return the first five values as text, for an error message."""
    return ", ".join(f"{value:.4g}" for value in islice(values, 5))
