"""The results of a long use as rows, and which of them are not as they should be."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.soak.gauges import RESERVED
from tests.stress.soak.trend import Trend
from tests.support.tables import format_table

if TYPE_CHECKING:
    from tests.stress.soak.drawings import Drawings
    from tests.stress.soak.lessons import Lessons
    from tests.stress.soak.profile import Stored
    from tests.stress.soak.visits import Visits

FRAME = 1000 / 60
"""Milliseconds."""
NOISE = 0.1
"""By how much a time may grow: no machine with other work is a better clock."""
STEP, FULL = 0.06, 10_000
"""A WebAssembly memory grows in steps of about this part, and never shrinks. In a full soak all
steps happen before the second tenth ends; in a shorter one, one step may come later."""
COMPILED = 1.5
"""The storage that may be in use, in bytes of the stored files: browsers store compiled code there
too, more of it the longer it runs."""


@dataclass(frozen=True)
class Row:
    """A measure, early if there is one, and late, and whether it is as it should be."""

    use: str
    what: str
    early: float | None
    late: float
    good: bool

    @property
    def cells(self) -> dict[str, str]:
        """The row's cells, by their heads."""
        growth = f"{Trend(self.early, self.late).growth:+.2%}" if self.early else ""
        numbers = {"early": _number(self.early), "late": _number(self.late), "growth": growth}
        return {"use": self.use, "what": self.what, **numbers}


@dataclass
class Report:
    """The rows, and how many seconds each part took."""

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether every measure is as it should be."""
        return all(row.good for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return {**asdict(self), "is_good": self.is_good}

    def as_json(self) -> str:
        """Return the report for programs."""
        return json.dumps(self.as_dict(), indent=1)

    def as_text(self) -> str:
        """Return the report for people."""
        cells = [{**row.cells, "": "" if row.good else "NOT FLAT"} for row in self.rows]
        took = [f"{part}: {seconds:.0f} s" for part, seconds in self.seconds.items()]
        return "\n".join([*format_table(cells), "", *took])


def of_drawings(drawn: Drawings) -> list[Row]:
    """Compare the last tenth of the drawings with the second."""
    use = f"{drawn.count:,} drawings"
    return [
        Row(use, "misread", 0, drawn.misread, drawn.misread == 0),
        *(
            Row(use, what, trend.second, trend.last, trend.is_flat or _is_step(drawn, what, trend))
            for what, trend in drawn.trends.items()
        ),
    ]


def _is_step(drawn: Drawings, what: str, trend: Trend) -> bool:
    return what == RESERVED and drawn.count < FULL and trend.growth < STEP


def of_latency(drawn: Drawings) -> list[Row]:
    """Compare the latencies of the last tenth of the drawings with those of the second."""
    use, what = f"{drawn.count:,} drawings", "pointer up to number, ms: "
    middle, slow = drawn.latency, drawn.slowness
    return [
        Row(use, f"{what}median", middle.second, middle.last, middle.growth <= NOISE),
        Row(use, f"{what}95 %", slow.second, slow.last, good=True),
    ]


def of_visits(visits: Visits) -> list[Row]:
    """Compare what is stored after all reloads with a fifth of them; the same for the updates."""
    return [
        *(row for use, pair in visits.compared.items() for row in _of_stored(use, *pair)),
        Row("all of these", "left of older versions", None, len(visits.left), not visits.left),
    ]


def of_disk(visits: Visits) -> list[Row]:
    """Compare the bytes in use in the same way: files and compiled code."""
    rows = []
    for use, (early, late) in visits.compared.items():
        most = COMPILED * late.content
        rows += [
            Row(use, "bytes in use, as reported", early.usage, late.usage, late.usage <= most),
            Row(use, "bytes on the disk", early.disk, late.disk, late.disk <= most),
            Row(use, "bytes of the browser's own", early.browser, late.browser, good=True),
        ]
    return rows


def of_lessons(lessons: Lessons) -> list[Row]:
    """Compare readings with all examples and without any."""
    use, before, after = f"{lessons.count:,} examples", lessons.before, lessons.after
    misread, all_shown = before.misread + after.misread, lessons.shown == lessons.count
    return [
        Row(use, "misread", before.misread, after.misread, misread == 0),
        Row(use, "shown in the panel", None, lessons.shown, all_shown),
    ]


def of_pace(lessons: Lessons) -> list[Row]:
    """Compare how long a reading takes with all examples and without any."""
    use, before, after = f"{lessons.count:,} examples", lessons.before, lessons.after
    return [
        Row(use, "reading, ms", before.reading, after.reading, after.reading <= FRAME),
        Row(use, "pointer up to number, ms", before.latency, after.latency, good=True),
        *(Row(use, f"{what}, s", None, took, good=True) for what, took in lessons.seconds.items()),
    ]


def _of_stored(use: str, early: Stored, late: Stored) -> list[Row]:
    rows = []
    for place in sorted(early.counts.keys() | late.counts.keys()):
        before, after = early.counts.get(place, 0), late.counts.get(place, 0)
        rows.append(Row(use, place, before, after, before == after))
    is_flat = Trend(early.content, late.content).is_flat
    return [*rows, Row(use, "bytes of stored files", early.content, late.content, is_flat)]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
