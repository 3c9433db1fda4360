"""The self-test: a run with known results that a new model has to pass on this device."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from offline_onnx.errors import ManifestError, SelfTestFailed
from offline_onnx.inference.json_fields import Fields, wrong
from offline_onnx.inference.session import TYPECODES, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from offline_onnx.inference.session import Session, TensorSpec

_MOST_VALUES = 1 << 24
"""Values of all inputs together: a manifest of a few bytes could ask for any number."""


@dataclass(frozen=True)
class Sample:
    """An input; its values are repeated until they fill the shape."""

    shape: tuple[int, ...]
    values: tuple[float, ...]

    def tensor(self, dtype: str) -> Tensor:
        """Return the input as a tensor. Raises ManifestError if the dtype can't hold the values."""
        make = float if dtype.startswith("float") else int
        try:
            numbers = array(TYPECODES[dtype], map(make, self.values))
            times, rest = divmod(math.prod(self.shape), len(numbers))
            return Tensor(numbers * times + numbers[:rest], self.shape, dtype)
        except (OverflowError, ValueError) as error:
            raise ManifestError(f"The self-test's values are no {dtype}: {error}.") from error


@dataclass(frozen=True)
class SelfTest:
    """Inputs by name, and the first values that each output has to have.

    Attributes:
        inputs: a sample for each input, by name.
        outputs: the first expected values, by output.
        tolerance: allowed difference, as a multiple of 1 + the absolute expected value.

    """

    inputs: dict[str, Sample]
    outputs: dict[str, tuple[float, ...]]
    tolerance: float

    @classmethod
    def parse(cls, fields: Fields, inputs: Set[str], outputs: Set[str]) -> SelfTest:
        """Parse it from a manifest with these inputs and outputs. Raises ManifestError."""
        given, expected = fields.object("inputs"), fields.object("outputs")
        if given.keys() != inputs or not expected.keys() <= outputs or not expected:
            raise ManifestError(
                "The self-test does not name the model's inputs and outputs: "
                f"{', '.join(given)} and {', '.join(expected)}."
            )
        samples = {name: _sample(Fields(raw, f"`{name}`")) for name, raw in given.items()}
        if sum(math.prod(sample.shape) for sample in samples.values()) > _MOST_VALUES:
            raise ManifestError(f"The self-test's inputs have more than {_MOST_VALUES} values.")
        return cls(
            samples,
            {name: _values(Fields(expected, "`outputs`"), name) for name in expected},
            fields.number("tolerance"),
        )

    async def check(self, session: Session, inputs: Iterable[TensorSpec]) -> None:
        """Run it. Raises SelfTestFailed, or SessionError if the model can't run."""
        dtypes = {spec.name: spec.dtype for spec in inputs}
        feed = {name: sample.tensor(dtypes[name]) for name, sample in self.inputs.items()}
        answers = await session.run(feed)
        for name, expected in self.outputs.items():
            if name not in answers:
                raise SelfTestFailed(f"The model has no output {name!r}.")
            found = answers[name].values[: len(expected)].tolist()
            if len(found) < len(expected) or not all(map(self._near, found, expected)):
                raise SelfTestFailed(
                    f"The self-test expects {_short(expected)} for {name!r}; "
                    f"the model returns {_short(found)}."
                )

    def _near(self, found: float, expected: float) -> bool:
        return abs(found - expected) <= self.tolerance * (1 + abs(expected))


def _sample(fields: Fields) -> Sample:
    shape = tuple(fields.items("shape", int))
    if any(size < 1 for size in shape):
        raise wrong("a shape in the self-test", shape)
    return Sample(shape, _values(fields, "values"))


def _values(fields: Fields, key: str) -> tuple[float, ...]:
    values = tuple(fields.items(key, (int, float)))
    if not values or not all(map(_is_finite, values)):
        raise wrong("a list of values in the self-test", values)
    return values


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _short(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in islice(values, 5))
