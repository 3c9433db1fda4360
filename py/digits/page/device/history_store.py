"""What was read is kept on this device, for all tabs; without storage, as long as the page is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, window

from digits import history
from digits.history import Entry, Recorder
from digits.page.dom import on
from digits.page.input.draft import RECORDED
from offline_onnx.browser.quota import NO_STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.app import App

KEY = "offline-digits-history"


class HistoryStore:
    """The entries. kept: whether they outlive the page."""

    def __init__(self) -> None:
        self._text = "[]"
        self._entries: list[Entry] = []
        self.kept = True

    @property
    def entries(self) -> list[Entry]:
        """All entries, the oldest first, other tabs' too."""
        if self.kept:
            try:
                self._read(window.localStorage.getItem(KEY) or "[]")
            except NO_STORAGE:
                self.kept = False
        return self._entries

    def replace(self, entries: Iterable[Entry]) -> None:
        """Have these entries and no others."""
        self._entries = list(entries)
        self._text = history.to_json(self._entries)
        try:
            window.localStorage.setItem(KEY, self._text)
        except NO_STORAGE:
            self.kept = False

    def _read(self, text: str) -> None:
        if text != self._text:  # a panel asks whenever another number is read
            self._text, self._entries = text, history.from_json(text)


STORE = HistoryStore()
"""The page's only one: without storage, the entries are nowhere else."""


class Recording:
    """Puts the number that is shown into the history when it is about to go."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._recorder = Recorder(self._keep)
        for drawing, entry in zip(app.ink.gestures[:1], _recorded(), strict=False):
            self._recorder.remember("drawing", drawing, entry)
        on(document, "visibilitychange", self._perhaps_hidden)
        on(window, "pagehide", lambda _: self.record())

    def record(self) -> None:
        """Put the number that is shown, if one is, into the history."""
        number, picture = self._app.number, self._app.read_from
        drawing = self._app.ink.gestures
        if not number or not (picture or drawing):  # cleared, and not yet read again
            return
        sure = all(digit.reading.is_confident for digit in number)
        entry = Entry(self._app.text, window.Date.now() / 1000, sure)
        if picture:
            self._recorder.record("picture", picture, entry)
        else:  # strokes are added and taken back, but a drawing begins once
            self._recorder.record("drawing", drawing[0], entry)

    def _perhaps_hidden(self, _: Any) -> None:
        if document.hidden:
            self.record()

    def _keep(self, entry: Entry, before: Entry | None) -> None:
        others = (other for other in STORE.entries if other != before)
        STORE.replace(history.merge(others, [entry]))
        if not self._app.read_from:
            _keep_recorded(entry)


def _recorded() -> list[Entry]:
    """Give the entry of the drawing that outlived a reload, if it had one."""
    try:
        return history.from_json(window.sessionStorage.getItem(RECORDED) or "[]")
    except NO_STORAGE:
        return []


def _keep_recorded(entry: Entry) -> None:
    try:
        window.sessionStorage.setItem(RECORDED, history.to_json([entry]))
    except NO_STORAGE:
        return
