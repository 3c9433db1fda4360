"""How often everything is measured: in full, or shortened to a few runs."""

from __future__ import annotations

from dataclasses import dataclass, field

RUNS = 11
"""Runs of a full benchmark."""
_LOADS = {1: (7, 7), 16: (7, 7), 64: (5, 15), 256: (3, 7)}


@dataclass(frozen=True)
class Effort:
    """The counts of one benchmark.

    Attributes:
        starts: Warm starts of each page.
        habit: Visits to each page before it is measured, so that the browser has cached its code.
        pause: Milliseconds after such a visit in which the browser caches compiled code.
        first_visits: First visits to the app, each in an empty browser.
        inferences: Inferences after each warm start, of which the second half is measured.
        gestures: Gestures whose digit is timed.
        predictions: Predictions between two measurements of the memory.
        loads: For each size in megabytes, how many first loads and how many stored loads.
        sessions: Sessions opened for each size.

    """

    starts: int = RUNS
    habit: int = 3
    pause: int = 5000
    first_visits: int = 5
    inferences: int = 200
    gestures: int = 100
    predictions: int = 10_000
    loads: dict[int, tuple[int, int]] = field(default_factory=lambda: dict(_LOADS))
    sessions: int = 3

    @property
    def is_full(self) -> bool:
        """Whether nothing is shortened, so that the results may be published."""
        return self == Effort()


def effort(runs: int) -> Effort:
    """Return the counts for so many runs; everything else shrinks with them.

    Args:
        runs: At least 1. `RUNS` or more is a full benchmark.

    """
    full = Effort()
    if runs >= RUNS:
        return full
    return Effort(
        starts=runs,
        habit=min(runs, full.habit),
        pause=min(1000 * runs, full.pause),
        first_visits=min(runs, full.first_visits),
        inferences=max(10, full.inferences * runs // RUNS),
        gestures=max(5, full.gestures * runs // RUNS),
        predictions=full.predictions * runs // RUNS,
        loads={
            size: (min(runs, first), min(runs, stored))
            for size, (first, stored) in list(_LOADS.items())[:runs]
        },
        sessions=min(runs, full.sessions),
    )
