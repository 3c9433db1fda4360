"""What was read: an entry for each drawing and each picture, as many as are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 100
"""The most entries that are kept."""
LATEST = 8.64e12
"""The last second that a browser can tell the date of."""


@dataclass(frozen=True)
class Entry:
    """A number that was read. when: in seconds since 1970. sure: of every digit."""

    text: str
    when: float
    sure: bool


def merged(some: Iterable[Entry], later: Iterable[Entry]) -> list[Entry]:
    """Put entries together, the oldest first; of more than LIMIT the oldest are left out.

    They stay in the order in which they came, which a clock that is wrong does not tell.
    """
    return list(dict.fromkeys((*some, *later)))[-LIMIT:]


def to_json(entries: Iterable[Entry]) -> str:
    """Write entries as JSON: a list of [text, when, sure]."""
    return json.dumps([[entry.text, entry.when, entry.sure] for entry in entries])


def from_json(text: str) -> list[Entry]:
    """Read what `to_json` wrote. What is no entry is left out, and the others are given."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return []
    entries = [Entry(*each) for each in raw if _is_entry(each)] if isinstance(raw, list) else []
    return merged(entries, [])


def _is_entry(raw: object) -> bool:
    match raw:
        case [str(text), int() | float() as when, bool()]:
            return text.isascii() and text.isdigit() and 0 <= when <= LATEST
    return False


class Recorder:
    """Has a drawing or a picture recorded once, however often it is told, and again if it changed.

    keep: called with a new entry and the one that it takes the place of, if there is one.
    """

    def __init__(self, keep: Callable[[Entry, Entry | None], None]) -> None:
        self._keep = keep
        self._recorded: dict[str, tuple[object, Entry]] = {}

    def remember(self, kind: str, source: object, entry: Entry) -> None:
        """Take it that this source of this kind was recorded as this entry."""
        self._recorded[kind] = source, entry

    def record(self, kind: str, source: object, entry: Entry) -> None:
        """Record what was read from a source: another object is another drawing or picture."""
        last, before = self._recorded.get(kind, (None, None))
        if last is not source:
            before = None
        if before and (before.text, before.sure) == (entry.text, entry.sure):
            return
        self.remember(kind, source, entry)
        self._keep(entry, before)
