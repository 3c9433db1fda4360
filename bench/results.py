"""The results as Markdown, and bench/README.md."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PICTURE = "starts.svg"
README = Path(__file__).parent / "README.md"
TITLE = """# Side by side with the peers

`python build.py bench` writes this page; `--json` prints every single run. Seconds depend on the
machine and its load, so compare within a row. Each value is a median, with the least and the most.
"""
SHORTENED = """
**Shortened to few runs: the figures are rough, and bench/README.md stays as it is.**
"""
STORAGE = """## Loading and storing

A model is an ONNX file of that many MB (2^20 bytes); TensorFlow.js stores the same bytes as
weights, through its `indexeddb://`. Every load happens in a new page, ours and theirs in turn.

- First load: downloading from this machine, and storing. Ours is verified, and ends when the
  browser has committed everything; `save` of TensorFlow.js ends before that.
- Stored load: until the bytes are in memory. Ours are verified, theirs never. Neither side builds
  a model of them yet: the last column shows how long a session takes to open.
- Memory: the peak by which the page's process grew during a load. For Python's heap and its objects
  (`tracemalloc`), the most in any load.
"""
HEADER = """
| MB | first load | TensorFlow.js | ratio | stored load | TensorFlow.js | ratio |
|---:|---|---|---:|---|---|---:|
"""
MEMORY_HEADER = """
| MB | memory of a first load | TensorFlow.js | of a stored load | TensorFlow.js | Python's heap \
grows by | Python's objects take | a session opens in |
|---:|---|---|---|---|---:|---:|---|
"""


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Divide the medians, to three decimals: less than 1 where ours is smaller."""
    return round(median(ours) / median(theirs), 3)


def seconds(values: Sequence[float]) -> str:
    """Return median and range, such as "0.120 s (0.110-0.150)"."""
    return f"{median(values):.3f} s ({min(values):.3f}-{max(values):.3f})"


def memory(values: Sequence[float]) -> str:
    """Return median and range of bytes, in MB."""
    low, middle, high = (value / 2**20 for value in (min(values), median(values), max(values)))
    return f"{middle:.0f} MB ({low:.0f}-{high:.0f})"


def storage(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the section on `bench.storage`."""
    times, sizes = [], []
    for result in results:
        ours, tfjs, name = result["ours"], result["tfjs"], result["megabytes"]
        loads = [
            text
            for load in ("first_load", "stored_load")
            for text in (
                seconds(ours[f"{load}_s"]),
                seconds(tfjs[f"{load}_s"]),
                f"{result[f'{load}_vs_tfjs']:.2f}",
            )
        ]
        times.append(_row(name, *loads))
        peaks = [
            memory(side[f"{load}_peak_memory_bytes"])
            for load in ("first_load", "stored_load")
            for side in (ours, tfjs)
        ]
        python = [
            f"{max(ours[f'python_{figure}_bytes']) / 2**20:.2f} MB"
            for figure in ("heap_growth", "peak")
        ]
        sizes.append(_row(name, *peaks, *python, seconds(ours["open_session_s"])))
    return STORAGE + HEADER + "".join(times) + MEMORY_HEADER + "".join(sizes)


def text(results: Mapping[str, Any], app: str) -> str:
    """Return all sections, and what they were measured with.

    Args:
        results: What `bench.run.measure` returned.
        app: The section on the app.

    """
    machine = f"Measured with {results['browser']} on {results['cores']} cores.\n"
    note = "" if results["is_full"] else SHORTENED
    return f"{machine}{note}\n{app}\n{storage(results['storage'])}"


def write(written: str, picture: str) -> None:
    """Write bench/README.md and its picture."""
    README.write_text(f"{TITLE}\n{written}", "utf-8")
    (README.parent / PICTURE).write_text(picture, "utf-8")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
