"""The history of numbers: one entry for each drawing or picture that was read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.drawing.sketch import is_sketch
from digits.reading.contract import SYMBOLS
from digits.reading.recogniser import NO_SYMBOL
from offline_onnx.inference.json_fields import is_unsafe_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_ENTRIES = 100
"""The maximum number of entries in the history."""
MAX_TIME = 8.64e12
"""The latest time that a JavaScript Date can hold, in seconds since 1970."""


@dataclass(frozen=True)
class Entry:
    """A number that was read.

    Attributes:
        text: The symbols, with the results of sums, a line of text for each line. NO_SYMBOL stands
            for an image that seemed to show none.
        when: The time of the reading, in seconds since 1970.
        is_confident: Whether all symbols were read confidently.
        sketch: A small picture of the drawing of a sum, see `digits.drawing.sketch`; "" if none.

    """

    text: str
    when: float
    is_confident: bool
    sketch: str = ""


def merge(entries: Iterable[Entry], later: Iterable[Entry]) -> list[Entry]:
    """Append later entries to earlier ones, without duplicates. Return the last MAX_ENTRIES.

    Both lists are in the order in which the entries were recorded. They are never sorted by time,
    because the device's clock may have been wrong.
    """
    return list(dict.fromkeys((*entries, *later)))[-MAX_ENTRIES:]


def to_json(entries: Iterable[Entry]) -> str:
    """Return entries as JSON: a list of [text, when, is_confident] or [..., sketch]."""
    return json.dumps(
        [
            [entry.text, entry.when, entry.is_confident, *([entry.sketch] if entry.sketch else [])]
            for entry in entries
        ]
    )


def from_json(text: str) -> list[Entry]:
    """Parse the JSON that `to_json` returned. Skip invalid entries; return [] for invalid JSON."""
    if is_unsafe_json(text):
        return []
    try:
        raw = json.loads(text)
    except ValueError:
        return []
    entries = [Entry(*each) for each in raw if _is_entry(each)] if isinstance(raw, list) else []
    return merge(entries, [])


def _is_entry(raw: object) -> bool:
    match raw:
        case [str(text), int() | float() as when, bool(), *rest]:
            if len(rest) > 1 or not all(isinstance(each, str) and is_sketch(each) for each in rest):
                return False
            is_text = set(text) <= {*SYMBOLS, NO_SYMBOL, "\n"} and bool(text.strip(NO_SYMBOL))
            return is_text and 0 <= when <= MAX_TIME
    return False


class Recorder:
    """Adds one entry for each drawing or picture, and replaces it if the number changes.

    Args:
        store: Called with a new entry, and with the entry to replace (None if there is none).

    """

    def __init__(self, store: Callable[[Entry, Entry | None], None]) -> None:
        self._store = store
        self._recorded: dict[str, tuple[object, Entry]] = {}

    def remember(self, kind: str, source: object, entry: Entry) -> None:
        """Note that a source already has an entry in the history.

        Args:
            kind: "drawing" or "picture". The recorder remembers one source of each kind.
            source: An object that identifies the drawing or picture. It is compared by identity.
            entry: The entry of the source.

        """
        self._recorded[kind] = source, entry

    def record(self, kind: str, source: object, entry: Entry) -> None:
        """Record the entry of a source, unless its recorded entry has the same text and confidence.

        For the arguments see `remember`.
        """
        last_source, replaced = self._recorded.get(kind, (None, None))
        if last_source is not source:
            replaced = None
        if replaced and (replaced.text, replaced.is_confident) == (entry.text, entry.is_confident):
            return
        self.remember(kind, source, entry)
        self._store(entry, replaced)
