"""Loading models of several sizes, beside TensorFlow.js with weights of the same bytes.

Each load is in a page opened anew, ours and theirs in turn. A first load is a download from this
machine, and what it takes to store it; a stored load ends with the bytes in memory, ours verified.
All files are in the system's cache by then, for both alike.
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

RUNS = {1: (7, 7), 16: (7, 7), 64: (5, 15), 256: (3, 7)}
"""How often each size, in megabytes, is loaded by either side: for the first time, and stored."""
SESSIONS = 3
SIDES = {"ours": "index.html", "tfjs": "tfjs.html"}

type Figures = dict[str, list[float]]


def measure() -> dict[str, Any]:
    """Measure all sizes; give {"browser": name, "cores": number, "storage": a list of results}."""
    site.make()
    files = {size: models.write(site.MODELS, size) for size in RUNS}
    with site.served() as address, browser() as chromium:
        with chromium.tab(f"{address}/site/{SIDES['ours']}"):
            pass  # it brings the service worker, for both
        chromium.prove(f"{address}/site/{SIDES['tfjs']}")
        results = [_measure(chromium, address, size, files[size]) for size in RUNS]
    return {"browser": chromium.name, "cores": os.cpu_count(), "storage": results}


def _measure(chromium: Browser, address: str, megabytes: int, file: str) -> dict[str, Any]:
    """Give {"megabytes": ..., "ours": figures, "tfjs": figures, and the ratios}."""
    say(f"Loading models of {megabytes} MB ...")
    first_loads, stored_loads = RUNS[megabytes]
    size = megabytes * models.MEGABYTE
    pages = {side: f"{address}/site/{page}" for side, page in SIDES.items()}
    files = {
        "ours": f"{address}/models/{file}.json",
        "tfjs": f"{address}/models/{file}.onnx",
    }
    figures: dict[str, Figures] = {side: {} for side in SIDES}
    for side in _turns(first_loads):
        with chromium.tab(pages[side]) as tab:
            _add(figures[side], "first_load", size, *tab.measure("firstLoad", files[side]))
            tab.call("storedLoad", files[side])  # it is there, and no write is under way
            if len(figures[side]["first_load_s"]) < first_loads:
                tab.call("forget", files[side])
    for side in _turns(stored_loads):
        with chromium.tab(pages[side]) as tab:
            _add(figures[side], "stored_load", size, *tab.measure("storedLoad", files[side]))
    for _ in range(SESSIONS):
        with chromium.tab(pages["ours"]) as tab:
            opened = tab.call("openSession", files["ours"])
            figures["ours"].setdefault("open_session_s", []).append(opened["seconds"])
    with chromium.tab(pages["ours"]) as tab:
        stored = tab.call("tracedLoad", files["ours"])
        tab.call("forget", files["ours"])
        first = tab.call("tracedLoad", files["ours"])
        tab.call("forget", files["ours"])
        figures["ours"]["python_peak_bytes"] = [first, stored]
    with chromium.tab(pages["tfjs"]) as tab:
        tab.call("forget", files["tfjs"])
    ratios = {
        f"{load}_vs_tfjs": ratio(figures["ours"][f"{load}_s"], figures["tfjs"][f"{load}_s"])
        for load in ("first_load", "stored_load")
    }
    return {"megabytes": megabytes, **figures, **ratios}


def _turns(runs: int) -> Iterator[str]:
    """Name the sides by turns, and let each be the first as often as the other."""
    for run in range(runs):
        yield from reversed(SIDES) if run % 2 else SIDES


def _add(figures: Figures, what: str, size: int, answer: dict[str, float], memory: int) -> None:
    if answer["bytes"] != size:
        raise BuildError(f"{answer['bytes']} bytes were loaded instead of {size}.")
    figures.setdefault(f"{what}_s", []).append(answer["seconds"])
    figures.setdefault(f"{what}_peak_memory_bytes", []).append(memory)
    if "python_heap_growth" in answer:
        growth = figures.setdefault("python_heap_growth_bytes", [])
        growth.append(answer["python_heap_growth"])
