"""Runs a campaign: one case for each seed. Counts the results by kind, and reports findings."""

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

_PROGRESS_INTERVAL = 100
"""Number of cases between two progress messages."""
_MAX_DETAIL_LENGTH = 1000
"""The maximum number of characters of a finding's detail."""


@dataclass(frozen=True)
class Finding:
    """A failure that a case has revealed. The options `--seed SEED --count 1` repeat the case.

    Attributes:
        seed: The seed of the case.
        kind: The kind of the case.
        what: The type of failure, such as "broken".
        detail: A description of the failure.
    """

    seed: int
    kind: str
    what: str
    detail: str


@dataclass
class Report:
    """The results of a campaign.

    Attributes:
        by_kind: For each kind of case: the number of its cases under the key "cases", and how
            often each result occurred.
        findings: The failures.
        seconds: The duration of the campaign.
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

    def count(self, kind: str, result: str) -> None:
        """Add 1 to the number of a result, such as "refused", for a kind of case."""
        self.by_kind.setdefault(kind, Counter())[result] += 1

    def add_finding(self, seed: int, kind: str, what: str, detail: str) -> None:
        """Count, store and print a failure."""
        say(f"seed {seed}, {kind}: {what}: {detail[:_MAX_DETAIL_LENGTH]}")
        self.count(kind, what)
        self.findings.append(Finding(seed, kind, what, detail[:_MAX_DETAIL_LENGTH]))

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary of values that JSON can represent."""
        return {
            "totals": dict(self.totals),
            "by_kind": {kind: dict(counts) for kind, counts in sorted(self.by_kind.items())},
            "findings": [asdict(finding) for finding in self.findings],
            "seconds": round(self.seconds, 1),
        }

    def as_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(self.as_dict(), indent=1)

    def as_text(self) -> str:
        """Return the report as text: a table of all kinds, then the findings."""
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


def run_cases(seeds: Iterable[int], run_case: Callable[[int], str], report: Report) -> None:
    """Run the case of each seed.

    Args:
        seeds: Any numbers. A seed always leads to the same case.
        run_case: Runs the case of a seed, adds the results to `report`, and returns the kind of
            the case.
        report: Receives the number of cases and the duration.
    """
    started_at = time.monotonic()
    for number, seed in enumerate(seeds, 1):
        report.count(run_case(seed), "cases")
        report.seconds = time.monotonic() - started_at
        if number % _PROGRESS_INTERVAL == 0:
            say(f"{number} cases done, {len(report.findings)} findings.")
