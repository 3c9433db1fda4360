"""The arrays that go into a session and come out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array


@dataclass(frozen=True)
class Tensor:
    """float32 values in row-major order, and their shape.

    Raises ValueError if the number of values is not the product of the shape.
    """

    values: array[float]
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.values.typecode != "f":
            raise ValueError(f'values must be array("f"), not array("{self.values.typecode}")')
        if len(self.values) != math.prod(self.shape):
            raise ValueError(f"{len(self.values)} values do not fill the shape {self.shape}")
