"""The inputs of a self-test: a sample from the publisher, or random numbers."""

from __future__ import annotations

import math
import random
from binascii import b2a_base64
from typing import TYPE_CHECKING

from offline_onnx.errors import InputError
from offline_onnx.inference.self_test import Sample
from offline_onnx.inference.tensor import STRING, raw_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from offline_onnx.inference.tensor import Tensor, TensorSpec

    type Samples = dict[str, Sample]

RANDOM_VALUES = 64
"""Number of random values of each input. They are repeated to fill the input's shape."""
SIZES = (1, 2, 3, 4, 5, 8, 16, 32, 64, 128, 224, 256, 512)
"""The sizes of variable dimensions, in the order in which they are tried."""
MAX_BATCH = 8
"""The largest of SIZES that is tried for an input's first dimension, which is often the batch."""
MAX_RANK = 4
"""The largest number of dimensions that is tried for an input if their number is unknown."""
MAX_RANDOM_VALUES = 1 << 22
"""The largest number of values in all random inputs of a run, except for the first run."""
_LISTED_VALUES = 64
"""A manifest lists up to this many finite values as numbers. Others are written in Base64."""


def sample_of(tensor: Tensor) -> Sample:
    """Return a tensor as an input of a self-test."""
    values = list(tensor.values)
    if tensor.dtype == STRING:
        return Sample(tensor.shape, tuple(values or [""]))
    if not values or values.count(values[0]) == len(values):  # a Sample repeats its values
        values = values[:1] or [0]
    if len(values) <= _LISTED_VALUES and all(map(math.isfinite, values)):
        return Sample(tensor.shape, tuple(values))
    content = raw_bytes(tensor.values)
    return Sample(tensor.shape, b2a_base64(content, newline=False).decode())


def random_inputs(specs: Sequence[TensorSpec], dimensions: Mapping[str, int]) -> Iterator[Samples]:
    """Yield inputs with seeded random numbers, in the order in which they are to be tried.

    For each of SIZES, two combinations are tried. In the first one, all variable dimensions have
    this size; it is left out for sizes over MAX_BATCH. In the second one, the first dimension of
    each input has the size 1, and the others have this size. If the number of an input's dimensions
    is unknown, 0 to MAX_RANK dimensions are tried.

    Args:
        specs: the inputs, none of which has strings.
        dimensions: the sizes of variable dimensions, by name; "?" stands for all without a name.

    Raises:
        InputError: a name is not that of a variable dimension, or a size is negative.

    """
    _check(specs, dimensions)
    ranks = range(MAX_RANK + 1) if any(spec.shape is None for spec in specs) else (0,)
    seen: set[tuple[tuple[int, ...], ...]] = set()
    for size in SIZES:
        for batch in (size, 1) if size <= MAX_BATCH else (1,):
            for rank in ranks:
                shapes = _shapes(specs, dimensions, size, batch, rank)
                count = sum(map(math.prod, shapes))
                if shapes not in seen and (not seen or count <= MAX_RANDOM_VALUES):
                    seen.add(shapes)
                    yield {
                        spec.name: _random(spec, shape)
                        for spec, shape in zip(specs, shapes, strict=True)
                    }


def _check(specs: Sequence[TensorSpec], dimensions: Mapping[str, int]) -> None:
    """Raise InputError if `dimensions` has an unknown name or a negative size."""
    names = {size: None for spec in specs for size in spec.shape or () if isinstance(size, str)}
    for name, size in dimensions.items():
        if name not in names:
            raise InputError(
                f"No input has a variable dimension {name!r}; the model has "
                f"{', '.join(map(repr, names)) or 'none'}."
            )
        if size < 0:
            raise InputError(f"The dimension {name!r} can't have the size {size}.")


def _shapes(
    specs: Sequence[TensorSpec], dimensions: Mapping[str, int], size: int, batch: int, rank: int
) -> tuple[tuple[int, ...], ...]:
    """Return a shape for each input.

    Args:
        specs: the inputs.
        dimensions: the sizes of some variable dimensions, by name.
        size: the size of the other variable dimensions, except those with the size `batch`.
        batch: the size of the other variable dimensions that are the first of an input.
        rank: the number of dimensions of inputs whose number of dimensions is unknown.

    """
    first = {spec.shape[0] for spec in specs if spec.shape} - {"?"}

    def size_of(axis: int, dimension: int | str) -> int:
        if isinstance(dimension, int):
            return dimension
        is_first = dimension in first if dimension != "?" else axis == 0
        return dimensions.get(dimension, batch if is_first else size)

    return tuple(
        tuple(
            size_of(axis, dimension)
            for axis, dimension in enumerate(("?",) * rank if spec.shape is None else spec.shape)
        )
        for spec in specs
    )


def _random(spec: TensorSpec, shape: tuple[int, ...]) -> Sample:
    """Return random values for an input: from 0 to 1 for floats, 0 or 1 for other types."""
    rng = random.Random(spec.name)  # noqa: S311  # seeded, so every build writes the same sample
    is_float = spec.dtype.startswith("float")
    values = tuple(
        round(rng.random(), 4) if is_float else rng.randrange(2) for _ in range(RANDOM_VALUES)
    )
    return Sample(shape, values)
