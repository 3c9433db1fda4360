"""The numbers that were read: one entry for each drawing and each picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.inference.json_fields import is_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_ENTRIES = 100
MAX_TIME = 8.64e12
"""The last second that JavaScript has a date for."""


@dataclass(frozen=True)
class Entry:
    """A number that was read.

    Attributes:
        text: Its digits.
        when: Seconds since 1970.
        is_confident: Whether all its digits were read confidently.

    """

    text: str
    when: float
    is_confident: bool


def merge(entries: Iterable[Entry], later: Iterable[Entry]) -> list[Entry]:
    """Join two lists of entries, oldest first. Drop the oldest beyond MAX_ENTRIES.

    Entries stay in the order of arrival and are never sorted by time, because a clock may be wrong.
    """
    return list(dict.fromkeys((*entries, *later)))[-MAX_ENTRIES:]


def to_json(entries: Iterable[Entry]) -> str:
    """Return entries as JSON: a list of [text, when, is_confident]."""
    return json.dumps([[entry.text, entry.when, entry.is_confident] for entry in entries])


def from_json(text: str) -> list[Entry]:
    """Parse what `to_json` returned. Skip everything that is not an entry."""
    if is_unsafe(text):
        return []
    try:
        raw = json.loads(text)
    except ValueError:
        return []
    entries = [Entry(*each) for each in raw if _is_entry(each)] if isinstance(raw, list) else []
    return merge(entries, [])


def _is_entry(raw: object) -> bool:
    match raw:
        case [str(text), int() | float() as when, bool()]:
            return text.isascii() and text.isdigit() and 0 <= when <= MAX_TIME
    return False


class Recorder:
    """Record each drawing or picture once, and replace its entry when its number changes.

    Args:
        store: Called with a new entry, and with the entry that it replaces, if any.

    """

    def __init__(self, store: Callable[[Entry, Entry | None], None]) -> None:
        self._store = store
        self._recorded: dict[str, tuple[object, Entry]] = {}

    def remember(self, kind: str, source: object, entry: Entry) -> None:
        """Note that a source was already recorded, with this entry.

        Args:
            kind: "drawing" or "picture": one source of each kind is remembered.
            source: The drawing or picture itself, compared by identity.
            entry: The entry that it has in the history.

        """
        self._recorded[kind] = source, entry

    def record(self, kind: str, source: object, entry: Entry) -> None:
        """Record what a source was read as, unless that is recorded already."""
        last, before = self._recorded.get(kind, (None, None))
        if last is not source:
            before = None
        if before and (before.text, before.is_confident) == (entry.text, entry.is_confident):
            return
        self.remember(kind, source, entry)
        self._store(entry, before)
