"""A campaign plays one case for each seed, counts what happened by kind, and reports findings."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.tables import format_table
from tools.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PROGRESS = 100
"""Cases between two lines about the progress."""
_LONGEST = 1000
"""Characters of a finding's detail."""


@dataclass(frozen=True)
class Finding:
    """Something that should not have happened. `--seed SEED --count 1` repeats it."""

    seed: int
    kind: str
    what: str
    detail: str


@dataclass
class Report:
    """What happened in a campaign.

    Attributes:
        by_kind: For each kind of case how often what happened, "cases" among it.
        findings: What should not have happened.
        seconds: How long the campaign took.
    """

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def totals(self) -> Counter[str]:
        """The counts of all kinds together."""
        return sum(self.by_kind.values(), Counter())

    @property
    def is_good(self) -> bool:
        """Whether there are no findings."""
        return not self.findings

    def count(self, kind: str, what: str) -> None:
        """Count one more of something."""
        self.by_kind.setdefault(kind, Counter())[what] += 1

    def add_finding(self, seed: int, kind: str, what: str, detail: str) -> None:
        """Count and note something that should not have happened, and say so at once."""
        say(f"seed {seed}, {kind}: {what}: {detail[:_LONGEST]}")
        self.count(kind, what)
        self.findings.append(Finding(seed, kind, what, detail[:_LONGEST]))

    def as_raw(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        return {
            "totals": dict(self.totals),
            "by_kind": {kind: dict(counts) for kind, counts in sorted(self.by_kind.items())},
            "findings": [asdict(finding) for finding in self.findings],
            "seconds": round(self.seconds, 1),
        }

    def as_json(self) -> str:
        """Return the report for programs."""
        return json.dumps(self.as_raw(), indent=1)

    def as_text(self) -> str:
        """Return the report for people: a table of all kinds, then the findings."""
        kinds = [*sorted(self.by_kind.items()), ("all", self.totals)]
        columns = list(dict.fromkeys(["cases", *self.totals]))
        rows = [
            {"kind": kind, **{name: str(counts[name]) for name in columns}}
            for kind, counts in kinds
        ]
        lines = [*format_table(rows), f"{self.seconds:.0f} s"]
        for finding in self.findings:
            lines += ["", f"seed {finding.seed}, {finding.kind}: {finding.what}:"]
            lines += [f"    {line}" for line in finding.detail.splitlines()]
        return "\n".join(lines)


def play(seeds: Iterable[int], case: Callable[[int], str], report: Report) -> None:
    """Play the case of each seed.

    Args:
        seeds: Any numbers; the same one gives the same case.
        case: Plays a seed's case, adds what happened to `report`, and returns the case's kind.
        report: Gets a count of "cases" for each, and the seconds of all.
    """
    begun = time.monotonic()
    for number, seed in enumerate(seeds, 1):
        report.count(case(seed), "cases")
        report.seconds = time.monotonic() - begun
        if number % _PROGRESS == 0:
            say(f"{number} cases played, {len(report.findings)} findings.")
