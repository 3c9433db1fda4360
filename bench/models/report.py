"""The results of one model; formats all results, and writes docs/real-models.md."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.models.compare import Difference, differences, is_identical
from bench.models.model_list import FILE, LARGE, TRAINED
from bench.models.visits import PLAIN, STORED, WAYS, WITH_MANIFEST, WITHOUT_MANIFEST
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.models.inputs import Array
    from bench.models.visits import Visits

PAGE = venv.ROOT / "docs" / "real-models.md"
_TEMPLATE = Path(__file__).parent / "real-models.md"
"""The page without the results."""
_MEGABYTE = 1e6
LARGE_SIZE = 1_000_000_000
"""Size in bytes. The report shows the memory of the page only for larger models."""
_EXACT = "0"
_WIDTH = 120
_MADE_HERE = {
    FILE: "in the folder of the list",
    TRAINED: "trained by `bench/models/trees.py`",
    LARGE: "written by `bench/models/generated.py`",
}
"""The text on the page for each source that is not a package."""


@dataclass
class Result:
    """The result of one model.

    Attributes:
        name: the name in the list.
        kind: what the model works on.
        source: the package and its version, or FILE, TRAINED or LARGE.
        size: the bytes of all files.
        problem: why the model could not be measured at all; "" if it was.
        has_self_test: whether the manifest has a self-test.
        why_no_random_self_test: why a self-test with random inputs is not possible, or why there is
            no manifest; "" if it is possible.
        seconds: the duration of load and first run together, by the name in `visits.WAYS`.
        load_seconds: the duration of the load alone, by the same names.
        memory: the peak growth of the page's memory in bytes, by the same names.
        python_heap_growth: the largest growth of Python's memory in a load, in bytes.
        differences: the differences from native onnxruntime, by the names in `visits.WAYS`, then by
            the names of the outputs.
        identical: whether `offline_onnx` returned exactly the same outputs as plain
            onnxruntime-web, by the names in `visits.WAYS`.
        not_returned: for each output that onnxruntime-web can't return, because it is not a tensor,
            its name and its type.
        warnings: the warnings of loads, by the names in `visits.WAYS`.
        failures: why runs failed, by the names in `visits.WAYS`.

    """

    name: str
    kind: str
    source: str
    size: int = 0
    problem: str = ""
    has_self_test: bool = False
    why_no_random_self_test: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    load_seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    python_heap_growth: int = 0
    differences: dict[str, dict[str, Difference]] = field(default_factory=dict)
    identical: dict[str, bool] = field(default_factory=dict)
    not_returned: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, visits: Visits, expected: dict[str, Array]) -> None:
        """Add the runs in the browser, and compare them with the native outputs."""
        self.failures |= visits.failures
        for name, run in visits.runs.items():
            self.seconds[name], self.load_seconds[name] = run.total_s, run.load_s
            self.memory[name] = run.memory
            self.python_heap_growth = max(self.python_heap_growth, run.python_heap_growth)
            self.differences[name] = differences(expected, run.outputs)
            if name != PLAIN and PLAIN in visits.runs:
                self.identical[name] = is_identical(visits.runs[PLAIN].outputs, run.outputs)
            if run.warning:
                self.warnings[name] = run.warning

    @property
    def faults(self) -> list[str]:
        """The faults of `offline_onnx`, compared with plain onnxruntime-web.

        These are failed runs of models that plain onnxruntime-web runs, outputs that differ from
        those of plain onnxruntime-web, and warnings of loads.
        """
        found = []
        if PLAIN not in self.failures:
            found += [f"{run}: {why}" for run, why in self.failures.items()]
        found += [f"{run}: other outputs" for run, same in self.identical.items() if not same]
        return found + [f"{run}: {warning}" for run, warning in self.warnings.items()]

    @property
    def works(self) -> bool:
        """Whether all runs succeeded, including the run offline from the stored copy."""
        return not self.problem and not self.failures and STORED in self.seconds

    def ratio(self, run: str) -> float | None:
        """Return the seconds of a run relative to plain onnxruntime-web; None if either failed."""
        if run not in self.seconds or PLAIN not in self.seconds:
            return None
        return self.seconds[run] / self.seconds[PLAIN]

    def as_json(self) -> dict[str, Any]:
        """Return all fields, and the ratios to plain onnxruntime-web."""
        ratios = {run: self.ratio(run) for run in WAYS if run != PLAIN}
        return {**asdict(self), "ratios": ratios, "works": self.works, "faults": self.faults}


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table, one row for each model."""
    lines = [
        "| model | works on | MB | plain, s | first, s | | offline, s | | difference | self-test |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for result in results:
        first = WITH_MANIFEST if WITH_MANIFEST in result.seconds else WITHOUT_MANIFEST
        cells = [
            result.name,
            result.kind,
            f"{result.size / _MEGABYTE:.2f}",
            _seconds(result, PLAIN),
            _seconds(result, first),
            _ratio(result, first),
            _seconds(result, STORED),
            _ratio(result, STORED),
            _difference(result),
            _self_test(result),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def notes(results: Sequence[Result]) -> str:
    """Return the details that the table does not show, as Markdown sections with lists."""
    parts = [
        _list(
            "Failed", [(r, r.problem or "; ".join(_failures(r))) for r in results if not r.works]
        ),
        _list("Faults of the library", [(r, "; ".join(r.faults)) for r in results if r.faults]),
        _list("No self-test with random inputs", [(r, r.why_no_random_self_test) for r in results]),
        _list(
            "Outputs that onnxruntime-web does not return",
            [(r, ", ".join(map(" ".join, r.not_returned.items()))) for r in results],
        ),
        _memory([result for result in results if result.size > LARGE_SIZE]),
    ]
    return "".join(parts)


def summary(results: Sequence[Result]) -> str:
    """Return as text how many models work, how many are exact, and how long their loads take."""
    working = [result for result in results if result.works]
    kinds = Counter(result.kind for result in working)
    same = sum(all(result.identical.values()) for result in working)
    text = (
        f"{len(working)} of {len(results)} models were loaded, run, stored and run offline "
        f"({', '.join(f'{kind} {count}' for kind, count in kinds.items())}). {same} of them "
        "returned, bit by bit, what plain onnxruntime-web returned."
    )
    medians = []
    for label, run in (("a first load", WITH_MANIFEST), ("a load offline", STORED)):
        ratios = [ratio for result in results if (ratio := result.ratio(run)) is not None]
        if ratios:
            medians.append(f"{label} takes {median(ratios):.2f} times")
    if medians:
        text += (
            f" Including one run, {' and '.join(medians)} as long as plain onnxruntime-web "
            "(medians)."
        )
    return text


def write_page(results: Sequence[Result], browser: str, versions: str) -> None:
    """Write docs/real-models.md."""
    text = _TEMPLATE.read_text("utf-8").format(
        summary=_wrapped(summary(results)),
        measured=_wrapped(
            f"Measured in {browser} on {os.cpu_count()} cores, with {versions}. The inputs are "
            "seeded sounds, images, numbers and texts. They show that a model runs, not how well "
            "it works."
        ),
        table=table(results),
        notes=notes(results),
        sources=_sources(results),
    )
    PAGE.write_text(text, "utf-8")


def _sources(results: Sequence[Result]) -> str:
    """Return a Markdown list of the sources, each with the names of its models."""
    packages: dict[str, list[str]] = {}
    for result in results:
        packages.setdefault(result.source, []).append(result.name)
    return "\n".join(
        _item(f"{_MADE_HERE.get(source, f'`{source}`')}: {'; '.join(names)}")
        for source, names in packages.items()
    )


def _failures(result: Result) -> list[str]:
    return [f"{run}: {why}" for run, why in result.failures.items()]


def _list(title: str, rows: Sequence[tuple[Result, str]]) -> str:
    """Return a heading and a list of the rows whose text is not empty; "" without such rows."""
    lines = [_item(f"{result.name}: {text}") for result, text in rows if text]
    return f"\n### {title}\n\n" + "\n".join(lines) + "\n" if lines else ""


def _item(text: str) -> str:
    """Return a list item, in lines of at most _WIDTH characters."""
    return _wrapped(text, "- ", "  ")


def _wrapped(text: str, first: str = "", others: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _memory(results: Sequence[Result]) -> str:
    """Return the section on the memory of large models; "" if there are none."""
    rows = []
    for result in results:
        peaks = ", ".join(f"{run} {size / _MEGABYTE:,.0f}" for run, size in result.memory.items())
        heap = result.python_heap_growth / _MEGABYTE
        rows.append((result, f"{peaks}; Python's heap grew by {heap:.0f} MB"))
    return _list("Peak memory of the page, in MB", rows)


def _seconds(result: Result, run: str) -> str:
    return f"{result.seconds[run]:.2f}" if run in result.seconds else "failed"


def _ratio(result: Result, run: str) -> str:
    ratio = result.ratio(run)
    return "" if ratio is None else f"{ratio:.2f} \N{MULTIPLICATION SIGN}"


def _self_test(result: Result) -> str:
    if not result.has_self_test:
        return "no"
    return "with a sample" if result.why_no_random_self_test else "yes"


def _difference(result: Result) -> str:
    """Return the largest relative difference of an output from native onnxruntime, as text."""
    found = next(
        (result.differences[run] for run in (STORED, WITHOUT_MANIFEST) if run in result.seconds),
        None,
    )
    if found is None:
        return ""
    if problems := [each.problem for each in found.values() if each.problem]:
        return problems[0]
    largest = max((each.relative for each in found.values()), default=0.0)
    return f"{largest:.0e}" if largest else _EXACT
