"""Store the history in localStorage, for all tabs, and add the numbers that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import document, window

from digits import history
from digits.drawing.sketch import sketch_of
from digits.history import Entry, Recorder
from digits.page.device.stored_list import StoredList
from digits.page.dom import on
from digits.page.input.draft import ENTRY_KEY
from offline_onnx.browser.quota import STORAGE_ERRORS

if TYPE_CHECKING:
    from digits.app import App
    from digits.sums import Sums

KEY = "offline-digits-history"


class HistoryStore(StoredList[Entry]):
    """The entries of the history."""

    def __init__(self) -> None:
        super().__init__(KEY, history.to_json, history.from_json)


class ShownNumberRecorder:
    """Adds what is shown to the history before it is replaced, and when the page is hidden."""

    def __init__(self, app: App, sums: Sums, store: HistoryStore) -> None:
        self._app = app
        self._sums = sums
        self._store = store
        self._recorder = Recorder(self._add)
        # After a reload, the drawing may already have an entry. The loop runs once if there are a
        # drawing and its entry, else not at all.
        for drawing, entry in zip(app.ink.gestures[:1], _load_drawing_entry(), strict=False):
            self._recorder.remember("drawing", drawing, entry)
        app.before_replacement.add(self.record)
        on(document, "visibilitychange", lambda _: self._visibility_changed())
        on(window, "pagehide", lambda _: self.record())

    def record(self) -> None:
        """Add the shown number or sum to the history, if there is one."""
        text, picture = self._sums.text, self._app.shown_picture
        drawing = self._app.ink.gestures
        if not text or not (picture or drawing):  # after clearing, the number is shown a bit longer
            return
        is_confident = all(symbol.reading.is_confident for symbol in self._app.symbols)
        has_sum = not picture and any(line.answer for line in self._sums.lines)
        sketch = sketch_of(self._app.ink.strokes) if has_sum else ""
        entry = Entry(text, window.Date.now() / 1000, is_confident, sketch)
        if picture:
            self._recorder.record("picture", picture, entry)
        else:  # later strokes may be undone, so the first stroke identifies the drawing
            self._recorder.record("drawing", drawing[0], entry)

    def _visibility_changed(self) -> None:
        if document.hidden:
            self.record()

    def _add(self, entry: Entry, replaced: Entry | None) -> None:
        others = (other for other in self._store.entries if other != replaced)
        self._store.replace(history.merge(others, [entry]))
        if not self._app.shown_picture:
            _store_drawing_entry(entry)


def _load_drawing_entry() -> list[Entry]:
    """Return the entry of the drawing that was stored before a reload, in a list; [] if none."""
    try:
        return history.from_json(window.sessionStorage.getItem(ENTRY_KEY) or "[]")
    except STORAGE_ERRORS:
        return []


def _store_drawing_entry(entry: Entry) -> None:
    try:
        window.sessionStorage.setItem(ENTRY_KEY, history.to_json([entry]))
    except STORAGE_ERRORS:
        return
