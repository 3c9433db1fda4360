"""The app's results compared with their targets, and the section on the app in bench/README.md."""

from __future__ import annotations

from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.app import pages, phone, starts
from bench.harness.processor_time import GROUPS
from bench.results import format_memory, median_ratio
from bench.targets import Target, targets_table
from tools.site import sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


TARGETS = [
    Target(
        "warm_start_vs_tfjs", "warm start offline, relative to the best TensorFlow.js backend", 1.0
    ),
    Target("warm_start_vs_plain_pyodide", "warm start offline, relative to plain Pyodide", 0.25),
    Target(
        "cpu_vs_tfjs",
        "processor time of a warm start, relative to the TensorFlow.js backend that needs least",
        2.5,
    ),
    Target("slow_can_draw_s", "first paint of a warm start, main thread 4 times slower", 0.4, "s"),
    Target("slow_first_digit_s", "digit of a warm start, main thread 4 times slower", 1.2, "s"),
    Target("inference_vs_tfjs", "one inference, relative to the best TensorFlow.js backend", 0.15),
    Target("pointer_to_digit_p95_ms", "from `pointerup` to the digit, 95th percentile", 16.7, "ms"),
    Target(
        "pointer_to_line_p95_ms",
        "from `pointerup` to the answer, in a line of 12 symbols, 95th percentile",
        33,
        "ms",
    ),
    Target("longest_task_start_ms", "longest task of a warm start", 150, "ms"),
    Target(
        "longest_task_drawing_ms",
        "longest task while drawing, with 120 pointer events a second",
        16,
        "ms",
    ),
    Target("transfer_brotli_bytes", "download of a first visit, with Brotli", 6.0e6, "MB", 1e6),
    Target("transfer_gzip_bytes", "download of a first visit, with gzip", 8.5e6, "MB", 1e6),
    Target(
        "first_visit_vs_bytes",
        "first digit on a link of 10 Mbit/s and 40 ms delay, relative to the download alone",
        1.25,
    ),
    Target("peak_memory_bytes", "peak memory of JavaScript and WebAssembly", 120e6, "MB", 1e6),
]
PAGE_LABELS = {
    pages.OURS: "the app",
    pages.PLAIN: "the app on plain Pyodide",
    "tfjs-cpu": "TensorFlow.js, cpu",
    "tfjs-wasm": "TensorFlow.js, wasm",
    "tfjs-webgl": "TensorFlow.js, webgl (in software)",
}


def compute_figures(
    warm: Mapping[str, Any], first: Mapping[str, Any], drawing: Mapping[str, Any], site: Path
) -> dict[str, Any]:
    """Compute the result for each target, by the target's key.

    Args:
        warm: The result of `starts.measure_warm_starts`.
        first: The result of `starts.measure_first_visits`.
        drawing: The result of `drawing.measure`.
        site: The folder of the built app; the sizes of its files are results, too.

    """
    best_tfjs = {
        key: min((warm[key][page] for page in pages.TFJS_PAGES), key=median)
        for key in ("start_s", "inference_s")
    }
    start, inference = warm["start_s"][pages.OURS], warm["inference_s"][pages.OURS]
    first_visit_vs_transfer = [
        seconds / transfer_seconds
        for seconds, transfer_seconds in zip(first["start_s"], first["transfer_s"], strict=True)
    ]
    processor = {page: list(map(_total, runs)) for page, runs in warm["processor_s"].items()}
    least_processor = min((processor[page] for page in pages.TFJS_PAGES), key=median)
    paints, digits = zip(*warm["slow_s"], strict=True)
    return {
        "warm_start_vs_tfjs": median_ratio(start, best_tfjs["start_s"]),
        "warm_start_vs_plain_pyodide": median_ratio(start, warm["start_s"][pages.PLAIN]),
        "cpu_vs_tfjs": median_ratio(processor[pages.OURS], least_processor),
        "slow_can_draw_s": round(median(paints), 3),
        "slow_first_digit_s": round(median(digits), 3),
        "inference_vs_tfjs": median_ratio(inference, best_tfjs["inference_s"]),
        "pointer_to_digit_p95_ms": _milliseconds(_percentile_95(drawing["pointer_to_digit_s"])),
        "pointer_to_line_p95_ms": _milliseconds(_percentile_95(drawing["pointer_to_line_s"])),
        "longest_task_start_ms": _milliseconds(max(warm["longest_task_s"])),
        "longest_task_drawing_ms": _milliseconds(max(drawing["longest_task_s"])),
        "transfer_brotli_bytes": sum(sizes.transfer_sizes(site, "br").values()),
        "transfer_gzip_bytes": sum(sizes.transfer_sizes(site, "gz").values()),
        # The start is divided by the time that the link alone needs for the bytes.
        "first_visit_vs_bytes": round(median(first_visit_vs_transfer), 3),
        "peak_memory_bytes": max(warm["peak_memory_bytes"]),
    }


def starts_table(warm: Mapping[str, Any]) -> str:
    """Return a Markdown table with each page's start time and inference time."""
    rows = [
        f"| {PAGE_LABELS[page]} | {_spread(seconds)} | {_spread(warm['inference_s'][page])} |\n"
        for page, seconds in warm["start_s"].items()
    ]
    return "| page | start to digit, ms | one inference, ms |\n|---|---|---|\n" + "".join(rows)


def steps_table(warm: Mapping[str, Any]) -> str:
    """Return a Markdown table with the duration of each part of the app's start."""
    rows, previous_ends = [], [0.0] * len(warm["steps_s"])
    for event, label in START_PARTS.items():
        ends = [run[event] for run in warm["steps_s"]]
        durations = [end - start for start, end in zip(previous_ends, ends, strict=True)]
        rows.append(f"| {label} | {_spread(durations)} |\n")
        previous_ends = ends
    return "| part of the app's start | ms |\n|---|---|\n" + "".join(rows)


def processor_table(warm: Mapping[str, Any]) -> str:
    """Return a Markdown table with the processor time of each group of threads during a start."""
    shown = [*warm["processor_s"]]
    rows = []
    for group in GROUPS:
        cells = [_spread([run[group] for run in warm["processor_s"][page]]) for page in shown]
        rows.append(f"| {group} | {' | '.join(cells)} |\n")
    totals = [_spread(list(map(_total, warm["processor_s"][page]))) for page in shown]
    rows.append(f"| all | {' | '.join(totals)} |\n")
    header = f"| processor time, ms | {' | '.join(PAGE_LABELS[page] for page in shown)} |\n"
    return f"{header}|---|{'---|' * len(shown)}\n{''.join(rows)}"


def _total(seconds: Mapping[str, float]) -> float:
    return sum(seconds.values())


def files_table(site: Path) -> str:
    """Return a Markdown table of the files that a first visit downloads, the largest first."""
    full, brotli, gzip = (sizes.transfer_sizes(site, encoding) for encoding in ("", "br", "gz"))
    rows = [
        f"| {_without_digest(path)} | {size:,} | {brotli[path]:,} | {gzip[path]:,} |\n"
        for path, size in sorted(full.items(), key=lambda item: -brotli[item[0]])
    ]
    totals = " | ".join(f"{sum(column.values()):,}" for column in (full, brotli, gzip))
    header = "| file | bytes | Brotli | gzip |\n|---|---:|---:|---:|\n"
    return f"{header}{''.join(rows)}| all | {totals} |\n"


def _without_digest(path: str) -> str:
    """Remove the digest from the folder name in a path such as built/python-0123456789ab/a.zip."""
    built, *rest = path.split("/")
    return path if len(rest) < 2 else "/".join([built, rest[0].rsplit("-", 1)[0], *rest[1:]])


def _percentile_95(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[95 - 1]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _spread(seconds: Sequence[float]) -> str:
    """Format median and range in milliseconds, such as "120 (110-150)"."""
    low, middle, high = (1000 * value for value in (min(seconds), median(seconds), max(seconds)))
    return f"{middle:.4g} ({low:.3g}-{high:.3g})"


START_PARTS = {
    "step_python": "load the page, its style and its scripts",
    "step_model": "restore Python from its snapshot and add event listeners; onnxruntime-web \
loads in parallel",
    "step_runtime": "read the model from IndexedDB and verify it",
    "digit": "open a session, read the drawing, show the digit",
}
"""The parts of a start, in order. A part ends when the step in its key begins; the last part ends
when the page shows the digit."""
MEMORY = {
    "javascript_bytes": "JavaScript {:,} and {:,} bytes",
    "python_bytes": "Python {:,} and {:,} bytes",
    "proxies": "Python objects that JavaScript refers to {:,} and {:,}",
}
"""The text for each measure of memory, with its values before and after the predictions."""
SECTION = """## The app

![Bars: from navigation to the first digit, offline](starts.svg)

{targets_table}
- A warm start opens a new page while the server is stopped. It lasts until the page shows the digit
  of a stored drawing. Each page is started {runs} times, and the pages take turns. All pages were
  visited before the measurements, so that the browser had time to cache compiled code.
- The pages of TensorFlow.js only load a network from IndexedDB, and read the drawing with it. The
  network is that of the TensorFlow.js app from which this project started (594,922 parameters, here
  untrained).
- On plain Pyodide, the app runs with the unmodified releases of Pyodide and onnxruntime-web.
- An inference computes ten probabilities from an image. The app runs it from Python; the pages of
  TensorFlow.js call `predict`.
- The line of 12 symbols is a sum that ends in "=". The delay is measured from the last `pointerup`
  until the page shows the symbols and has worked the sum out. The result itself appears when the
  pen has rested for half a second.
- The length of a task is the time for which it occupies the page's main thread, according to the
  browser's trace.
- Processor time counts all threads of the browser, from navigation to the digit. The page's other
  two rows are the threads of its process; the service worker's are among them.
- With a slow main thread, Chromium runs it {slowdown} times slower, and all else at full speed.
  From the first paint on, the user can draw: a script without Python paints the strokes.
- Peak memory covers JavaScript's objects and buffers and WebAssembly's memories, from the start of
  the app until half a second after it shows the digit. The app's whole process, which also holds
  compiled code and the browser's own data, grew by {process}.
- Memory before and after {predictions:,} predictions: {memory_before_and_after}.

{starts_table}
{steps_table}
{processor_table}
{phone_section}### Downloads of a first visit

{files_table}"""


PHONE_SECTION = """### On a simulated phone

The app's main thread runs {slowdown} times slower, and the link has {megabits:g} Mbit/s. Mouse
events tap on the sheet from the first paint on, and draw a 7 after {draw_at:g} s.
A visit ends when the app works offline. All tasks and all layout shifts until then count, even
shifts that follow an input. Workers and the browser's compilers are not slowed down. Medians of
{runs} first visits, and of the second visits that follow them:

{table}
"""


def _phone_section(results: phone.Results) -> str:
    """Return the Markdown section on the simulated phone; "" if no visits were measured."""
    if not results:
        return ""
    return PHONE_SECTION.format(
        slowdown=phone.SLOWDOWN,
        megabits=phone.RATE * 8 / 1e6,
        draw_at=phone.DRAW_AT,
        runs=len(results[pages.OURS][phone.VISITS[0]]),
        table=phone.table(results),
    )


def section(results: Mapping[str, Any], site: Path) -> str:
    """Return the Markdown section on the app.

    Args:
        results: The result of `bench.run.measure`.
        site: The folder of the built app.

    """
    warm, drawing = results["runs"]["warm"], results["runs"]["drawing"]
    before, after = drawing["before_predictions"], drawing["after_predictions"]
    memory_before_and_after = "; ".join(
        text.format(before[key], after[key]) for key, text in MEMORY.items()
    )
    return SECTION.format(
        targets_table=targets_table(TARGETS, results),
        runs=len(warm["start_s"][pages.OURS]),
        predictions=drawing["predictions"],
        process=format_memory(warm["process_growth_bytes"]),
        memory_before_and_after=memory_before_and_after,
        starts_table=starts_table(warm),
        steps_table=steps_table(warm),
        processor_table=processor_table(warm),
        slowdown=starts.SLOWDOWN,
        phone_section=_phone_section(results["runs"]["phone"]),
        files_table=files_table(site),
    )
