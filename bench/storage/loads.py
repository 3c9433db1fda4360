"""Loading models of several sizes, beside TensorFlow.js with weights of the same bytes.

Each load happens in a newly opened page, ours and the peer's in turn. A first load is the download
from this machine and the storing; a stored load ends with the bytes in memory, ours verified.
The operating system has cached all files by then, for both alike.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bench.harness.browser import browser
from bench.results import ratio
from bench.storage import models, site
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

PAGES = {"ours": "index.html", "tfjs": "tfjs.html"}

type Figures = dict[str, list[float]]


def measure(effort: Effort) -> dict[str, Any]:
    """Measure all sizes.

    Returns:
        {"browser": its name, "cores": their number, "storage": a result for each size}.

    """
    site.build()
    files = {size: models.write(site.MODELS, size) for size in effort.loads}
    with site.served() as address, browser() as chromium:
        with chromium.tab(f"{address}/site/{PAGES['ours']}"):
            pass  # installs the service worker, for both pages
        chromium.check_memory(f"{address}/site/{PAGES['tfjs']}")
        results = [_measure(chromium, address, size, files[size], effort) for size in effort.loads]
    return {"browser": chromium.name, "cores": os.cpu_count(), "storage": results}


def _measure(
    chromium: Browser, address: str, megabytes: int, file: str, effort: Effort
) -> dict[str, Any]:
    """Return {"megabytes": ..., "ours": figures, "tfjs": figures, and the two ratios}."""
    say(f"Loading models of {megabytes} MB ...")
    first_loads, stored_loads = effort.loads[megabytes]
    size = megabytes * models.MEGABYTE
    pages = {side: f"{address}/site/{page}" for side, page in PAGES.items()}
    files = {
        "ours": f"{address}/models/{file}.json",
        "tfjs": f"{address}/models/{file}.onnx",
    }
    figures: dict[str, Figures] = {side: {} for side in PAGES}
    for side in _turns(first_loads):
        with chromium.tab(pages[side]) as tab:
            _add(figures[side], "first_load", size, *tab.measure("firstLoad", files[side]))
            tab.call("storedLoad", files[side])  # waits until the write has ended
            if len(figures[side]["first_load_s"]) < first_loads:
                tab.call("remove", files[side])
    for side in _turns(stored_loads):
        with chromium.tab(pages[side]) as tab:
            _add(figures[side], "stored_load", size, *tab.measure("storedLoad", files[side]))
    for _ in range(effort.sessions):
        with chromium.tab(pages["ours"]) as tab:
            opened = tab.call("openSession", files["ours"])
            figures["ours"].setdefault("open_session_s", []).append(opened["seconds"])
    with chromium.tab(pages["ours"]) as tab:
        stored = tab.call("tracedLoad", files["ours"])
        tab.call("remove", files["ours"])
        first = tab.call("tracedLoad", files["ours"])
        tab.call("remove", files["ours"])
        figures["ours"]["python_peak_bytes"] = [first, stored]
    with chromium.tab(pages["tfjs"]) as tab:
        tab.call("remove", files["tfjs"])
    ratios = {
        f"{load}_vs_tfjs": ratio(figures["ours"][f"{load}_s"], figures["tfjs"][f"{load}_s"])
        for load in ("first_load", "stored_load")
    }
    return {"megabytes": megabytes, **figures, **ratios}


def _turns(runs: int) -> Iterator[str]:
    """Yield both sides `runs` times; each comes first as often as the other."""
    for run in range(runs):
        yield from reversed(PAGES) if run % 2 else PAGES


def _add(figures: Figures, load: str, size: int, answer: dict[str, float], memory: int) -> None:
    if answer["bytes"] != size:
        raise BuildError(f"{answer['bytes']} bytes were loaded instead of {size}.")
    figures.setdefault(f"{load}_s", []).append(answer["seconds"])
    figures.setdefault(f"{load}_peak_memory_bytes", []).append(memory)
    if "python_heap_growth" in answer:
        growth = figures.setdefault("python_heap_growth_bytes", [])
        growth.append(answer["python_heap_growth"])
