"""What has to hold after every fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.faults.inflict import NAME
from tests.stress.faults.scenario import GATED, LOSES, NO_STORE
from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.stress.faults.scenario import Scenario
    from tests.stress.faults.server import Site

    type Outcome = dict[str, Any]

INVARIANTS = {
    "verified": "a session only ever runs bytes whose digest matches a published manifest",
    "stored": "what was completely stored is still there or is reported lost",
    "recovered": "once the fault is over the next load works without help",
    "reported": "every load ends in a model, or in an error of the library that says why",
    "happened": "the fault did take place",
    "played": "everything before and after the fault could be played to its end",
}
FETCHED = ("downloaded", "repaired", "restored")
REPORTED = ("repaired", "restored", "not_stored", "stored_older")
"""Origins that report, with a warning, that what should be stored is not."""
ADDRESS = f"indexeddb://{NAME}"


@dataclass
class Judge:
    """Collects broken invariants.

    Attributes:
        broken: Names of invariants, with details.
        gone: Whether the next load that works has to report that the stored copy is lost.
    """

    scenario: Scenario
    site: Site
    broken: list[tuple[str, str]] = field(default_factory=list)
    gone: bool = False

    def hold(self, invariant: str, condition: object, detail: str) -> None:
        """Note a broken invariant."""
        if not condition:
            self.broken.append((invariant, detail))

    def look_at_opened(self, digests: Iterable[str]) -> None:
        """Look at the bytes that sessions were opened with."""
        known = {versions()[number].sha256 for number in self.site.published}
        for digest in digests:
            self.hold("verified", digest in known, f"a session opened bytes with SHA-256 {digest}")

    def under_fault(
        self, outcome: Outcome, current: int | None, *, intact: bool | None
    ) -> set[int]:
        """Look at the load under the fault.

        Args:
            outcome: The load's.
            current: The version that was completely stored before.
            intact: Whether it has to stay in use; None if it may.

        Returns:
            The versions of which one has to be stored now.
        """
        kind, origin = self.scenario.kind, outcome.get("origin")
        number = self._model(outcome)
        if kind == "old_schema_tab":
            self.hold(
                "stored", origin in (None, "not_stored"), f"behind an old tab: {_text(outcome)}"
            )
            return {current} if current else set()
        if kind.startswith("quota"):
            full = "StoreFull" in (outcome.get("warning"), *(outcome.get("update") or ()))
            self.hold("happened", full, f"the quota was never met: {_text(outcome)}")
        if current and (intact or kind in GATED):
            self._stored(outcome, {current})
        elif current and intact is False:
            self.gone = number is None or origin == "stored_older"
            self._reported(outcome)
        if kind not in LOSES | NO_STORE:
            self.hold(
                "stored", origin != "not_stored", f"it could be stored, but: {_text(outcome)}"
            )
        if kind in LOSES and kind in GATED:
            return set()
        if number and origin == "stored":
            state, version, _ = outcome["update"] or ("", "", "")
            ready = {int(version)} if state == "ready" else set()
            return {number, self.scenario.published, self.site.manifest, *ready}
        if number and origin in FETCHED:
            return {number}
        return {current} if current and intact else set()

    def first_after(self, outcome: Outcome, stored: set[int]) -> None:
        """Expect that the next load works, with what is stored if anything is."""
        number, origin = self._model(outcome), outcome.get("origin")
        works = origin in ("stored", *FETCHED)
        self.hold("recovered", works, f"the next load returns {_text(outcome)}")
        if stored:
            self._stored(outcome, stored)
        if self.gone:
            self._reported(outcome)
        if origin == "stored" and number != self.site.manifest:
            expected = ["ready", str(self.site.manifest), None]
            found = outcome["update"]
            self.hold("recovered", found == expected, f"updated: {found}: {_text(outcome)}")
        elif works:
            self.hold(
                "recovered", number == self.site.manifest, f"not as published: {_text(outcome)}"
            )

    def second_after(self, outcome: Outcome, listing: Outcome) -> None:
        """Expect that the published version is in use, known to be current, and listed."""
        self._model(outcome)
        number = self.site.manifest
        self.hold(
            "recovered",
            outcome.get("origin") == "stored" and outcome["version"] == str(number),
            f"version {number} should run by now, but: {_text(outcome)}",
        )
        expected = ["current", str(number), None]
        self.hold(
            "recovered",
            outcome.get("update") == expected,
            f"not known as current: {_text(outcome)}",
        )
        self.hold("recovered", listing == {ADDRESS: str(number)}, f"listed is {listing}")

    def _model(self, outcome: Outcome) -> int | None:
        """Look at any load; return the number of the version that runs, None if none does."""
        if "error" in outcome:
            unfit = any(w.kind == "manifest_self_test" for w in self.scenario.wrong)
            expected = ("ModelUnavailable", *(("SelfTestFailed", "SessionError") if unfit else ()))
            self.hold("reported", outcome["error"] in expected, _text(outcome))
            return None
        number = round(float(outcome["output"]))
        sha256 = versions()[number].sha256
        self.hold("verified", number in self.site.published, f"{number} was not published")
        self.hold(
            "verified",
            outcome["session"] == outcome["sha256"] == sha256,
            f"ran {outcome['session'][:8]} as {outcome['sha256'][:8]}: {_text(outcome)}",
        )
        if outcome["origin"] in REPORTED:
            self.hold("stored", outcome["warning"], f"no warning says why: {_text(outcome)}")
        if outcome["origin"] == "stored":
            self.hold("reported", outcome["update"], "the search for a newer version has not ended")
        return number

    def _stored(self, outcome: Outcome, expected: set[int]) -> None:
        self.hold(
            "stored",
            outcome.get("origin") == "stored" and round(outcome["output"]) in expected,
            f"of {sorted(expected)}, one should be stored, but: {_text(outcome)}",
        )

    def _reported(self, outcome: Outcome) -> None:
        named = (*REPORTED, *(["downloaded"] if self.scenario.kind == "data_cleared" else []))
        reported = outcome.get("origin", named[0]) in named
        self.hold("stored", reported, f"what was lost is not reported: {_text(outcome)}")


def _text(outcome: Outcome) -> str:
    if "error" in outcome:
        message = str(outcome.get("message", "")).strip()[-700:]
        return f"{outcome['error']} ({outcome.get('why')}): {message}"
    version, origin, warning = outcome["version"], outcome["origin"], outcome["warning"]
    return f"version {version}, {origin}, warning {warning}, update {outcome['update']}"
