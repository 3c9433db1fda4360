"""A model's place on the server: what is published there, and which faults it has."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.stress.faults import wrong_bytes, wrong_content

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.answer import Spoil

ANSWERS = {**wrong_bytes.KINDS, **wrong_content.KINDS}
CACHING = {
    "etag": {"Cache-Control": "no-cache"},
    "date": {"Cache-Control": "no-cache"},
    "hour": {"Cache-Control": "max-age=3600"},
}
"""Headers that go with the file, by what tells its versions apart or how long it may be kept."""


@dataclass
class Fault:
    """One way to misbehave. target: what it happens to; times: how often, None for always.

    ranges: only where a part is asked for. happened: how often it did.
    """

    target: str
    spoil: Spoil
    dice: Random
    times: int | None = None
    ranges: bool = False
    happened: int = 0

    @classmethod
    def of(cls, kind: str, target: str, times: int | None, dice: Random) -> Fault:
        """Take a kind from the table of answers."""
        where, spoil = ANSWERS[kind]
        return cls(target, spoil, dice, times, ranges=where == "ranges")

    def fits(self, target: str, asked: int | None) -> bool:
        """Tell whether it is to happen to this request."""
        left = self.times is None or self.happened < self.times
        return left and target == self.target and (asked is not None or not self.ranges)


@dataclass
class Gate:
    """Holds a file's body back at a part of its length, from 0 to 1, until `go` is set."""

    at: float
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


@dataclass
class Site:
    """A model's place on the server.

    manifest, file: the version that each address has now. published: all whose manifests it had.
    gate: holds the next download of the file back. caching: the headers that go with the
    file, one of CACHING. over: set when nobody has to be kept waiting any more.
    """

    caching: str
    manifest: int = 0
    file: int = 0
    faults: list[Fault] = field(default_factory=list)
    gate: Gate | None = None
    published: set[int] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def publish(self, number: int) -> None:
        """Put a version in both places."""
        self.manifest = self.file = number
        self.published.add(number)
