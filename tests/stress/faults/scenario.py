"""Chooses the scenario of a seed: a fault, and the versions in the browser and on the server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

from tests.stress.faults.response import FILE, MANIFEST, RANGES
from tests.stress.faults.server import CACHING, FAULT_TARGETS, RESPONSE_FAULTS


class InitialStorage(Enum):
    """The versions that are stored before the fault."""

    NOTHING = "nothing"
    PART_OF_1 = "a part of version 1"
    VERSION_1 = "version 1"
    VERSION_1_AND_PART_OF_2 = "version 1 and a part of version 2"
    VERSIONS_2_AND_1 = "version 2, and version 1 as the previous one"

    @property
    def current(self) -> int | None:
        """The number of the version that is completely stored and in use, or None."""
        return {
            InitialStorage.NOTHING: None,
            InitialStorage.PART_OF_1: None,
            InitialStorage.VERSIONS_2_AND_1: 2,
        }.get(self, 1)


# Initial states: pairs of the initial storage, and the version that the server offers.
# In these states, a load downloads the file or a part of it.
_DOWNLOADS = (
    (InitialStorage.NOTHING, 1),
    (InitialStorage.PART_OF_1, 1),
    (InitialStorage.PART_OF_1, 2),
    (InitialStorage.VERSION_1, 2),
    (InitialStorage.VERSION_1_AND_PART_OF_2, 2),
    (InitialStorage.VERSION_1_AND_PART_OF_2, 3),
    (InitialStorage.VERSIONS_2_AND_1, 3),
)
# In these states, a load requests the missing range of the file.
_RANGES = ((InitialStorage.PART_OF_1, 1), (InitialStorage.VERSION_1_AND_PART_OF_2, 2))
# In these states, a complete version is stored, and no incomplete one.
_COMPLETE = (
    (InitialStorage.VERSION_1, 1),
    (InitialStorage.VERSION_1, 2),
    (InitialStorage.VERSIONS_2_AND_1, 2),
    (InitialStorage.VERSIONS_2_AND_1, 3),
)
_ANY = (*_DOWNLOADS, *_COMPLETE)
ENVIRONMENT_FAULTS = {
    "server_down": _ANY,
    "republished": _DOWNLOADS,
    "page_closed_in_download": _DOWNLOADS,
    "page_closed_in_transaction": _DOWNLOADS,
    "tab_crash_in_download": _DOWNLOADS,
    "tab_crash_in_transaction": _DOWNLOADS,
    "browser_killed_in_download": _DOWNLOADS,
    "browser_killed_in_transaction": _DOWNLOADS,
    "data_cleared_in_download": _DOWNLOADS,
    "database_deleted_in_download": _DOWNLOADS,
    "other_tab_closed_in_download": _DOWNLOADS,
    "quota_tiny": _DOWNLOADS,
    "quota_small": _DOWNLOADS,
    "old_schema_tab": ((InitialStorage.NOTHING, 1),),
    "data_cleared": _COMPLETE,
    "database_deleted": _COMPLETE,
    "heads_deleted": _COMPLETE,
    "heads_damaged": _COMPLETE,
    "versions_deleted": _COMPLETE,
    "versions_damaged": _COMPLETE,
    "files_deleted": _COMPLETE,
    "files_damaged": _COMPLETE,
    "chunks_deleted": _RANGES,
    "chunks_damaged": _RANGES,
}
"""All other faults: of the tab, the browser and the storage; a server that is down; a newer version
on the server during a download. Each has the initial states in which it can happen."""

KINDS = (*RESPONSE_FAULTS, *ENVIRONMENT_FAULTS)
DURING_DOWNLOAD = {kind for kind in ENVIRONMENT_FAULTS if kind.endswith("_in_download")} | {
    "republished"
}
"""Kinds of faults that take place while a download is paused."""
DURING_TRANSACTION = {kind for kind in ENVIRONMENT_FAULTS if kind.endswith("_in_transaction")}
"""Kinds of faults that take place while a transaction of IndexedDB is open."""
LOSES_DATA = {
    kind
    for kind in ENVIRONMENT_FAULTS
    if kind.startswith(("data_cleared", "database_deleted", "heads", "versions", "files"))
}
"""Kinds of faults that remove or damage a complete stored version, or may do so."""
PREVENTS_STORING = {"quota_tiny", "quota_small", "old_schema_tab"}
"""Kinds of faults during which the browser can't store a whole model."""
_HARMLESS = ("delayed", "throttled", "redirect")
"""Kinds of response faults that do not prevent a download."""


@dataclass(frozen=True)
class ResponseFault:
    """A fault in responses of the server.

    Attributes:
        kind: A key of RESPONSE_FAULTS.
        target: The requests whose responses have the fault: FILE or MANIFEST.
        times: The number of responses with the fault; None for all.
    """

    kind: str
    target: str
    times: int | None


@dataclass(frozen=True)
class Scenario:
    """The fault of a seed, and the state in which it happens.

    Attributes:
        seed: The seed.
        kind: The kind of fault.
        initial: The versions that are stored before the fault.
        published: The number of the version that the server offers.
        response_faults: The faults in responses. If `kind` is a response fault, it is the first of
            them.
        reload: Whether the page is reloaded after the fault, or stays open.
        caching: How the browser may cache the file, a key of CACHING.
    """

    seed: int
    kind: str
    initial: InitialStorage
    published: int
    response_faults: tuple[ResponseFault, ...]
    reload: bool
    caching: str

    @property
    def rng(self) -> Random:
        """A new random generator for a run of the scenario: each run makes the same choices.

        It is not the generator of `choose_scenario`, so that the two make independent choices.
        """
        return Random(f"{self.seed} played")  # noqa: S311  # repeatable, not secret

    def __str__(self) -> str:
        response_faults = ", ".join(
            f"{fault.kind} of the {fault.target} x {fault.times or 'all'}"
            for fault in self.response_faults
        )
        page = "reload" if self.reload else "same page"
        return (
            f"{self.kind} ({self.initial.value} stored, {self.published} on the server, "
            f"{self.caching}, {page}; {response_faults})"
        )


def choose_scenario(seed: int) -> Scenario:
    """Return the scenario of a seed. Consecutive seeds have faults of different kinds."""
    rng = Random(seed)  # noqa: S311  # repeatable, not secret
    kind = KINDS[seed % len(KINDS)]
    if kind in RESPONSE_FAULTS:
        target = rng.choice(FAULT_TARGETS[kind])
        choices = {RANGES: _RANGES, FILE: _DOWNLOADS, MANIFEST: _ANY}[target]
        target = FILE if target == RANGES else target
        response_faults = [ResponseFault(kind, target, rng.choice([None, None, 1, 2]))]
        if rng.random() < 0.4:
            response_faults.append(_second_response_fault(response_faults[0], rng))
    else:
        choices = ENVIRONMENT_FAULTS[kind]
        response_faults = []
        if rng.random() < 0.5 and kind != "server_down":
            needs_download = kind in DURING_DOWNLOAD | DURING_TRANSACTION | {
                "quota_tiny",
                "quota_small",
            }
            response_faults.append(
                _harmless_response_fault(rng) if needs_download else _any_response_fault(rng)
            )
    initial, published = rng.choice(choices)
    return Scenario(
        seed,
        kind,
        initial,
        published,
        tuple(response_faults),
        reload=rng.random() < 0.3,
        caching=rng.choice([*CACHING]),
    )


def _second_response_fault(first: ResponseFault, rng: Random) -> ResponseFault:
    """Return a second response fault that does not prevent the first."""
    if first.target == MANIFEST:
        return _any_response_fault(rng)
    if first.times is None:
        return ResponseFault(rng.choice(_HARMLESS), MANIFEST, None)
    return ResponseFault(
        rng.choice([kind for kind in RESPONSE_FAULTS if FILE in FAULT_TARGETS[kind]]), FILE, None
    )


def _harmless_response_fault(rng: Random) -> ResponseFault:
    """Return a response fault that does not prevent a download."""
    return ResponseFault(rng.choice(_HARMLESS), rng.choice([FILE, MANIFEST]), None)


def _any_response_fault(rng: Random) -> ResponseFault:
    """Return a response fault of any kind, except those for range requests."""
    kind = rng.choice([kind for kind in RESPONSE_FAULTS if RANGES not in FAULT_TARGETS[kind]])
    return ResponseFault(kind, rng.choice(FAULT_TARGETS[kind]), rng.choice([None, None, 1]))
