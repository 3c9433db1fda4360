"""Runs all benchmarks and formats their results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench import results
from bench.app import chart, drawing, figures, pages, phone, starts
from bench.harness.browser import browser
from bench.harness.effort import RUNS, effort
from bench.storage import loads

if TYPE_CHECKING:
    from collections.abc import Mapping


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Run the benchmarks of the app and of the storage.

    Args:
        runs: Warm starts of each page. Fewer than `RUNS` also shorten all other measurements.

    Returns:
        One result under the key of each target of `figures.TARGETS`, and the values of all single
        runs under the keys "runs" and "storage".

    """
    chosen = effort(runs)
    pages.build()
    with browser() as chromium:
        warm = starts.measure_warm_starts(chromium, chosen)
        drawing_results = drawing.measure(chromium, chosen)
    first = starts.measure_first_visits(chosen)
    # A shortened benchmark leaves this out; `python -m bench.app.phone` measures it alone.
    sites = {pages.OURS: pages.PAGES / pages.OURS} if chosen.is_full else {}
    on_phone = phone.measure(sites, chosen.first_visits)
    return {
        "is_full": chosen.is_full,
        **figures.compute_figures(warm, first, drawing_results, pages.PAGES / pages.OURS),
        "runs": {
            "warm": warm,
            "drawing": drawing_results,
            "first_visit": first,
            "phone": on_phone,
        },
        **loads.measure(chosen),
    }


def as_text(measured: Mapping[str, Any]) -> str:
    """Return the results as Markdown."""
    return results.all_sections(measured, figures.section(measured, pages.PAGES / pages.OURS))


def as_json(measured: Mapping[str, Any]) -> str:
    """Return the results as JSON, including every single run."""
    return json.dumps(measured, indent=1)


def write_results(measured: Mapping[str, Any]) -> None:
    """Write the results of a full benchmark to bench/README.md, and the chart to starts.svg."""
    warm = measured["runs"]["warm"]
    drawn_chart = chart.draw_starts(warm["start_s"], figures.NAMES, pages.OURS)
    results.write_readme(as_text(measured), drawn_chart)
