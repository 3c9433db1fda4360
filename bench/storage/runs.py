"""Measure one run of a small model: from Python, and in the same page from JavaScript alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.console import BuildError, say

if TYPE_CHECKING:
    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

FUNCTIONS = {"ours": "runPython", "plain": "runPlain"}
"""The page's global functions that run the model: from Python, and from JavaScript alone."""
BATCHES = 11
"""Number of measured batches in each language. The languages take turns."""
TOLERANCE = 1e-3
"""Largest relative difference of the outputs' sums."""


def measure(chromium: Browser, page: str, model: str, effort: Effort) -> dict[str, list[float]]:
    """Return the mean seconds of a run in each batch, by the name in FUNCTIONS.

    A run is timed from a list of numbers to the numbers of the output, so the time includes all
    conversions.

    Args:
        chromium: The browser.
        page: The address of the page of offline_onnx.
        model: The address of the small model's manifest.
        effort: The number of runs in a batch. One batch in each language comes first, as a warm-up.

    Raises:
        BuildError: Python and JavaScript return different outputs.

    """
    say("Running a small model ...")
    runs = effort.inferences
    seconds: dict[str, list[float]] = {name: [] for name in FUNCTIONS}
    with chromium.open_tab(page) as tab:
        tab.call("openSmall", model)
        for batch in range(BATCHES + 1):
            sums = {}
            for name, function in FUNCTIONS.items():
                measured = tab.call(function, runs)
                sums[name] = measured["sum"]
                if batch:
                    seconds[name].append(measured["seconds"] / runs)
            if abs(sums["ours"] - sums["plain"]) > TOLERANCE * abs(sums["plain"]):
                raise BuildError(f"The outputs of the small model differ: {sums}.")
    return seconds
