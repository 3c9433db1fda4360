"""Whether a measure is flat: its value in the second tenth of a long use, and in the last."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TENTHS = 10
TOLERANCE = 0.02


@dataclass(frozen=True)
class Trend:
    """A measure in the second tenth, and in the last."""

    second: float
    last: float

    @property
    def growth(self) -> float:
        """By how much it has grown, as a part of what it was."""
        return self.last / self.second - 1

    @property
    def is_flat(self) -> bool:
        """Whether it has not grown by more than TOLERANCE."""
        return self.growth <= TOLERANCE


def trend(
    values: Iterable[tuple[int, float]],
    count: int,
    summary: Callable[[Sequence[float]], float] = median,
) -> Trend:
    """Return the trend of values measured in the course of a long use.

    Args:
        values: Each as (steps, value), after how many steps it was measured.
        count: All steps.
        summary: Reduces the values of a tenth to one.
    """
    tenth = count // TENTHS
    by_tenth: dict[int, list[float]] = {}
    for steps, value in values:
        by_tenth.setdefault((steps - 1) // tenth, []).append(value)
    return Trend(summary(by_tenth[1]), summary(by_tenth[TENTHS - 1]))


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that this part of all values does not exceed."""
    return sorted(values)[min(int(part * len(values)), len(values) - 1)]
