"""Runs scenarios in a real Chromium.

A scenario first stores versions of a model, then loads the model during a fault, then loads it
twice without the fault. A campaign runs one scenario for each seed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.stress.faults import scripts
from tests.stress.faults.invariants import INVARIANTS, Judge
from tests.stress.faults.load_under_fault import (
    DOWNLOAD_WAIT,
    LONG_STALL,
    SHORT_STALL,
    load_under_fault,
)
from tests.stress.faults.response import FILE
from tests.stress.faults.scenario import LOSES_DATA, InitialStorage, Scenario, choose_scenario
from tests.stress.faults.server import RESPONSE_FAULTS, Fault, FaultServer, Gate, ServedModel
from tests.stress.faults.versions import CHUNK_SIZE, versions
from tests.stress.faults.visitor import LoadingVisitor
from tests.stress.harness.campaign import Report, run_cases
from tools.cache import SCRATCH
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from playwright.sync_api import Playwright

    from tests.stress.faults.response import Corrupt, Response

PAGE = Path(__file__).parent / "page"
_ATTEMPTS = 2
"""A scenario is run up to this many times, until its fault takes place. On a busy machine, the
fault may come too late."""


class ScenarioRun:
    """Runs one scenario, with its own model on the server and its own database.

    Attributes:
        scenario: The scenario.
        visitor: The browser.
        server: The server.
        name: The name of the model on the server and of the database.
        model: The model on the server.
        judge: Checks the invariants and collects violations.
        rng: The random generator of the scenario.
        intact: Whether the library has to use the copy that was stored before the fault; None if
            the library may use it or download another copy.
    """

    def __init__(self, scenario: Scenario, visitor: LoadingVisitor, server: FaultServer) -> None:
        self.scenario = scenario
        self.visitor = visitor
        self.server = server
        self.name = f"seed{scenario.seed}"
        self.model = server.models[self.name] = ServedModel(scenario.caching)
        self.judge = Judge(scenario, self.model)
        self.rng = scenario.rng
        self.intact: bool | None = scenario.kind not in LOSES_DATA

    def execute(self) -> None:
        """Run the scenario; `judge` collects violations.

        Raises:
            AssertionError: A load before the fault did not work.
            playwright.sync_api.Error: The page or the browser failed.
        """
        try:
            self._prepare_storage(self.scenario.initial)
            stored = self._load_under_fault()
            self._load_after_fault(stored)
            self.visitor.page.evaluate(scripts.DELETE_DATABASE, self.name)
        finally:
            self.model.ended.set()
            del self.server.models[self.name]

    def start_load(self, stall: float = SHORT_STALL) -> None:
        """Start a load; the library cancels it after `stall` seconds without new bytes."""
        address = f"{self.server.origin}/models/{self.name}/model.json"
        self.visitor.start_load(address, self.name, stall)

    def finish_load(self) -> dict[str, Any]:
        """Wait until the load has ended, check the opened sessions, and return the outcome."""
        outcome = self.visitor.finish_load()
        self.judge.check_opened_bytes(self.visitor.take_opened_digests())
        return outcome

    def _prepare_storage(self, initial: InitialStorage) -> None:
        """Load and store the versions that have to be stored before the fault."""
        self.model.serve_version(1)
        if initial in (
            InitialStorage.VERSION_1,
            InitialStorage.VERSION_1_AND_PART_OF_2,
            InitialStorage.VERSIONS_2_AND_1,
        ):
            self.start_load(LONG_STALL)
            self._expect_origin("downloaded")
        if initial in (InitialStorage.VERSION_1_AND_PART_OF_2, InitialStorage.VERSIONS_2_AND_1):
            self.model.serve_version(2)
        if initial in (InitialStorage.PART_OF_1, InitialStorage.VERSION_1_AND_PART_OF_2):
            self._store_some_chunks()
            self._expect_origin("error" if initial is InitialStorage.PART_OF_1 else "stored")
        if initial is InitialStorage.VERSIONS_2_AND_1:
            self.start_load(LONG_STALL)
            self._expect_origin("stored")

    def _store_some_chunks(self) -> None:
        """Store only some chunks of the version on the server, by cutting the server's response."""
        version = versions()[self.model.file_version]
        limit = self.rng.randrange(2 * CHUNK_SIZE, len(version.content) - CHUNK_SIZE)
        self.model.faults = [Fault(FILE, _cut_at(limit), self.rng)]
        # At the cut, keep the connection open until the last chunk is stored.
        self.model.gate = Gate(1)
        self.start_load(LONG_STALL)
        last_chunk, deadline = limit // CHUNK_SIZE - 1, time.monotonic() + DOWNLOAD_WAIT
        self.model.gate.reached.wait(DOWNLOAD_WAIT)
        while not self.visitor.has_chunk(self.name, version.sha256, last_chunk):
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"chunk {last_chunk} was not stored in {DOWNLOAD_WAIT:.0f} seconds"
                )
        self.model.gate.resume.set()

    def _expect_origin(self, origin: str) -> None:
        """Wait until the load has ended; raise AssertionError if its origin is not `origin`.

        The origin "error" stands for a load that fails.
        """
        outcome = self.finish_load()
        if outcome.get("origin", "error") != origin:
            raise AssertionError(
                f"the origin of the load before the fault is not {origin}: {outcome}"
            )

    def _load_under_fault(self) -> set[int]:
        """Load during the fault; return the versions of which one has to be stored now."""
        response_faults = self.scenario.response_faults
        self.model.serve_version(self.scenario.published)
        self.model.faults = [
            Fault.of_kind(fault.kind, fault.target, fault.times, self.rng)
            for fault in response_faults
        ]
        with ExitStack() as cleanup:
            outcome = load_under_fault(self, cleanup)
        if self.scenario.kind in RESPONSE_FAULTS:
            count = self.model.faults[0].count
            self.judge.check("happened", count, "there was no request that the fault applies to")
        self.model.faults = []
        current = self.scenario.initial.current
        if outcome is None:
            return {current, self.model.manifest_version} if current else set()
        return self.judge.check_load_under_fault(outcome, current, intact=self.intact)

    def _load_after_fault(self, stored: set[int]) -> None:
        """Load twice after the fault. The second load has to run the version on the server."""
        if self.scenario.reload:
            self.visitor.reload()
        self.start_load(LONG_STALL)
        self.judge.check_first_load_after(self.finish_load(), stored)
        self.start_load(LONG_STALL)
        self.judge.check_second_load_after(self.finish_load(), self.visitor.list_stored(self.name))


def run(playwright: Playwright, executable: str, seeds: Iterable[int]) -> Report:
    """Run the scenario of each seed.

    Args:
        playwright: Playwright's synchronous API.
        executable: The path of a Chromium.
        seeds: The seeds. A seed always leads to the same scenario.
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
        run_cases(seeds, lambda seed: _run_seed(seed, visitor, server, report), report)
    return report


def _run_seed(seed: int, visitor: LoadingVisitor, server: FaultServer, report: Report) -> str:
    """Run the scenario of a seed, report its violations, and return its kind."""
    scenario = choose_scenario(seed)
    for _ in range(_ATTEMPTS):
        scenario_run = ScenarioRun(scenario, visitor, server)
        try:
            scenario_run.execute()
        except (AssertionError, Error) as error:
            scenario_run.judge.check("completed", None, str(error))
            visitor.restart()
        if {invariant for invariant, _ in scenario_run.judge.violations} != {"happened"}:
            break
    for invariant, detail in scenario_run.judge.violations:
        what = f"this invariant is violated: {INVARIANTS[invariant]}"
        report.add_finding(seed, scenario.kind, "broken", f"{scenario}: {what}: {detail}")
    return scenario.kind


def _cut_at(limit: int) -> Corrupt:
    """Return a function that cuts a response at this byte of the file."""

    def corrupt(response: Response, _rng: Random) -> None:
        response.cut_at = max(0, limit - response.body_start)

    return corrupt
