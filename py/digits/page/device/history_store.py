"""The history on this device, shared by all tabs. Without storage it lasts as long as the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import document, window

from digits import history
from digits.history import Entry, Recorder
from digits.page.device.other_tabs import on_changed_elsewhere
from digits.page.dom import on
from digits.page.input.draft import RECORDED
from offline_onnx.browser.quota import NO_STORAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digits.app import App

KEY = "offline-digits-history"


class HistoryStore:
    """The entries of the history.

    Attributes:
        is_lasting: Whether the entries outlive the page.

    """

    def __init__(self) -> None:
        self.is_lasting = True
        self._text = "[]"
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """All entries, oldest first, those of other tabs too."""
        if self.is_lasting:
            try:
                self._read(window.localStorage.getItem(KEY) or "[]")
            except NO_STORAGE:
                self.is_lasting = False
        return self._entries

    def replace(self, entries: Iterable[Entry]) -> None:
        """Replace all entries."""
        self._entries = list(entries)
        self._text = history.to_json(self._entries)
        try:
            window.localStorage.setItem(KEY, self._text)
        except NO_STORAGE:
            self.is_lasting = False

    def on_changed_elsewhere(self, handler: Callable[[], None]) -> None:
        """Call the handler whenever another tab has changed the entries."""
        on_changed_elsewhere(KEY, handler)

    def _read(self, text: str) -> None:
        if text != self._text:  # parsing is slow, and a panel asks whenever a number is read
            self._text, self._entries = text, history.from_json(text)


class Recording:
    """Adds the number that is shown to the history, just before it disappears."""

    def __init__(self, app: App, store: HistoryStore) -> None:
        self._app = app
        self._store = store
        self._recorder = Recorder(self._add)
        for drawing, entry in zip(app.ink.gestures[:1], _restore_recorded(), strict=False):
            self._recorder.remember("drawing", drawing, entry)
        app.before_replacement.add(self.record)
        on(document, "visibilitychange", lambda _: self._visibility_changed())
        on(window, "pagehide", lambda _: self.record())

    def record(self) -> None:
        """Add the number that is shown, if there is one."""
        number, picture = self._app.number, self._app.shown_picture
        drawing = self._app.ink.gestures
        if not number or not (picture or drawing):  # the sheet was cleared and not read again yet
            return
        sure = all(digit.reading.is_confident for digit in number)
        entry = Entry(self._app.text, window.Date.now() / 1000, sure)
        if picture:
            self._recorder.record("picture", picture, entry)
        else:  # strokes come and go, but the first one identifies the drawing
            self._recorder.record("drawing", drawing[0], entry)

    def _visibility_changed(self) -> None:
        if document.hidden:
            self.record()

    def _add(self, entry: Entry, replaced: Entry | None) -> None:
        others = (other for other in self._store.entries if other != replaced)
        self._store.replace(history.merge(others, [entry]))
        if not self._app.shown_picture:
            _save_recorded(entry)


def _restore_recorded() -> list[Entry]:
    """Return the entry of a drawing that outlived a reload, if it has one."""
    try:
        return history.from_json(window.sessionStorage.getItem(RECORDED) or "[]")
    except NO_STORAGE:
        return []


def _save_recorded(entry: Entry) -> None:
    try:
        window.sessionStorage.setItem(RECORDED, history.to_json([entry]))
    except NO_STORAGE:
        return
