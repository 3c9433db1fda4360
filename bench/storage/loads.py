"""Measure loads of models of several sizes with `offline_onnx` and with TensorFlow.js.

`offline_onnx` loads ONNX files; TensorFlow.js loads a model whose weights are the same bytes. Each
load happens in a new page, and the two libraries take turns. A first load downloads the model from
this machine and stores it. A stored load reads the stored bytes into memory; only `offline_onnx`
verifies them. The operating system has all files in memory, because they have just been written.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bench.harness.browser import start_browser
from bench.results import median_ratio
from bench.storage import figures, models, runs, site
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness.browser import Browser
    from bench.harness.effort import Effort

PAGE_FILES = {"ours": "index.html", "tfjs": "tfjs.html"}
"""The two libraries, and the page of each."""
type Values = dict[str, list[float]]
"""The measured values of one library and model size, by the name of the measurement."""


def measure(effort: Effort) -> dict[str, Any]:
    """Measure the loads of all model sizes.

    Returns:
        The entries of `figures.compute_figures`, and these: "browser" (its name and version),
        "cores" (the number of CPU cores), "storage" (a list with the result of `_measure` for each
        size) and "one_run_s" (the result of `runs.measure`).

    """
    site.build()
    files = {size: models.write_model(site.MODELS_FOLDER, size) for size in effort.loads}
    small = models.write_small_model(site.MODELS_FOLDER)
    with site.serve_site() as address, start_browser() as chromium:
        page = f"{address}/site/{PAGE_FILES['ours']}"
        with chromium.open_tab(page):
            pass  # this page installs the service worker, which serves both pages
        chromium.check_memory_measurement(f"{address}/site/{PAGE_FILES['tfjs']}")
        results = [_measure(chromium, address, size, files[size], effort) for size in effort.loads]
        one_run = runs.measure(chromium, page, f"{address}/models/{small}", effort)
    return {
        "browser": chromium.name,
        "cores": os.cpu_count(),
        "storage": results,
        "one_run_s": one_run,
        **figures.compute_figures(results, one_run),
    }


def _measure(
    chromium: Browser, address: str, mebibytes: int, file: str, effort: Effort
) -> dict[str, Any]:
    """Measure the loads of one model size.

    Args:
        chromium: The browser.
        address: The address of the server, without a trailing slash.
        mebibytes: The size in MiB.
        file: The name of the model's file and of its manifest, without a suffix.
        effort: The number of loads and of sessions.

    Returns:
        {"megabytes": the size, in MiB despite the key's name, "ours": values, "tfjs": values,
        "plain_download_s": the seconds of a download alone, "first_load_vs_tfjs": ratio of the
        medians, "stored_load_vs_tfjs": ratio of the medians}.

    """
    say(f"Loading models of {mebibytes} MiB ...")
    first_loads, stored_loads = effort.loads[mebibytes]
    size = mebibytes * models.MEBIBYTE
    pages = {library: f"{address}/site/{page}" for library, page in PAGE_FILES.items()}
    model_addresses = {
        "ours": f"{address}/models/{file}.json",
        "tfjs": f"{address}/models/{file}.onnx",
    }
    values: dict[str, Values] = {library: {} for library in PAGE_FILES}
    plain_downloads = []
    for library in _alternate(first_loads):
        if library == "tfjs":
            with chromium.open_tab(pages["tfjs"]) as tab:
                plain_downloads.append(tab.call("plainLoad", model_addresses["tfjs"])["seconds"])
        with chromium.open_tab(pages[library]) as tab:
            _add_load(
                values[library],
                "first_load",
                size,
                *tab.measure("firstLoad", model_addresses[library]),
            )
            # `save` of TensorFlow.js ends before the commit. A read waits for the commit.
            tab.call("storedLoad", model_addresses[library])
            # The model stays stored after the last first load, for the stored loads below.
            if len(values[library]["first_load_s"]) < first_loads:
                tab.call("remove", model_addresses[library])
    for library in _alternate(stored_loads):
        with chromium.open_tab(pages[library]) as tab:
            _add_load(
                values[library],
                "stored_load",
                size,
                *tab.measure("storedLoad", model_addresses[library]),
            )
    for _ in range(effort.sessions):
        with chromium.open_tab(pages["ours"]) as tab:
            opened = tab.call("openSession", model_addresses["ours"])
            values["ours"].setdefault("open_session_s", []).append(opened["seconds"])
    with chromium.open_tab(pages["ours"]) as tab:
        stored_peak = tab.call("tracedLoad", model_addresses["ours"])
        tab.call("remove", model_addresses["ours"])
        first_peak = tab.call("tracedLoad", model_addresses["ours"])
        tab.call("remove", model_addresses["ours"])
        values["ours"]["python_peak_bytes"] = [first_peak, stored_peak]
    with chromium.open_tab(pages["tfjs"]) as tab:
        tab.call("remove", model_addresses["tfjs"])
    ratios = {
        f"{load}_vs_tfjs": median_ratio(values["ours"][f"{load}_s"], values["tfjs"][f"{load}_s"])
        for load in ("first_load", "stored_load")
    }
    return {"megabytes": mebibytes, **values, "plain_download_s": plain_downloads, **ratios}


def _alternate(runs: int) -> Iterator[str]:
    """Yield both libraries `runs` times; the order of the two alternates."""
    for run in range(runs):
        yield from reversed(PAGE_FILES) if run % 2 else PAGE_FILES


def _add_load(
    values: Values, load: str, size: int, measured: dict[str, float], memory: int
) -> None:
    """Add the measurements of one load to `values`.

    Args:
        values: The measured values of the library so far.
        load: "first_load" or "stored_load".
        size: The size of the model in bytes.
        measured: What the page has measured: the return value of its function.
        memory: The peak growth of the page's memory in bytes.

    Raises:
        BuildError: The load returned another number of bytes.

    """
    if measured["bytes"] != size:
        raise BuildError(f"The page loaded {measured['bytes']} bytes instead of {size}.")
    values.setdefault(f"{load}_s", []).append(measured["seconds"])
    values.setdefault(f"{load}_peak_memory_bytes", []).append(memory)
    if "python_heap_growth" in measured:
        growths = values.setdefault("python_heap_growth_bytes", [])
        growths.append(measured["python_heap_growth"])
