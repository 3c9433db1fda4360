"""Trends: compare the second tenth of the values of a measure with the last tenth.

The first tenth is a warm-up, in which the page loads all of its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TENTHS = 10
MAX_GROWTH = 0.02
"""A measure whose relative growth is at most this counts as flat."""


@dataclass(frozen=True)
class Trend:
    """The values of a measure in the second tenth and in the last tenth of the steps."""

    second_tenth: float
    last_tenth: float

    @property
    def growth(self) -> float:
        """The relative growth: 0.5 if the value in the last tenth is 1.5 times the other value."""
        return self.last_tenth / self.second_tenth - 1

    @property
    def is_flat(self) -> bool:
        """Whether the measure has grown by at most MAX_GROWTH."""
        return self.growth <= MAX_GROWTH


def compute_trend(
    values: Iterable[tuple[int, float]],
    count: int,
    summary: Callable[[Sequence[float]], float] = median,
) -> Trend:
    """Return the trend of a measure.

    Args:
        values: Pairs of a number of steps, such as drawings, and the value after these steps.
        count: The number of all steps.
        summary: Reduces the values of a tenth to one value.
    """
    tenth = count // TENTHS
    by_tenth: dict[int, list[float]] = {}
    for steps, value in values:
        by_tenth.setdefault((steps - 1) // tenth, []).append(value)
    return Trend(summary(by_tenth[1]), summary(by_tenth[TENTHS - 1]))


def percentile(values: Sequence[float], fraction: float) -> float:
    """Return the percentile of the values for a fraction such as 0.95."""
    return sorted(values)[min(int(fraction * len(values)), len(values) - 1)]
