"""Plays scenarios in a real Chromium: what is stored before, the load under the fault, the loads
after it. A campaign plays one for each seed."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.stress.faults import scripts
from tests.stress.faults.answer import FILE
from tests.stress.faults.inflict import PATIENT, STALL, WAIT, inflict
from tests.stress.faults.invariants import INVARIANTS, Judge
from tests.stress.faults.scenario import LOSES, Scenario, Start, scenario
from tests.stress.faults.server import ANSWERS, Fault, FaultServer, Gate, Site
from tests.stress.faults.versions import CHUNK_SIZE, versions
from tests.stress.faults.visitor import LoadingVisitor
from tests.stress.harness.campaign import Report, play
from tools.cache import SCRATCH
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from playwright.sync_api import Playwright

    from tests.stress.faults.answer import Answer, Spoil

PAGE = Path(__file__).parent / "page"
_TRIES = 2
"""How often a fault that did not happen is played: a busy machine may be too slow for one."""


class Play:
    """One scenario, with a site and a database of its own.

    Attributes:
        intact: Whether what was stored before the fault has to stay in use; None if it may.
    """

    def __init__(self, scenario: Scenario, visitor: LoadingVisitor, server: FaultServer) -> None:
        self.scenario = scenario
        self.visitor = visitor
        self.server = server
        self.name = f"seed{scenario.seed}"
        self.site = server.sites[self.name] = Site(scenario.caching)
        self.judge = Judge(scenario, self.site)
        self.dice = scenario.dice
        self.intact: bool | None = scenario.kind not in LOSES

    def run(self) -> None:
        """Play it; `judge` collects what is broken.

        Raises:
            AssertionError: It could not be played to its end.
            playwright.sync_api.Error: The same.
        """
        try:
            self._store(self.scenario.start)
            stored = self._load_under_fault()
            self._load_after(stored)
            self.visitor.page.evaluate(scripts.DELETE, self.name)
        finally:
            self.site.over.set()
            del self.server.sites[self.name]

    def begin(self, stall: float = STALL) -> None:
        """Begin a load; after `stall` seconds of silence the library cancels its download."""
        address = f"{self.server.origin}/models/{self.name}/model.json"
        self.visitor.begin(address, self.name, stall)

    def end(self) -> dict[str, Any]:
        """Wait for the load's outcome and return it."""
        outcome = self.visitor.end()
        self.judge.look_at_opened(self.visitor.opened())
        return outcome

    def _store(self, start: Start) -> None:
        """Store what has to be stored before the fault, by loading."""
        self.site.publish(1)
        if start in (Start.STORED, Start.STORED_PART, Start.TWO):
            self.begin(PATIENT)
            self._expect("downloaded")
        if start in (Start.STORED_PART, Start.TWO):
            self.site.publish(2)
        if start in (Start.PART, Start.STORED_PART):
            self._store_part()
            self._expect("error" if start is Start.PART else "stored")
        if start is Start.TWO:
            self.begin(PATIENT)
            self._expect("stored")

    def _store_part(self) -> None:
        """Store some chunks of the published version: the answer is cut after them."""
        version = versions()[self.site.file]
        limit = self.dice.randrange(2 * CHUNK_SIZE, len(version.content) - CHUNK_SIZE)
        self.site.faults = [Fault(FILE, _cut_at(limit), self.dice)]
        self.site.gate = Gate(1)
        self.begin(PATIENT)
        last, until = limit // CHUNK_SIZE - 1, time.monotonic() + WAIT
        self.site.gate.reached.wait(WAIT)
        while not self.visitor.has_chunk(self.name, version.sha256, last):
            if time.monotonic() > until:
                raise AssertionError(f"chunk {last} was not stored in {WAIT:.0f} seconds")
        self.site.gate.go.set()

    def _expect(self, origin: str) -> None:
        outcome = self.end()
        if outcome.get("origin", "error") != origin:
            raise AssertionError(f"the load before the fault is not {origin}: {outcome}")

    def _load_under_fault(self) -> set[int]:
        """Load under the fault; return the versions of which one has to be stored now, if any."""
        wrong = self.scenario.wrong
        self.site.publish(self.scenario.published)
        self.site.faults = [Fault.of(w.kind, w.target, w.times, self.dice) for w in wrong]
        with ExitStack() as ends:
            outcome = inflict(self, ends)
        if self.scenario.kind in ANSWERS:
            happened = self.site.faults[0].happened
            self.judge.hold("happened", happened, "no request came that it applies to")
        self.site.faults = []
        current = self.scenario.start.current
        if outcome is None:
            return {current, self.site.manifest} if current else set()
        return self.judge.under_fault(outcome, current, intact=self.intact)

    def _load_after(self, stored: set[int]) -> None:
        """Load twice with the fault over: it works, then the published version runs."""
        if self.scenario.reload:
            self.visitor.reload()
        self.begin(PATIENT)
        self.judge.first_after(self.end(), stored)
        self.begin(PATIENT)
        self.judge.second_after(self.end(), self.visitor.listing(self.name))


def run(playwright: Playwright, executable: str, seeds: Iterable[int]) -> Report:
    """Play the fault of each seed.

    Args:
        playwright: Playwright's synchronous API.
        executable: A Chromium.
        seeds: The same seed gives the same fault.
    """
    folder = SCRATCH / "faults"
    shutil.copytree(PAGE, folder, dirs_exist_ok=True)
    bundle.bundle_page(folder)
    report = Report()
    with (
        closing(FaultServer(folder)) as server,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        closing(LoadingVisitor(playwright, executable, Path(profile), server.origin)) as visitor,
    ):
        play(seeds, lambda seed: _play(seed, visitor, server, report), report)
    return report


def _play(seed: int, visitor: LoadingVisitor, server: FaultServer, report: Report) -> str:
    """Play the fault of a seed and note what it breaks; return its kind."""
    fault = scenario(seed)
    for _ in range(_TRIES):
        played = Play(fault, visitor, server)
        try:
            played.run()
        except (AssertionError, Error) as error:
            played.judge.hold("played", None, str(error))
            visitor.restart()
        if {invariant for invariant, _ in played.judge.broken} != {"happened"}:
            break
    for invariant, detail in played.judge.broken:
        what = f"broken is that {INVARIANTS[invariant]}"
        report.add_finding(seed, fault.kind, "broken", f"{fault}: {what}: {detail}")
    return fault.kind


def _cut_at(limit: int) -> Spoil:
    """Return what cuts every answer at this byte of the file."""

    def spoil(answer: Answer, _dice: Random) -> None:
        answer.stop = max(0, limit - answer.start)

    return spoil
