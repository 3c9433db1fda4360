"""The invariants: conditions that have to hold in every scenario, during and after its fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.faults.load_under_fault import NAME
from tests.stress.faults.scenario import DURING_DOWNLOAD, LOSES_DATA, PREVENTS_STORING
from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.stress.faults.scenario import Scenario
    from tests.stress.faults.server import ServedModel

    type Outcome = dict[str, Any]

INVARIANTS = {
    "verified": "sessions run only bytes whose digest is in a manifest that the server has offered",
    "stored": "a completely stored version is still stored, or the library reports its loss",
    "recovered": "after the fault, the first load works, and the second runs the server's version",
    "reported": "each load returns a model or raises an error of the library with a reason",
    "happened": "the fault takes place",
    "completed": "all steps of the scenario run without an error of the test or of the browser",
}
ADDRESS = f"indexeddb://{NAME}"


@dataclass
class Judge:
    """Checks the invariants and collects violations.

    Attributes:
        scenario: The scenario that runs.
        model: The model on the server.
        violations: Pairs of the violated invariant, a key of INVARIANTS, and a detail.
        must_report_loss: Whether the next successful load has to report the loss of the stored
            copy.
    """

    scenario: Scenario
    model: ServedModel
    violations: list[tuple[str, str]] = field(default_factory=list)
    must_report_loss: bool = False

    def check(self, invariant: str, condition: object, detail: str) -> None:
        """Record a violation of an invariant if `condition` is false."""
        if not condition:
            self.violations.append((invariant, detail))

    def check_opened_bytes(self, digests: Iterable[str]) -> None:
        """Check that sessions opened only models that the server has offered.

        Args:
            digests: The SHA-256 digests of the opened models.
        """
        served = {versions()[number].sha256 for number in self.model.served_versions}
        for digest in digests:
            self.check(
                "verified", digest in served, f"a session opened bytes with SHA-256 {digest}"
            )

    def check_load_under_fault(
        self, outcome: Outcome, current: int | None, *, intact: bool | None
    ) -> set[int]:
        """Check the load during the fault.

        Args:
            outcome: The outcome of the load.
            current: The version that was completely stored before the fault, or None.
            intact: Whether the library has to use the stored copy; None if the library may use it
                or download another copy.

        Returns:
            The acceptable versions: one of them has to be stored now. Empty if no version has to be
            stored.
        """
        kind, origin = self.scenario.kind, outcome.get("origin")
        number = self._check_load(outcome)
        if kind == "old_schema_tab":
            self.check(
                "stored",
                not outcome.get("is_stored"),
                f"stored despite an old tab: {_describe(outcome)}",
            )
            return {current} if current else set()
        if kind.startswith("quota"):
            is_full = "StoreFull" in (outcome.get("warning"), *(outcome.get("update") or ()))
            self.check("happened", is_full, f"the quota was not reached: {_describe(outcome)}")
        if current and (intact or kind in DURING_DOWNLOAD):
            self._check_origin_is_stored(outcome, {current})
        elif current and intact is False:
            self.must_report_loss = number is None or _is_older(outcome)
            self._check_loss_is_reported(outcome)
        if kind not in LOSES_DATA | PREVENTS_STORING:
            self.check(
                "stored",
                outcome.get("is_stored", True),
                f"not stored, although it was possible: {_describe(outcome)}",
            )
        if kind in LOSES_DATA and kind in DURING_DOWNLOAD:
            return set()
        if number and origin == "stored" and not _is_older(outcome):
            state, version, _ = outcome["update"] or ("", "", "")
            pending = {int(version)} if state == "ready" else set()
            return {number, self.scenario.published, self.model.manifest_version, *pending}
        if number and outcome["is_stored"]:
            return {number}
        return {current} if current and intact else set()

    def check_first_load_after(self, outcome: Outcome, stored: set[int]) -> None:
        """Check that the next load works, and that it uses the stored version if there is one.

        Args:
            outcome: The outcome of the load.
            stored: One of these versions has to be stored; if it is empty, no version has to be.
        """
        number, origin = self._check_load(outcome), outcome.get("origin")
        has_model = outcome.get("is_stored") and not _is_older(outcome)
        self.check("recovered", has_model, f"the next load returns {_describe(outcome)}")
        if stored:
            self._check_origin_is_stored(outcome, stored)
        if self.must_report_loss:
            self._check_loss_is_reported(outcome)
        if origin == "stored" and number != self.model.manifest_version:
            expected = ["ready", str(self.model.manifest_version), None]
            update = outcome["update"]
            self.check("recovered", update == expected, f"wrong update: {_describe(outcome)}")
        elif has_model:
            self.check(
                "recovered",
                number == self.model.manifest_version,
                f"not the version on the server: {_describe(outcome)}",
            )

    def check_second_load_after(self, outcome: Outcome, listing: Outcome) -> None:
        """Check that the version on the server is stored, runs, is current, and is listed."""
        self._check_load(outcome)
        number = self.model.manifest_version
        self.check(
            "recovered",
            outcome.get("origin") == "stored" and outcome["version"] == str(number),
            f"the stored version {number} should run: {_describe(outcome)}",
        )
        expected = ["current", str(number), None]
        self.check(
            "recovered",
            outcome.get("update") == expected,
            f"not reported as current: {_describe(outcome)}",
        )
        self.check("recovered", listing == {ADDRESS: str(number)}, f"list() returns {listing}")

    def _check_load(self, outcome: Outcome) -> int | None:
        """Check the invariants of all loads; return the number of the running version or None."""
        if "error" in outcome:
            self_test_fails = any(
                fault.kind == "manifest_with_failing_self_test"
                for fault in self.scenario.response_faults
            )
            expected = (
                "ModelUnavailable",
                *(("SelfTestFailed", "SessionError") if self_test_fails else ()),
            )
            self.check("reported", outcome["error"] in expected, _describe(outcome))
            return None
        number = round(float(outcome["output"]))  # each version returns its number
        sha256 = versions()[number].sha256
        self.check(
            "verified", number in self.model.served_versions, f"version {number} was not served"
        )
        self.check(
            "verified",
            outcome["session"] == outcome["sha256"] == sha256,
            f"ran {outcome['session'][:8]} as {outcome['sha256'][:8]}: {_describe(outcome)}",
        )
        if not outcome["is_stored"]:
            self.check("stored", outcome["warning"], f"there is no warning: {_describe(outcome)}")
        if outcome["origin"] == "stored":
            self.check("reported", outcome["update"], "the check for a newer version has not ended")
        return number

    def _check_origin_is_stored(self, outcome: Outcome, expected: set[int]) -> None:
        self.check(
            "stored",
            outcome.get("origin") == "stored" and round(outcome["output"]) in expected,
            f"one of the versions {sorted(expected)} should be stored: {_describe(outcome)}",
        )

    def _check_loss_is_reported(self, outcome: Outcome) -> None:
        is_reported = "error" in outcome or outcome["warning"]
        # If the user has cleared all data, the library can't know that a model was stored.
        is_first_load = (
            self.scenario.kind == "data_cleared" and outcome.get("origin") == "downloaded"
        )
        self.check(
            "stored",
            is_reported or is_first_load,
            f"a loss is not reported: {_describe(outcome)}",
        )


def _is_older(outcome: Outcome) -> bool:
    """Return whether the load opened the previous version because the current one is unusable."""
    return outcome.get("origin") == "stored" and bool(outcome["warning"])


def _describe(outcome: Outcome) -> str:
    """Describe the outcome of a load in words."""
    if "error" in outcome:
        message = str(outcome.get("message", "")).strip()[-700:]
        return f"{outcome['error']} ({outcome.get('cause')}): {message}"
    version, origin, warning = outcome["version"], outcome["origin"], outcome["warning"]
    return f"version {version}, {origin}, warning {warning}, update {outcome['update']}"
