"""Runs seeded faults in a real Chromium, counts them by kind, and tells what they have broken."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from tests.stress.faults.invariants import INVARIANTS
from tests.stress.faults.play import Play
from tests.stress.faults.scenario import scenario
from tests.stress.faults.server import FaultServer
from tests.stress.faults.visitor import Visitor
from tools.cache import SCRATCH
from tools.console import say
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Playwright

PAGE = Path(__file__).parent / "page"
TELL = 100
"""Faults after which the developer is told how far it has come."""
TRIES = 2
"""How often a fault that does not come about is played: a busy machine may be too slow for one."""


@dataclass(frozen=True)
class Broken:
    """An invariant that a fault has broken. `--seed SEED --count 1` plays the fault again."""

    seed: int
    kind: str
    invariant: str
    detail: str


@dataclass
class Report:
    """How many faults there were, how many of each kind, and what they have broken."""

    faults: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    broken_invariants: list[Broken] = field(default_factory=list)

    def as_json(self) -> str:
        """Write the report for programs."""
        raw = asdict(self)
        return json.dumps({**raw, "by_kind": dict(sorted(self.by_kind.items()))}, indent=1)

    def as_text(self) -> str:
        """Write the report for people."""
        broken = Counter(b.kind for b in self.broken_invariants)
        lines = [f"{'kind':32}{'faults':>8}{'broken':>8}"]
        lines += [f"{kind:32}{n:8}{broken[kind]:8}" for kind, n in sorted(self.by_kind.items())]
        lines += [f"{'all':32}{self.faults:8}{len(self.broken_invariants):8}"]
        for b in self.broken_invariants:
            lines += ["", f"seed {b.seed}, {b.kind}: broken is that {INVARIANTS[b.invariant]}."]
            lines += [f"    {line}" for line in b.detail.splitlines()]
        return "\n".join(lines)


def run(playwright: Playwright, executable: str, seeds: Iterable[int]) -> Report:
    """Play the fault of each seed. executable: a Chromium."""
    folder = SCRATCH / "faults"
    shutil.copytree(PAGE, folder, dirs_exist_ok=True)
    bundle.bundle_page(folder)
    report = Report()
    with (
        closing(FaultServer(folder)) as server,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        closing(Visitor(playwright, executable, Path(profile), server.origin)) as visitor,
    ):
        for seed in seeds:
            _play(seed, visitor, server, report)
    return report


def _play(seed: int, visitor: Visitor, server: FaultServer, report: Report) -> None:
    fault = scenario(seed)
    for _ in range(TRIES):
        play = Play(fault, visitor, server)
        try:
            play.run()
        except (AssertionError, Error) as error:
            play.judge.hold("played", None, str(error))
            visitor.restart()
        if {invariant for invariant, _ in play.judge.broken} != {"happened"}:
            break
    broken = play.judge.broken
    report.faults += 1
    report.by_kind[fault.kind] += 1
    for invariant, detail in broken:
        say(f"seed {seed}: {fault}: {invariant}: {detail}")
        report.broken_invariants.append(Broken(seed, fault.kind, invariant, detail))
    if report.faults % TELL == 0:
        say(f"{report.faults} faults played, {len(report.broken_invariants)} broken invariants.")
