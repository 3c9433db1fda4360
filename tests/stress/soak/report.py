"""The results of the soak test as rows; each row says whether its result is acceptable."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.soak.gauges import WASM_MEMORY
from tests.stress.soak.trend import Trend
from tests.support.tables import format_table

if TYPE_CHECKING:
    from tests.stress.soak.drawings import DrawingResult
    from tests.stress.soak.profile import StoredData
    from tests.stress.soak.teaching import TeachingResult
    from tests.stress.soak.visits import VisitResult

FRAME_MS = 1000 / 60
"""Duration of a frame, at 60 frames a second."""
MAX_TIME_GROWTH = 0.1
"""The largest acceptable relative growth of a delay. Other work on the machine changes delays by up
to this much."""
MEMORY_STEP = 0.2
"""One step enlarges the sum of a page's WebAssembly memories by less than this fraction.

Emscripten enlarges a memory in steps of a fifth, and never shrinks it. Python's memory is three
quarters of the sum, so one step of Python's memory enlarges the sum by about 15 %."""
FULL_COUNT = 10_000
"""With at least this many drawings, the trend of WebAssembly memory must be flat, as those of all
other measures. With fewer drawings, this memory may grow by one step."""
MAX_USAGE_RATIO = 1.5
"""The storage in use may be at most this many times the size of the stored files. It is larger than
the files, because the browser also stores compiled code."""


@dataclass(frozen=True)
class Row:
    """A measure: its early and its late value, and whether the late value is acceptable.

    Attributes:
        use: How the page was used, such as "100 drawings".
        what: The name of the measure.
        early: The early value; None if the measure has only one value.
        late: The late value.
        good: Whether the late value is acceptable; always true for values that are only shown.
    """

    use: str
    what: str
    early: float | None
    late: float
    good: bool

    @property
    def cells(self) -> dict[str, str]:
        """The cells of the row as text, by column."""
        growth = f"{Trend(self.early, self.late).growth:+.2%}" if self.early else ""
        numbers = {"early": _number(self.early), "late": _number(self.late), "growth": growth}
        return {"use": self.use, "what": self.what, **numbers}


@dataclass
class Report:
    """The results of the soak test.

    Attributes:
        rows: All measures.
        seconds: The duration of each part of the soak test.
    """

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether all measures are acceptable."""
        return all(row.good for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary of values that JSON can represent."""
        return {**asdict(self), "is_good": self.is_good}

    def as_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(self.as_dict(), indent=1)

    def as_text(self) -> str:
        """Return the report as text: a table of all measures, then the durations."""
        cells = [{**row.cells, "": "" if row.good else "FAILED"} for row in self.rows]
        durations = [f"{part}: {seconds:.0f} s" for part, seconds in self.seconds.items()]
        return "\n".join([*format_table(cells), "", *durations])


def drawing_rows(drawings: DrawingResult) -> list[Row]:
    """Compare memory and objects in the second tenth of the drawings with those in the last."""
    use = f"{drawings.count:,} drawings"
    return [
        Row(use, "misread", 0, drawings.misread, drawings.misread == 0),
        *(
            Row(
                use,
                what,
                trend.second_tenth,
                trend.last_tenth,
                trend.is_flat or _is_memory_step(drawings, what, trend),
            )
            for what, trend in drawings.trends.items()
        ),
    ]


def _is_memory_step(drawings: DrawingResult, what: str, trend: Trend) -> bool:
    """Return whether a trend is one step of WebAssembly memory, in a short soak test."""
    return what == WASM_MEMORY and drawings.count < FULL_COUNT and trend.growth < MEMORY_STEP


def latency_rows(drawings: DrawingResult) -> list[Row]:
    """Compare the delays in the second tenth and in the last tenth of the drawings."""
    use, what = f"{drawings.count:,} drawings", "pointer up to number, ms: "
    middle, slowest = drawings.latency, drawings.latency_95
    return [
        Row(
            use,
            f"{what}median",
            middle.second_tenth,
            middle.last_tenth,
            middle.growth <= MAX_TIME_GROWTH,
        ),
        Row(use, f"{what}95th percentile", slowest.second_tenth, slowest.last_tenth, good=True),
    ]


def visit_rows(visits: VisitResult) -> list[Row]:
    """Compare the stored entries after a fifth of the reloads with those after all reloads.

    Do the same for the updates. Also check that no entries of older versions are left.
    """
    return [
        *(row for use, pair in visits.compared.items() for row in _storage_rows(use, *pair)),
        Row(
            "all visits",
            "entries left over from older versions",
            None,
            len(visits.leftovers),
            not visits.leftovers,
        ),
    ]


def disk_rows(visits: VisitResult) -> list[Row]:
    """Compare the storage in use after a fifth of the reloads with that after all reloads.

    Do the same for the updates.
    """
    rows = []
    for use, (early, late) in visits.compared.items():
        limit = MAX_USAGE_RATIO * late.content
        rows += [
            Row(
                use,
                "bytes in use, as the browser reports",
                early.usage,
                late.usage,
                late.usage <= limit,
            ),
            Row(use, "bytes on the disk", early.disk, late.disk, late.disk <= limit),
            Row(use, "bytes of the browser's own files", early.browser, late.browser, good=True),
        ]
    return rows


def teaching_rows(result: TeachingResult) -> list[Row]:
    """Compare the misread digits before and after the page has learned all examples.

    Also check that the panel shows all examples.
    """
    use, before, after = f"{result.count:,} examples", result.before, result.after
    misread, all_shown = before.misread + after.misread, result.shown == result.count
    return [
        Row(use, "misread", before.misread, after.misread, misread == 0),
        Row(use, "shown in the panel", None, result.shown, all_shown),
    ]


def speed_rows(result: TeachingResult) -> list[Row]:
    """Compare the delays before and after the page has learned all examples."""
    use, before, after = f"{result.count:,} examples", result.before, result.after
    return [
        Row(use, "reading, ms", before.reading, after.reading, after.reading <= FRAME_MS),
        Row(use, "pointer up to number, ms", before.latency, after.latency, good=True),
        *(
            Row(use, f"{what}, s", None, seconds, good=True)
            for what, seconds in result.seconds.items()
        ),
    ]


def _storage_rows(use: str, early: StoredData, late: StoredData) -> list[Row]:
    """Compare the number of entries in each place, and the size of the stored files."""
    rows = []
    for location in sorted(early.counts.keys() | late.counts.keys()):
        before, after = early.counts.get(location, 0), late.counts.get(location, 0)
        rows.append(Row(use, location, before, after, before == after))
    is_flat = Trend(early.content, late.content).is_flat
    return [*rows, Row(use, "bytes of stored files", early.content, late.content, is_flat)]


def _number(value: float | None) -> str:
    """Format a number, or return "" for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
