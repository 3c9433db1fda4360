"""The whole benchmark: measure everything, write it down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench import results
from bench.app import drawing, figures, pages, picture, starts
from bench.harness.browser import browser
from bench.harness.effort import RUNS, effort
from bench.storage import loads

if TYPE_CHECKING:
    from collections.abc import Mapping


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Measure the app and the storage.

    Args:
        runs: Warm starts of each page; fewer than `RUNS` shorten everything else, too.

    Returns:
        Each figure by its key; under "runs" and "storage" the single runs behind it.

    """
    chosen = effort(runs)
    pages.build()
    with browser() as chromium:
        warm = starts.warm(chromium, chosen)
        drawn = drawing.measure(chromium, chosen)
    first = starts.first(chosen)
    return {
        "is_full": chosen.is_full,
        **figures.of(warm, first, drawn, pages.PAGES / pages.OURS),
        "runs": {"warm": warm, "drawing": drawn, "first_visit": first},
        **loads.measure(chosen),
    }


def as_text(measured: Mapping[str, Any]) -> str:
    """Return the results as Markdown."""
    return results.text(measured, figures.text(measured, pages.PAGES / pages.OURS))


def as_json(measured: Mapping[str, Any]) -> str:
    """Return the results as JSON, every single run included."""
    return json.dumps(measured, indent=1)


def publish(measured: Mapping[str, Any]) -> None:
    """Write the results of a full benchmark into bench/README.md and the picture beside it."""
    warm = measured["runs"]["warm"]
    results.write(as_text(measured), picture.starts(warm["start_s"], figures.NAMES, pages.OURS))
