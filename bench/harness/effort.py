"""The number of repetitions of each measurement, for a full or a shortened benchmark."""

from __future__ import annotations

from dataclasses import dataclass, field

FULL_RUNS = 11
"""Warm starts of each page in a full benchmark."""
_LOADS = {1: (7, 7), 16: (7, 7), 64: (5, 15), 256: (3, 7)}
"""For each model size in MiB: how many first loads and how many stored loads."""


@dataclass(frozen=True)
class Effort:
    """The numbers of repetitions in one benchmark.

    Attributes:
        starts: Warm starts of each page.
        warm_ups: Visits to each page before the measurements, so that the browser caches the page's
            files and compiled code.
        warm_up_pause: Milliseconds to wait in each of these visits, so that the browser has time to
            cache compiled code.
        first_visits: First visits to the app, each in an empty browser.
        inferences: Inferences after each warm start. The first half is a warm-up; only the second
            half counts. It is also the number of runs of `bench.storage.runs` in each batch; all of
            these count.
        gestures: Drawn gestures, each followed by a measured delay until the page shows the digit.
        lines: Written lines of several symbols.
        last_strokes: How often the last stroke of each line is written, each time followed by a
            measured delay until the page shows the answer.
        predictions: Predictions between the two measurements of the memory.
        loads: For each model size in MiB: how many first loads and how many stored loads.
        sessions: How many times a session is opened for each model size.

    """

    starts: int = FULL_RUNS
    warm_ups: int = 3
    warm_up_pause: int = 5000
    first_visits: int = 5
    inferences: int = 200
    gestures: int = 100
    lines: int = 4
    last_strokes: int = 15
    predictions: int = 10_000
    loads: dict[int, tuple[int, int]] = field(default_factory=lambda: dict(_LOADS))
    sessions: int = 3

    @property
    def is_full(self) -> bool:
        """Whether no measurement is shortened. Only full results are written to bench/README.md."""
        return self == Effort()


def choose_effort(runs: int) -> Effort:
    """Return the numbers of repetitions, which grow with the number of warm starts.

    Args:
        runs: Warm starts of each page, at least 1. `FULL_RUNS` or more is a full benchmark.

    """
    full = Effort()
    if runs >= FULL_RUNS:
        return full
    return Effort(
        starts=runs,
        warm_ups=min(runs, full.warm_ups),
        warm_up_pause=min(300 * runs, full.warm_up_pause),
        first_visits=min(runs, full.first_visits),
        inferences=4 * runs,
        gestures=2 * runs,
        lines=min(runs, full.lines),
        last_strokes=min(runs, full.last_strokes),
        predictions=100 * runs,
        loads={
            size: (min(runs, first), min(runs, stored))
            for size, (first, stored) in list(_LOADS.items())[:runs]
        },
        sessions=min(runs, full.sessions),
    )
