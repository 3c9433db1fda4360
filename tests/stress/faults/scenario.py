"""The fault of a seed: its kind, what is stored before, what is published, what else is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

from tests.stress.faults.answer import FILE, MANIFEST, RANGES
from tests.stress.faults.server import ANSWERS, CACHING, TARGETS


class Start(Enum):
    """What is stored before the fault."""

    EMPTY = "nothing"
    PART = "a part of version 1"
    STORED = "version 1"
    STORED_PART = "version 1 and a part of version 2"
    TWO = "version 2, and version 1 as the previous one"

    @property
    def current(self) -> int | None:
        """The version that is completely stored and in use."""
        return {Start.EMPTY: None, Start.PART: None, Start.TWO: 2}.get(self, 1)


_DOWNLOADS = (
    (Start.EMPTY, 1),
    (Start.PART, 1),
    (Start.PART, 2),
    (Start.STORED, 2),
    (Start.STORED_PART, 2),
    (Start.STORED_PART, 3),
    (Start.TWO, 3),
)
_RANGES = ((Start.PART, 1), (Start.STORED_PART, 2))
_WHOLE = ((Start.STORED, 1), (Start.STORED, 2), (Start.TWO, 2), (Start.TWO, 3))
_ANY = (*_DOWNLOADS, *_WHOLE)
VISITS = {
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
    "old_schema_tab": ((Start.EMPTY, 1),),
    "data_cleared": _WHOLE,
    "database_deleted": _WHOLE,
    "heads_deleted": _WHOLE,
    "heads_damaged": _WHOLE,
    "versions_deleted": _WHOLE,
    "versions_damaged": _WHOLE,
    "files_deleted": _WHOLE,
    "files_damaged": _WHOLE,
    "chunks_deleted": _RANGES,
    "chunks_damaged": _RANGES,
}
"""Faults of tab, browser and storage, each with the starts and published versions it applies to."""

KINDS = (*ANSWERS, *VISITS)
GATED = {kind for kind in VISITS if kind.endswith("_in_download")} | {"republished"}
HELD = {kind for kind in VISITS if kind.endswith("_in_transaction")}
LOSES = {
    kind
    for kind in VISITS
    if kind.startswith(("data_cleared", "database_deleted", "heads", "versions", "files"))
}
"""Kinds that remove what is stored, or may."""
NO_STORE = {"quota_tiny", "quota_small", "old_schema_tab"}
"""Kinds under which nothing can be stored, or not everything."""
_MILD = ("late", "drip", "redirect")
"""Answers with which a download still succeeds."""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: its kind, what it applies to, and how often, None for always."""

    kind: str
    target: str
    times: int | None


@dataclass(frozen=True)
class Scenario:
    """The fault of a seed.

    Attributes:
        start: What is stored before.
        published: The number of the version on the server.
        wrong: The server's wrong answers; the first is the fault itself, if it is an answer.
        reload: Whether the visitor reloads the page after the fault, or tries again in it.
        caching: The headers that the server sends with the file, a key of CACHING.
    """

    seed: int
    kind: str
    start: Start
    published: int
    wrong: tuple[Wrong, ...]
    reload: bool
    caching: str

    @property
    def dice(self) -> Random:
        """The random choices while it is played; the same every time."""
        return Random(f"{self.seed} played")  # noqa: S311  # repeatable, not secret

    def __str__(self) -> str:
        wrong = ", ".join(f"{w.kind} of the {w.target} x {w.times or 'all'}" for w in self.wrong)
        how = "reload" if self.reload else "same page"
        return (
            f"{self.kind} ({self.start.value} stored, {self.published} published, "
            f"{self.caching}, {how}; {wrong})"
        )


def scenario(seed: int) -> Scenario:
    """Return the fault of a seed; neighbouring seeds are of different kinds."""
    dice = Random(seed)  # noqa: S311  # repeatable, not secret
    kind = KINDS[seed % len(KINDS)]
    if kind in ANSWERS:
        target = dice.choice(TARGETS[kind])
        starts = {RANGES: _RANGES, FILE: _DOWNLOADS, MANIFEST: _ANY}[target]
        target = FILE if target == RANGES else target
        wrong = [Wrong(kind, target, dice.choice([None, None, 1, 2]))]
        if dice.random() < 0.4:
            wrong.append(_second(wrong[0], dice))
    else:
        starts = VISITS[kind]
        wrong = []
        if dice.random() < 0.5 and kind != "server_down":
            reached = kind in GATED | HELD | {"quota_tiny", "quota_small"}
            wrong.append(_mild(dice) if reached else _any(dice))
    start, published = dice.choice(starts)
    return Scenario(
        seed,
        kind,
        start,
        published,
        tuple(wrong),
        reload=dice.random() < 0.3,
        caching=dice.choice([*CACHING]),
    )


def _second(first: Wrong, dice: Random) -> Wrong:
    """Return a second wrong answer that lets the first one happen."""
    if first.target == MANIFEST:
        return _any(dice)
    if first.times is None:
        return Wrong(dice.choice(_MILD), MANIFEST, None)
    return Wrong(dice.choice([kind for kind in ANSWERS if FILE in TARGETS[kind]]), FILE, None)


def _mild(dice: Random) -> Wrong:
    return Wrong(dice.choice(_MILD), dice.choice([FILE, MANIFEST]), None)


def _any(dice: Random) -> Wrong:
    kind = dice.choice([kind for kind in ANSWERS if RANGES not in TARGETS[kind]])
    return Wrong(kind, dice.choice(TARGETS[kind]), dice.choice([None, None, 1]))
