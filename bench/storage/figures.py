"""The results of the storage benchmark compared with their targets."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from bench.targets import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST_LOAD, STORED_LOAD, RUN = "first_load_vs_tfjs", "stored_load_vs_tfjs", "run_overhead_ms"
MAXIMA = {FIRST_LOAD: {1: 1.5, 16: 1.5, 64: 1.5}, STORED_LOAD: {1: 2.0, 16: 1.0, 64: 1.0}}
"""The largest ratios to TensorFlow.js that meet the target, by the size of the model in MiB."""
LABELS = {FIRST_LOAD: "first load", STORED_LOAD: "stored load"}
TARGETS = [
    *(
        Target(f"{key}.{size}", f"{LABELS[key]} of {size} MiB, relative to TensorFlow.js", maximum)
        for key, maxima in MAXIMA.items()
        for size, maximum in maxima.items()
    ),
    Target(RUN, "time that Python adds to one run of a small model in JavaScript", 0.3, "ms"),
    Target("python_heap_growth_bytes", "growth of Python's heap in a load", 0.0, "MiB", 2.0**20),
]


def compute_figures(
    loads: Sequence[Mapping[str, Any]], runs: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    """Return the ratios to TensorFlow.js by the size of the model, and the overhead of one run.

    Args:
        loads: The list "storage" of `loads.measure`, with an entry for each model size.
        runs: The result of `runs.measure`.

    """
    overhead = median(runs["ours"]) - median(runs["plain"])
    return {
        **{key: {str(load["megabytes"]): load[key] for load in loads} for key in MAXIMA},
        RUN: round(1000 * overhead, 3),
        "python_heap_growth_bytes": max(
            max(load["ours"]["python_heap_growth_bytes"]) for load in loads
        ),
    }


def by_target(figures: Mapping[str, Any]) -> dict[str, float]:
    """Return the results by the keys of TARGETS, from the result of `compute_figures`."""
    ratios = {f"{key}.{size}": ratio for key in MAXIMA for size, ratio in figures[key].items()}
    others = (RUN, "python_heap_growth_bytes")
    return ratios | {key: figures[key] for key in others}
