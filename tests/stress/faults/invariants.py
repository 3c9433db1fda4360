"""What has to hold after every fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stress.faults.records import NAME
from tests.stress.faults.scenario import GATED, LOSES, NO_STORE
from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.stress.faults.scenario import Scenario
    from tests.stress.faults.site import Site

    type Told = dict[str, Any]

INVARIANTS = {
    "verified": "a session only ever ran bytes whose digest matches a published manifest",
    "kept": "what was stored complete is still there or is reported gone",
    "recovered": "once the fault is over the next load works with no help",
    "told": "every load ends in a model, or in an error of the library that says so",
    "happened": "the fault did take place",
    "played": "what comes before and after the fault could be played to its end",
}
FETCHED = ("downloaded", "repaired", "restored")
REPORTED = ("repaired", "restored", "not_stored", "stored_older")
"""Origins that tell, with a fault, that what should have been stored is not."""
ADDRESS = f"indexeddb://{NAME}"


@dataclass
class Judge:
    """Collects what is broken: names of invariants, with details.

    gone: whether the next load that works has to tell that the stored copy is gone.
    """

    scenario: Scenario
    site: Site
    broken: list[tuple[str, str]] = field(default_factory=list)
    gone: bool = False

    def hold(self, invariant: str, condition: object, detail: str) -> None:
        """Note a broken invariant."""
        if not condition:
            self.broken.append((invariant, detail))

    def given(self, digests: Iterable[str]) -> None:
        """Look at all that sessions were made from."""
        known = {versions()[number].sha256 for number in self.site.published}
        for digest in digests:
            self.hold("verified", digest in known, f"a session got bytes of the SHA-256 {digest}")

    def under_fault(self, told: Told, current: int | None, *, intact: bool | None) -> set[int]:
        """Look at the load under the fault; give the versions of which one has to be stored now.

        current: the version that was stored whole before. intact: whether it has to be used still,
        None if it may be.
        """
        kind, origin = self.scenario.kind, told.get("origin")
        number = self._model(told)
        if kind == "old_schema_tab":
            self.hold("kept", origin in (None, "not_stored"), f"behind an old tab: {_say(told)}")
            return {current} if current else set()
        if kind.startswith("quota"):
            full = "StoreFull" in (told.get("fault"), *(told.get("update") or ()))
            self.hold("happened", full, f"the quota was never met: {_say(told)}")
        if current and (intact or kind in GATED):
            self._stored(told, {current})
        elif current and intact is False:
            self.gone = number is None or origin == "stored_older"
            self._reported(told)
        if kind not in LOSES | NO_STORE:
            self.hold("kept", origin != "not_stored", f"it could be stored, but: {_say(told)}")
        if kind in LOSES and kind in GATED:
            return set()
        if number and origin == "stored":
            state, version, _ = told["update"] or ("", "", "")
            ready = {int(version)} if state == "ready" else set()
            return {number, self.scenario.published, self.site.manifest, *ready}
        if number and origin in FETCHED:
            return {number}
        return {current} if current and intact else set()

    def first_after(self, told: Told, kept: set[int]) -> None:
        """Demand that the next load works, with what is kept if anything is."""
        number, origin = self._model(told), told.get("origin")
        works = origin in ("stored", *FETCHED)
        self.hold("recovered", works, f"the next load gives {_say(told)}")
        if kept:
            self._stored(told, kept)
        if self.gone:
            self._reported(told)
        if origin == "stored" and number != self.site.manifest:
            expected = ["ready", str(self.site.manifest), None]
            found = told["update"]
            self.hold("recovered", found == expected, f"the update gives {found}: {_say(told)}")
        elif works:
            self.hold("recovered", number == self.site.manifest, f"not as published: {_say(told)}")

    def second_after(self, told: Told, listing: Told) -> None:
        """Demand that the published version is in use, known to be so, and listed."""
        self._model(told)
        number = self.site.manifest
        self.hold(
            "recovered",
            told.get("origin") == "stored" and told["version"] == str(number),
            f"version {number} should run by now, but: {_say(told)}",
        )
        expected = ["current", str(number), None]
        self.hold("recovered", told.get("update") == expected, f"still news: {_say(told)}")
        self.hold("recovered", listing == {ADDRESS: str(number)}, f"listed is {listing}")

    def _model(self, told: Told) -> int | None:
        """Look at any load; give the number of the version that runs, None if none does."""
        if "error" in told:
            unfit = any(w.kind == "manifest_self_test" for w in self.scenario.wrong)
            expected = ("ModelUnavailable", *(("SelfTestFailed", "SessionError") if unfit else ()))
            self.hold("told", told["error"] in expected, _say(told))
            return None
        number = round(float(told["output"]))
        sha256 = versions()[number].sha256
        self.hold("verified", number in self.site.published, f"{number} was not published")
        self.hold(
            "verified",
            told["session"] == told["sha256"] == sha256,
            f"ran bytes of {told['session'][:8]} as {told['sha256'][:8]}: {_say(told)}",
        )
        if told["origin"] in REPORTED:
            self.hold("kept", told["fault"], f"nobody says why: {_say(told)}")
        if told["origin"] == "stored":
            self.hold("told", told["update"], "the look for a newer version has not ended")
        return number

    def _stored(self, told: Told, expected: set[int]) -> None:
        self.hold(
            "kept",
            told.get("origin") == "stored" and round(told["output"]) in expected,
            f"of {sorted(expected)}, one should be stored, but: {_say(told)}",
        )

    def _reported(self, told: Told) -> None:
        named = (*REPORTED, *(["downloaded"] if self.scenario.kind == "data_cleared" else []))
        reported = told.get("origin", named[0]) in named
        self.hold("kept", reported, f"what was lost is not reported: {_say(told)}")


def _say(told: Told) -> str:
    if "error" in told:
        return f"{told['error']} ({told.get('why')}): {str(told.get('message', '')).strip()[-700:]}"
    update = told["update"]
    return f"version {told['version']}, {told['origin']}, fault {told['fault']}, update {update}"
