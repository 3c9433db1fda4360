"""Measures loads of models of several sizes; TensorFlow.js loads weights that are the same bytes.

Each load happens in a new page, and the two competitors take turns. A first load downloads the
model from this machine and stores it. A stored load reads the stored bytes into memory; only our
library verifies them. Before the measurements the operating system has cached all files, for both
competitors.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bench.harness.browser import browser
from bench.results import median_ratio
from bench.storage import models, site
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

PAGES = {"ours": "index.html", "tfjs": "tfjs.html"}
"""The competitors and their pages."""

type Figures = dict[str, list[float]]


def measure(effort: Effort) -> dict[str, Any]:
    """Measure the loads of all model sizes.

    Returns:
        {"browser": name, "cores": number of CPU cores, "storage": [a result for each size]}.

    """
    site.build()
    files = {size: models.write_model(site.MODELS, size) for size in effort.loads}
    with site.serve_site() as address, browser() as chromium:
        with chromium.open_tab(f"{address}/site/{PAGES['ours']}"):
            pass  # installs the service worker, for both pages
        chromium.check_memory_measurement(f"{address}/site/{PAGES['tfjs']}")
        results = [_measure(chromium, address, size, files[size], effort) for size in effort.loads]
    return {"browser": chromium.name, "cores": os.cpu_count(), "storage": results}


def _measure(
    chromium: Browser, address: str, megabytes: int, file: str, effort: Effort
) -> dict[str, Any]:
    """Measure the loads of one model size.

    Returns:
        {"megabytes": size, "ours": figures, "tfjs": figures, "first_load_vs_tfjs": ratio,
        "stored_load_vs_tfjs": ratio}.

    """
    say(f"Loading models of {megabytes} MB ...")
    first_loads, stored_loads = effort.loads[megabytes]
    size = megabytes * models.MEGABYTE
    pages = {competitor: f"{address}/site/{page}" for competitor, page in PAGES.items()}
    files = {
        "ours": f"{address}/models/{file}.json",
        "tfjs": f"{address}/models/{file}.onnx",
    }
    figures: dict[str, Figures] = {competitor: {} for competitor in PAGES}
    for competitor in _alternate(first_loads):
        with chromium.open_tab(pages[competitor]) as tab:
            _add_load(
                figures[competitor],
                "first_load",
                size,
                *tab.measure("firstLoad", files[competitor]),
            )
            tab.call("storedLoad", files[competitor])  # waits until the write has ended
            if len(figures[competitor]["first_load_s"]) < first_loads:
                tab.call("remove", files[competitor])
    for competitor in _alternate(stored_loads):
        with chromium.open_tab(pages[competitor]) as tab:
            _add_load(
                figures[competitor],
                "stored_load",
                size,
                *tab.measure("storedLoad", files[competitor]),
            )
    for _ in range(effort.sessions):
        with chromium.open_tab(pages["ours"]) as tab:
            opened = tab.call("openSession", files["ours"])
            figures["ours"].setdefault("open_session_s", []).append(opened["seconds"])
    with chromium.open_tab(pages["ours"]) as tab:
        stored = tab.call("tracedLoad", files["ours"])
        tab.call("remove", files["ours"])
        first = tab.call("tracedLoad", files["ours"])
        tab.call("remove", files["ours"])
        figures["ours"]["python_peak_bytes"] = [first, stored]
    with chromium.open_tab(pages["tfjs"]) as tab:
        tab.call("remove", files["tfjs"])
    ratios = {
        f"{load}_vs_tfjs": median_ratio(figures["ours"][f"{load}_s"], figures["tfjs"][f"{load}_s"])
        for load in ("first_load", "stored_load")
    }
    return {"megabytes": megabytes, **figures, **ratios}


def _alternate(runs: int) -> Iterator[str]:
    """Yield both competitors `runs` times; the order changes with each round."""
    for run in range(runs):
        yield from reversed(PAGES) if run % 2 else PAGES


def _add_load(
    figures: Figures, load: str, size: int, measured: dict[str, float], memory: int
) -> None:
    """Add the measurements of one load to `figures`.

    Args:
        figures: The competitor's measurements so far.
        load: "first_load" or "stored_load".
        size: Bytes of the model.
        measured: The return value of the function in the page.
        memory: Peak memory growth in bytes.

    """
    if measured["bytes"] != size:
        raise BuildError(f"{measured['bytes']} bytes were loaded instead of {size}.")
    figures.setdefault(f"{load}_s", []).append(measured["seconds"])
    figures.setdefault(f"{load}_peak_memory_bytes", []).append(memory)
    if "python_heap_growth" in measured:
        growth = figures.setdefault("python_heap_growth_bytes", [])
        growth.append(measured["python_heap_growth"])
