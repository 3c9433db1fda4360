"""Plays one scenario: what is stored before, the load under the fault, the loads after it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from tests.stress.faults import scripts
from tests.stress.faults.answer import FILE
from tests.stress.faults.befall import PATIENT, STALL, WAIT, befall
from tests.stress.faults.invariants import Judge
from tests.stress.faults.scenario import LOSES, Scenario, Start
from tests.stress.faults.site import ANSWERS, Fault, Gate, Site
from tests.stress.faults.versions import CHUNK_SIZE, versions

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.answer import Answer, Spoil
    from tests.stress.faults.server import FaultServer
    from tests.stress.faults.visitor import Visitor


class Play:
    """One scenario, with a site and a database of its own.

    intact: whether what was stored before the fault has to be used under it, None if it may be.
    """

    def __init__(self, scenario: Scenario, visitor: Visitor, server: FaultServer) -> None:
        self.scenario = scenario
        self.visitor = visitor
        self.server = server
        self.name = f"seed{scenario.seed}"
        self.site = server.sites[self.name] = Site(scenario.caching)
        self.judge = Judge(scenario, self.site)
        self.dice = scenario.dice
        self.intact: bool | None = scenario.kind not in LOSES

    def run(self) -> None:
        """Play it; the judge knows then what is broken.

        Raises AssertionError, or Playwright's Error, if it can't be played to its end.
        """
        try:
            self._store(self.scenario.start)
            kept = self._under_fault()
            self._after(kept)
            self.visitor.page.evaluate(scripts.DELETE, self.name)
        finally:
            self.site.over.set()
            del self.server.sites[self.name]

    def begin(self, stall: float = STALL) -> None:
        """Begin a load. stall: the library's patience, in seconds."""
        address = f"{self.server.origin}/models/{self.name}/model.json"
        self.visitor.begin(address, self.name, stall)

    def end(self) -> dict[str, Any]:
        """Give the load's outcome."""
        told = self.visitor.end()
        self.judge.given(self.visitor.given())
        return told

    def _store(self, start: Start) -> None:
        """Make what is stored before the fault, by loading."""
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
        """Store some chunks of the version that is published now: the answer is cut after them."""
        version = versions()[self.site.file]
        limit = self.dice.randrange(2 * CHUNK_SIZE, len(version.content) - CHUNK_SIZE)
        self.site.faults = [Fault(FILE, _until(limit), self.dice)]
        self.site.gate = Gate(1)
        self.begin(PATIENT)
        last, until = limit // CHUNK_SIZE - 1, time.monotonic() + WAIT
        self.site.gate.reached.wait(WAIT)
        while not self.visitor.has_chunk(self.name, version.sha256, last):
            if time.monotonic() > until:
                raise AssertionError(f"chunk {last} was not stored in {WAIT:.0f} seconds")
        self.site.gate.go.set()

    def _expect(self, origin: str) -> None:
        told = self.end()
        if told.get("origin", "error") != origin:
            raise AssertionError(f"the load before the fault gives no {origin}: {told}")

    def _under_fault(self) -> set[int]:
        """Load under the fault; give the versions of which one has to be stored now, if any."""
        wrong = self.scenario.wrong
        self.site.publish(self.scenario.published)
        self.site.faults = [Fault.of(w.kind, w.target, w.times, self.dice) for w in wrong]
        with ExitStack() as ends:
            told = befall(self, ends)
        if self.scenario.kind in ANSWERS:
            happened = self.site.faults[0].happened
            self.judge.hold("happened", happened, "no request came that could be answered so")
        self.site.faults = []
        current = self.scenario.start.current
        if told is None:
            return {current, self.site.manifest} if current else set()
        return self.judge.under_fault(told, current, intact=self.intact)

    def _after(self, kept: set[int]) -> None:
        """Load twice with the fault over: it works, then the published version runs."""
        if self.scenario.reload:
            self.visitor.reload()
        self.begin(PATIENT)
        self.judge.first_after(self.end(), kept)
        self.begin(PATIENT)
        self.judge.second_after(self.end(), self.visitor.listing(self.name))


def _until(limit: int) -> Spoil:
    """Cut every answer at this byte of the file."""

    def spoil(answer: Answer, _dice: Random) -> None:
        answer.stop = max(0, limit - answer.start)

    return spoil
