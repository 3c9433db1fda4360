"""Run all benchmarks and format their results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench import results
from bench.app import chart, drawing, figures, pages, phone, starts
from bench.harness.browser import start_browser
from bench.harness.effort import FULL_RUNS, choose_effort
from bench.storage import figures as storage_figures
from bench.storage import loads
from bench.targets import targets_table

if TYPE_CHECKING:
    from collections.abc import Mapping


def measure(runs: int = FULL_RUNS) -> dict[str, Any]:
    """Run the benchmarks of the app and of the storage.

    Args:
        runs: Warm starts of each page, at most `FULL_RUNS`. Fewer also shorten all other
            measurements.

    Returns:
        The result for each target of `figures.TARGETS`, under the target's key, and the result of
        `loads.measure`. "is_full" is False for a shortened benchmark. The keys "runs" and
        "storage" hold every measured value; "one_run_s" holds the mean of each batch.

    """
    effort = choose_effort(runs)
    app_site = pages.PAGES_FOLDER / pages.OURS
    pages.build()
    with start_browser() as chromium:
        sites = starts.store_pages(chromium, effort)
        warm_starts = starts.measure_warm_starts(chromium, sites, effort)
        drawing_results = drawing.measure(chromium, sites[pages.OURS], effort)
    first_visits = starts.measure_first_visits(effort)
    # A shortened benchmark leaves out the simulated phone to save time. `python -m bench.app.phone`
    # measures it alone.
    phone_sites = {pages.OURS: app_site} if effort.is_full else {}
    phone_visits = phone.measure(phone_sites, effort.first_visits)
    return {
        "is_full": effort.is_full,
        **figures.compute_figures(warm_starts, first_visits, drawing_results, app_site),
        "runs": {
            "warm": warm_starts,
            "drawing": drawing_results,
            "first_visit": first_visits,
            "phone": phone_visits,
        },
        **loads.measure(effort),
    }


def as_text(measured: Mapping[str, Any]) -> str:
    """Return the results as Markdown."""
    return results.all_sections(
        measured,
        figures.section(measured, pages.PAGES_FOLDER / pages.OURS),
        targets_table(storage_figures.TARGETS, storage_figures.by_target(measured)),
    )


def as_json(measured: Mapping[str, Any]) -> str:
    """Return the results as JSON, including every single run."""
    return json.dumps(measured, indent=1)


def write_results(measured: Mapping[str, Any]) -> None:
    """Write the results of a full benchmark to bench/README.md, and the chart to starts.svg."""
    seconds = measured["runs"]["warm"]["start_s"]
    svg = chart.draw_starts(seconds, figures.PAGE_LABELS, pages.OURS)
    results.write_readme(as_text(measured), svg)
