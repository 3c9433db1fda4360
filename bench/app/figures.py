"""The app's figures beside their targets, and bench/README.md's section on them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.app import pages
from bench.results import memory, ratio
from tools.site import sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Target:
    """The most that a figure may be.

    Attributes:
        scale: Figures and targets are divided by it when shown in `unit`.

    """

    key: str
    what: str
    most: float
    unit: str = ""
    scale: float = 1.0

    def show(self, value: float) -> str:
        """Return a value as the table shows it."""
        return f"{value / self.scale:.4g} {self.unit}".strip()


TARGETS = [
    Target("warm_start_vs_tfjs", "warm start offline, of TensorFlow.js's best backend", 1.0),
    Target("warm_start_vs_plain_pyodide", "warm start offline, of plain Pyodide", 0.25),
    Target("inference_vs_tfjs", "one inference, of TensorFlow.js's best backend", 0.15),
    Target("pointer_to_digit_p95_ms", "pointer up to digit, 95th percentile", 16.7, "ms"),
    Target("longest_task_start_ms", "longest task of a warm start", 150, "ms"),
    Target("longest_task_drawing_ms", "longest task while drawing, 120 events a second", 16, "ms"),
    Target("transfer_brotli_bytes", "first visit, with Brotli", 6.0e6, "MB", 1e6),
    Target("transfer_gzip_bytes", "first visit, with gzip", 8.5e6, "MB", 1e6),
    Target(
        "first_visit_vs_bytes", "first digit over 10 Mbit/s and 40 ms, of the bytes' time", 1.25
    ),
    Target("peak_memory_bytes", "peak of JavaScript's and WebAssembly's memory", 120e6, "MB", 1e6),
]
PERCENTILE = 95
NAMES = {
    pages.OURS: "this page",
    pages.PLAIN: "this page on plain Pyodide",
    "tfjs-cpu": "TensorFlow.js, cpu",
    "tfjs-wasm": "TensorFlow.js, wasm",
    "tfjs-webgl": "TensorFlow.js, webgl (in software)",
}


def of(
    warm: Mapping[str, Any], first: Mapping[str, Any], drawing: Mapping[str, Any], site: Path
) -> dict[str, Any]:
    """Return each figure by the key of its target.

    Args:
        warm: What `starts.warm` returned.
        first: What `starts.first` returned.
        drawing: What `drawing.measure` returned.
        site: The app's site, for the sizes of its files.

    """
    best = {
        what: min((warm[what][peer] for peer in pages.PEERS), key=median)
        for what in ("start_s", "inference_s")
    }
    start, inference = warm["start_s"][pages.OURS], warm["inference_s"][pages.OURS]
    shares = [
        seconds / alone
        for seconds, alone in zip(first["start_s"], first["bytes_alone_s"], strict=True)
    ]
    return {
        "warm_start_vs_tfjs": ratio(start, best["start_s"]),
        "warm_start_vs_plain_pyodide": ratio(start, warm["start_s"][pages.PLAIN]),
        "inference_vs_tfjs": ratio(inference, best["inference_s"]),
        "pointer_to_digit_p95_ms": _milliseconds(_percentile(drawing["pointer_to_digit_s"])),
        "longest_task_start_ms": _milliseconds(max(warm["longest_task_s"])),
        "longest_task_drawing_ms": _milliseconds(max(drawing["longest_task_s"])),
        "transfer_brotli_bytes": sum(sizes.transfer_sizes(site, "br").values()),
        "transfer_gzip_bytes": sum(sizes.transfer_sizes(site, "gz").values()),
        "first_visit_vs_bytes": round(median(shares), 3),
        "peak_memory_bytes": max(warm["peak_memory_bytes"]),
    }


def table(found: Mapping[str, float]) -> str:
    """Return a table with a row for each target."""
    rows = []
    for target in TARGETS:
        value = found[target.key]
        verdict = "" if value <= target.most else "**missed**"
        cells = (target.what, target.show(value), target.show(target.most), verdict)
        rows.append(f"| {' | '.join(cells)} |\n")
    return "| what | measured | at most | |\n|---|---:|---:|---|\n" + "".join(rows)


def starts(warm: Mapping[str, Any]) -> str:
    """Return a table with each page's start and inference."""
    rows = [
        f"| {NAMES[side]} | {_spread(seconds)} | {_spread(warm['inference_s'][side])} |\n"
        for side, seconds in warm["start_s"].items()
    ]
    return "| page | start to digit, ms | one inference, ms |\n|---|---|---|\n" + "".join(rows)


def steps(warm: Mapping[str, Any]) -> str:
    """Return a table with the duration of each part of the app's start."""
    rows, begun = [], [0.0] * len(warm["steps_s"])
    for step, what in STEPS.items():
        ended = [ends[step] for ends in warm["steps_s"]]
        taken = [end - start for start, end in zip(begun, ended, strict=True)]
        rows.append(f"| {what} | {_spread(taken)} |\n")
        begun = ended
    return "| part of this page's start | ms |\n|---|---|\n" + "".join(rows)


def files(site: Path) -> str:
    """Return a table of the files that a first visit loads, the largest first."""
    plain, brotli, gzip = (sizes.transfer_sizes(site, encoding) for encoding in ("", "br", "gz"))
    rows = [
        f"| {_unhashed(path)} | {size:,} | {brotli[path]:,} | {gzip[path]:,} |\n"
        for path, size in sorted(plain.items(), key=lambda item: -brotli[item[0]])
    ]
    total = " | ".join(f"{sum(each.values()):,}" for each in (plain, brotli, gzip))
    header = "| file | bytes | Brotli | gzip |\n|---|---:|---:|---:|\n"
    return f"{header}{''.join(rows)}| all | {total} |\n"


def _unhashed(path: str) -> str:
    built, *rest = path.split("/")
    return path if len(rest) < 2 else "/".join([built, rest[0].rsplit("-", 1)[0], *rest[1:]])


def _percentile(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[PERCENTILE - 1]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _spread(seconds: Sequence[float]) -> str:
    low, middle, high = (1000 * value for value in (min(seconds), median(seconds), max(seconds)))
    return f"{middle:.4g} ({low:.3g}-{high:.3g})"


STEPS = {
    "step_python": "the page, its style and its scripts",
    "step_model": "Python from its snapshot, the page's listeners; meanwhile onnxruntime-web",
    "step_runtime": "the model, read from IndexedDB and verified",
    "digit": "its session opened, the drawing read, the digit shown",
}
"""The parts of a start, each by the event that ends it."""
TEXT = """## The app

![Bars: from navigation to the first digit, offline](starts.svg)

{table}
- A warm start is a new page with the server stopped, until the digit of a waiting drawing appears;
  {runs} runs of each page, in turn. TensorFlow.js runs a common network for MNIST (594,922
  parameters, untrained) from IndexedDB, in the smallest possible page. All pages have been visited
  before, so that the browser had time to cache compiled code.
- Plain Pyodide is the same page, started from Pyodide's and onnxruntime-web's releases as they are.
- An inference goes from an image to ten probabilities: ours through Python, theirs by `predict`.
- A task is what the browser runs on the page's main thread in one go, from its own trace.
- The peak of memory is that of JavaScript's objects and buffers and WebAssembly's memories, until
  half a second after the digit, as the browser reports it between any two tasks. With compiled code
  and everything else that the browser holds for the page, its process grew by {process}.
- Memory before and after {predictions:,} predictions: {growth}.

{starts}
{steps}
### What is sent on a first visit

{files}"""


def text(results: Mapping[str, Any], site: Path) -> str:
    """Return the section on the app."""
    warm, drawing = results["runs"]["warm"], results["runs"]["drawing"]
    before, after = drawing["before_predictions"], drawing["after_predictions"]
    growth = ", ".join(
        f"{what.replace('_', ' ')} {before[what]:,} and {after[what]:,}" for what in before
    )
    return TEXT.format(
        table=table(results),
        runs=len(warm["start_s"][pages.OURS]),
        predictions=drawing["predictions"],
        process=memory(warm["process_growth_bytes"]),
        growth=growth,
        starts=starts(warm),
        steps=steps(warm),
        files=files(site),
    )
