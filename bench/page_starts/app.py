"""All that is measured of the page, in one browser; first visits in an empty one each."""

from __future__ import annotations

from typing import Any

from bench.harness.browser import browser
from bench.page_starts import drawing, figures, pages, picture, starts


def measure() -> dict[str, Any]:
    """Give the figures by their keys, and beside them "runs": what they were made of."""
    pages.make()
    with browser() as chromium:
        warm = starts.warm(chromium)
        drawn = drawing.measure(chromium)
    first = starts.first()
    found = figures.of(warm, first, drawn, pages.SITES / pages.OURS)
    return {**found, "runs": {"warm": warm, "drawing": drawn, "first_visit": first}}


def section(results: dict[str, Any]) -> str:
    """Write what bench/README.md says of the page."""
    return figures.text(results, pages.SITES / pages.OURS, drawing.PREDICTIONS)


def drawn(results: dict[str, Any]) -> str:
    """Draw the picture of it."""
    return picture.starts(results["runs"]["warm"]["start_s"], figures.NAMES, pages.OURS)
