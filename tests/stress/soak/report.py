"""Formats the results of the soak as rows, and decides which of them are good."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.soak.gauges import WASM_MEMORY
from tests.stress.soak.trend import Trend
from tests.support.tables import format_table

if TYPE_CHECKING:
    from tests.stress.soak.drawings import Drawings
    from tests.stress.soak.profile import StoredData
    from tests.stress.soak.teaching import TeachingResult
    from tests.stress.soak.visits import VisitResult

FRAME_MS = 1000 / 60
"""Duration of a frame, at 60 frames a second."""
MAX_TIME_GROWTH = 0.1
"""Largest relative growth of a delay that is good: other work on the machine disturbs delays."""
MEMORY_STEP = 0.06
"""Largest relative growth of a WebAssembly memory in one step. Such a memory never shrinks."""
FULL_COUNT = 10_000
"""The number of drawings from which on all memory steps happen before the second tenth ends. With
fewer drawings, one step may happen later."""
MAX_USAGE_RATIO = 1.5
"""Largest good ratio of the used storage to the size of the stored files. The browser also stores
compiled code, and the code that runs longest is compiled most."""


@dataclass(frozen=True)
class Row:
    """An early and a late value of a measure.

    Attributes:
        use: The use of the page, such as "100 drawings".
        what: The measure.
        early: The early value, if there is one.
        late: The late value.
        good: Whether the late value is good.
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
    """The results of the soak.

    Attributes:
        rows: The measures.
        seconds: The duration of each part.
    """

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether all measures are good."""
        return all(row.good for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary of values that JSON can represent."""
        return {**asdict(self), "is_good": self.is_good}

    def as_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(self.as_dict(), indent=1)

    def as_text(self) -> str:
        """Return the report as text."""
        cells = [{**row.cells, "": "" if row.good else "NOT FLAT"} for row in self.rows]
        durations = [f"{part}: {seconds:.0f} s" for part, seconds in self.seconds.items()]
        return "\n".join([*format_table(cells), "", *durations])


def drawing_rows(drawings: Drawings) -> list[Row]:
    """Compare the memory and the objects in the last tenth of the drawings and in the second."""
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


def _is_memory_step(drawings: Drawings, what: str, trend: Trend) -> bool:
    """Whether a growth is only one step of a WebAssembly memory in a short soak."""
    return what == WASM_MEMORY and drawings.count < FULL_COUNT and trend.growth < MEMORY_STEP


def latency_rows(drawings: Drawings) -> list[Row]:
    """Compare the delays in the last tenth of the drawings and in the second."""
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
        Row(use, f"{what}95 %", slowest.second_tenth, slowest.last_tenth, good=True),
    ]


def visit_rows(visits: VisitResult) -> list[Row]:
    """Compare the stored entries after a fifth and after all of the reloads and updates."""
    return [
        *(row for use, pair in visits.compared.items() for row in _storage_rows(use, *pair)),
        Row(
            "all of these",
            "left of older versions",
            None,
            len(visits.leftovers),
            not visits.leftovers,
        ),
    ]


def disk_rows(visits: VisitResult) -> list[Row]:
    """Compare the used storage after a fifth and after all of the reloads and updates."""
    rows = []
    for use, (early, late) in visits.compared.items():
        limit = MAX_USAGE_RATIO * late.content
        rows += [
            Row(use, "bytes in use, as reported", early.usage, late.usage, late.usage <= limit),
            Row(use, "bytes on the disk", early.disk, late.disk, late.disk <= limit),
            Row(use, "bytes of the browser's own", early.browser, late.browser, good=True),
        ]
    return rows


def teaching_rows(result: TeachingResult) -> list[Row]:
    """Compare the misread digits before and after the page has learned all examples."""
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
