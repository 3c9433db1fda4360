"""What a long use has shown, in rows for people and for programs, and what of it is not flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.soak.flat import Trend
from tests.stress.soak.gauges import RESERVED

if TYPE_CHECKING:
    from tests.stress.soak.drawings import Drawn
    from tests.stress.soak.kept import Kept
    from tests.stress.soak.lessons import Learned
    from tests.stress.soak.visits import Lived

FRAME = 1000 / 60
"""Milliseconds."""
NOISE = 0.1
"""How much a time may grow: a machine that does other things too is no better clock."""
STEP, WHOLE = 0.06, 10_000
"""A WebAssembly memory grows in steps of about this part, and never shrinks. In a part of the whole
number of drawings one step may come after the second tenth; in the whole it has come by then."""
COMPILED = 1.5
"""What may be in use of the storage, in bytes of the files that are kept: browsers keep
compiled code there too, more of it the longer it is used."""


@dataclass(frozen=True)
class Row:
    """A measure early, if it was to be had, and late, and whether it is as it should be."""

    use: str
    what: str
    early: float | None
    late: float
    good: bool

    @property
    def cells(self) -> dict[str, str]:
        """The row as text."""
        growth = f"{Trend(self.early, self.late).growth:+.2%}" if self.early else ""
        numbers = {"early": _number(self.early), "late": _number(self.late), "growth": growth}
        return {"use": self.use, "what": self.what, **numbers}


def of_drawings(drawn: Drawn) -> list[Row]:
    """Compare the last tenth of the drawings with the second."""
    use = f"{drawn.count:,} drawings"
    return [
        Row(use, "misread", 0, drawn.misread, drawn.misread == 0),
        *(
            Row(use, what, trend.second, trend.last, trend.is_flat or _is_step(drawn, what, trend))
            for what, trend in drawn.trends.items()
        ),
    ]


def _is_step(drawn: Drawn, what: str, trend: Trend) -> bool:
    return what == RESERVED and drawn.count < WHOLE and trend.growth < STEP


def of_latency(drawn: Drawn) -> list[Row]:
    """Compare how long the last tenth of the drawings took with how long the second did."""
    use, what = f"{drawn.count:,} drawings", "pen's lift to number, ms: "
    middle, slow = drawn.latency, drawn.slowness
    return [
        Row(use, f"{what}median", middle.second, middle.last, middle.growth <= NOISE),
        Row(use, f"{what}95 %", slow.second, slow.last, good=True),
    ]


def of_visits(lived: Lived) -> list[Row]:
    """Compare what is kept after all reloads with after a fifth of them; so with the updates."""
    return [
        *(row for use, both in lived.both.items() for row in _of_kept(use, *both)),
        Row("all of these", "left of older versions", None, len(lived.left), not lived.left),
    ]


def of_disk(lived: Lived) -> list[Row]:
    """Compare the bytes in use in the same way; beside the files there is what is compiled."""
    rows = []
    for use, (early, late) in lived.both.items():
        most = COMPILED * late.content
        rows += [
            Row(use, "bytes that the page is told", early.usage, late.usage, late.usage <= most),
            Row(use, "bytes on the disk", early.disk, late.disk, late.disk <= most),
            Row(use, "bytes of the browser's own", early.browser, late.browser, good=True),
        ]
    return rows


def of_lessons(learned: Learned) -> list[Row]:
    """Compare a reading with so many examples with one without any."""
    use, before, after = f"{learned.count:,} examples", learned.before, learned.after
    misread, is_whole = before.misread + after.misread, learned.shown == learned.count
    return [
        Row(use, "misread", before.misread, after.misread, misread == 0),
        Row(use, "shown in the panel", None, learned.shown, is_whole),
    ]


def of_pace(learned: Learned) -> list[Row]:
    """Compare how long a reading takes with so many examples with how long one does without."""
    use, before, after = f"{learned.count:,} examples", learned.before, learned.after
    return [
        Row(use, "reading, ms", before.reading, after.reading, after.reading <= FRAME),
        Row(use, "pen's lift to number, ms", before.lift, after.lift, good=True),
        *(Row(use, f"{what}, s", None, took, good=True) for what, took in learned.seconds.items()),
    ]


def _of_kept(use: str, early: Kept, late: Kept) -> list[Row]:
    rows = []
    for place in sorted(early.counts.keys() | late.counts.keys()):
        before, after = early.counts.get(place, 0), late.counts.get(place, 0)
        rows.append(Row(use, place, before, after, before == after))
    is_flat = Trend(early.content, late.content).is_flat
    return [*rows, Row(use, "bytes of files kept", early.content, late.content, is_flat)]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
