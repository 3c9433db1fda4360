"""Format the results as Markdown and write bench/README.md."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHART = "starts.svg"
README = Path(__file__).parent / "README.md"
TITLE = """# Compared with TensorFlow.js and plain Pyodide

`python build.py bench` writes this page; `--json` prints every single run. Seconds depend on the
machine and its load, so compare only values of one row. A value with a range is a median, followed
by the minimum and the maximum.
"""
SHORTENED = """
**Shortened to few runs: the results are rough, and bench/README.md is not changed.**
"""
STORAGE = """## Loading, storing and running

`offline_onnx` loads ONNX files of the given sizes in MiB (2^20 bytes). TensorFlow.js loads a model
whose weights are the same bytes, and stores it at an address that begins with `indexeddb://`. Every
load happens in a new page, and the libraries take turns.

{targets_table}
- First load: download the model from a server on the same machine, and store it. `offline_onnx`
  also verifies the model, and waits until the browser has committed all data. `save` of
  TensorFlow.js ends before the commit.
- Stored load: read the stored bytes into memory. `offline_onnx` also verifies them; TensorFlow.js
  does not. Neither library opens the model during these loads. The last column of the second
  table shows how long opening a session takes.
- Plain onnxruntime-web neither stores nor verifies models: it has to download them for each load.
  The table shows the time of the download alone.
- One run of a small model takes {ours} from Python, and {plain} from JavaScript in the same page.
  Both times begin with a list of numbers and end with the numbers of the output. The two languages
  take turns.
- Memory: by how much the page's process grew at most during a load. The growth of Python's heap is
  the largest of all measured loads with `offline_onnx`. For the peak size of Python's objects,
  `tracemalloc` traces two additional loads; the larger peak counts.
"""
TIME_HEADER = """
| MiB | download alone | first load, offline_onnx | TensorFlow.js | ratio \
| stored load, offline_onnx | TensorFlow.js | ratio |
|---:|---|---|---|---:|---|---|---:|
"""
MEMORY_HEADER = """
| MiB | memory of a first load, offline_onnx | TensorFlow.js \
| memory of a stored load, offline_onnx | TensorFlow.js \
| growth of Python's heap | Python's objects | opening a session |
|---:|---|---|---|---|---:|---:|---|
"""


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of `ours` divided by that of `theirs`, rounded to three decimals."""
    return round(median(ours) / median(theirs), 3)


def format_seconds(values: Sequence[float]) -> str:
    """Format median and range, such as "0.120 s (0.110-0.150)"."""
    return f"{median(values):.3f} s ({min(values):.3f}-{max(values):.3f})"


def format_memory(values: Sequence[float]) -> str:
    """Format median and range of numbers of bytes in MiB, such as "66 MiB (64-90)"."""
    low, middle, high = (value / 2**20 for value in (min(values), median(values), max(values)))
    return f"{middle:.0f} MiB ({low:.0f}-{high:.0f})"


def storage_section(results: Mapping[str, Any], targets: str) -> str:
    """Return the Markdown section on `bench.storage`.

    Args:
        results: The result of `bench.storage.loads.measure`.
        targets: The table of the targets.

    """
    time_rows, memory_rows = [], []
    for result in results["storage"]:
        ours, tfjs = result["ours"], result["tfjs"]
        mebibytes = result["megabytes"]  # the published key; the unit is MiB
        load_cells = [
            text
            for load in ("first_load", "stored_load")
            for text in (
                format_seconds(ours[f"{load}_s"]),
                format_seconds(tfjs[f"{load}_s"]),
                f"{result[f'{load}_vs_tfjs']:.2f}",
            )
        ]
        plain = format_seconds(result["plain_download_s"])
        time_rows.append(_row(mebibytes, plain, *load_cells))
        peak_cells = [
            format_memory(library[f"{load}_peak_memory_bytes"])
            for load in ("first_load", "stored_load")
            for library in (ours, tfjs)
        ]
        python_cells = [
            f"{max(ours[f'python_{figure}_bytes']) / 2**20:.2f} MiB"
            for figure in ("heap_growth", "peak")
        ]
        memory_rows.append(
            _row(mebibytes, *peak_cells, *python_cells, format_seconds(ours["open_session_s"]))
        )
    one_run = results["one_run_s"]
    introduction = STORAGE.format(
        targets_table=targets,
        **{name: f"{1000 * median(seconds):.3g} ms" for name, seconds in one_run.items()},
    )
    return introduction + TIME_HEADER + "".join(time_rows) + MEMORY_HEADER + "".join(memory_rows)


def all_sections(results: Mapping[str, Any], app_section: str, storage_targets: str) -> str:
    """Return all sections as Markdown, after a line about the browser and the machine.

    Args:
        results: The result of `bench.run.measure`.
        app_section: The Markdown section on the app.
        storage_targets: The table of the storage benchmark's targets.

    """
    machine = f"Measured with {results['browser']} on {results['cores']} cores.\n"
    note = "" if results["is_full"] else SHORTENED
    return f"{machine}{note}\n{app_section}\n{storage_section(results, storage_targets)}"


def write_readme(sections: str, chart: str) -> None:
    """Write bench/README.md and its chart.

    Args:
        sections: The Markdown text below the title.
        chart: An SVG image.

    """
    README.write_text(f"{TITLE}\n{sections}", "utf-8")
    (README.parent / CHART).write_text(chart, "utf-8")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
