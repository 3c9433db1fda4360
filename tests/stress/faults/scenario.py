"""What one seeded fault is: its kind, what is stored before, published then, and wrong beside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

from tests.stress.faults.answer import FILE, MANIFEST
from tests.stress.faults.site import ANSWERS, CACHING


class Start(Enum):
    """What is stored before the fault."""

    EMPTY = "nothing"
    PART = "a part of version 1"
    STORED = "version 1"
    STORED_PART = "version 1 and a part of version 2"
    TWO = "version 2, and version 1 as the one before"
    FIRST_SCHEMA = "version 1, in the database of an old page"

    @property
    def current(self) -> int | None:
        """The version that is stored whole and in use."""
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
_OLD = ((Start.EMPTY, 1), (Start.FIRST_SCHEMA, 1), (Start.FIRST_SCHEMA, 2))

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
    "old_schema_tab": _OLD,
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
"""Faults on the visitor's side, and the starts, with the published version, that they happen to."""

KINDS = (*ANSWERS, *VISITS)
GATED = {kind for kind in VISITS if kind.endswith("_in_download")} | {"republished"}
HELD = {kind for kind in VISITS if kind.endswith("_in_transaction")}
LOSES = {
    kind
    for kind in VISITS
    if kind.startswith(("data_cleared", "database_deleted", "heads", "versions", "files"))
}
"""Kinds that take away what is stored, or may."""
NO_STORE = {"quota_tiny", "quota_small", "old_schema_tab"}
"""Kinds under which nothing can be stored, or not all."""
_MILD = ("late", "drip", "redirect")
"""Answers that a download gets through with."""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: its kind, to what it happens, and how often, None for always."""

    kind: str
    target: str
    times: int | None


@dataclass(frozen=True)
class Scenario:
    """One seeded fault. wrong: the server's answers; the first is the fault itself, if it is one.

    start, published: what is stored before, and the number of the version that is on the server.
    reload: whether the visitor reloads the page after the fault, or tries again in it. caching: the
    headers that the server sends with the file.
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
        """For all that is left to chance while it is played; always the same."""
        return Random(f"{self.seed} played")  # noqa: S311  # to be repeated, not to be secret

    def __str__(self) -> str:
        wrong = ", ".join(f"{w.kind} of the {w.target} x {w.times or 'all'}" for w in self.wrong)
        how = "reload" if self.reload else "same page"
        return (
            f"{self.kind} ({self.start.value} stored, {self.published} published, "
            f"{self.caching}, {how}; {wrong})"
        )


def scenario(seed: int) -> Scenario:
    """Make the fault of a seed; neighbours are of different kinds."""
    dice = Random(seed)  # noqa: S311  # to be repeated, not to be secret
    kind = KINDS[seed % len(KINDS)]
    if kind in ANSWERS:
        targets = ANSWERS[kind][0].split()
        target = dice.choice(targets)
        starts = {"ranges": _RANGES, FILE: _DOWNLOADS, MANIFEST: _ANY}[target]
        target = FILE if target == "ranges" else target
        wrong = [Wrong(kind, target, dice.choice([None, None, 1, 2]))]
        if dice.random() < 0.4:
            wrong.append(_beside(wrong[0], dice))
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


def _beside(first: Wrong, dice: Random) -> Wrong:
    """Make a second fault that does not keep the first from happening."""
    if first.target == MANIFEST:
        return _any(dice)
    if first.times is None:
        return Wrong(dice.choice(_MILD), MANIFEST, None)
    return Wrong(dice.choice([k for k in ANSWERS if FILE in ANSWERS[k][0].split()]), FILE, None)


def _mild(dice: Random) -> Wrong:
    return Wrong(dice.choice(_MILD), dice.choice([FILE, MANIFEST]), None)


def _any(dice: Random) -> Wrong:
    kind = dice.choice([k for k in ANSWERS if "ranges" not in ANSWERS[k][0]])
    return Wrong(kind, dice.choice(ANSWERS[kind][0].split()), dice.choice([None, None, 1]))
