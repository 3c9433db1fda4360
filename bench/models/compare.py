"""Compare the outputs of two runs of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.models.inputs import Array


@dataclass(frozen=True)
class Difference:
    """How an output differs from the expected one.

    Attributes:
        largest: the largest absolute difference; for strings and booleans, the number of values
            that differ.
        relative: `largest`, divided by the largest absolute expected value unless that is 0; for
            strings and booleans, divided by the number of values.
        problem: why the outputs can't be compared, such as another shape; "" if they can.

    """

    largest: float = 0.0
    relative: float = 0.0
    problem: str = ""


def differences(expected: Mapping[str, Array], found: Mapping[str, Array]) -> dict[str, Difference]:
    """Return the difference of each expected output."""
    return {
        name: difference(array, found[name]) if name in found else Difference(problem="missing")
        for name, array in expected.items()
    }


def difference(expected: Array, found: Array) -> Difference:
    """Return how an output differs from the expected one. NaN is equal to NaN."""
    if expected.shape != found.shape:
        return Difference(problem=f"has the shape {found.shape}, not {expected.shape}")
    if not expected.size:
        return Difference()
    if expected.dtype.kind in "OUSb":
        count = int(np.count_nonzero(expected != found))
        return Difference(float(count), count / expected.size)
    ours, theirs = found.astype(np.float64), expected.astype(np.float64)
    is_equal = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if not np.isfinite(ours[~is_equal]).all() or not np.isfinite(theirs[~is_equal]).all():
        return Difference(problem="has NaN or infinity in other places")
    largest = float(np.abs(np.where(is_equal, 0.0, ours - theirs)).max())
    scale = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0))
    return Difference(largest, largest / scale if scale else largest)


def is_identical(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Return whether two runs returned the same outputs, bit by bit."""
    return one.keys() == other.keys() and all(
        _content(array) == _content(other[name]) for name, array in one.items()
    )


def _content(array: Array) -> tuple[Any, ...]:
    values = array.tolist() if array.dtype.kind == "O" else array.tobytes()
    return array.shape, array.dtype.name, values
