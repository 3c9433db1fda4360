"""The panel that shows, copies, clears and restores the numbers that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits import history
from digits.page.answer.copying import copy
from digits.page.dom import add_child, date_formatter, element, on, on_list_click, set_text

if TYPE_CHECKING:
    from digits.actions import Actions
    from digits.handwriting import Handwriting
    from digits.history import Entry
    from digits.page.background import Run
    from digits.page.device.hand_store import HandStore
    from digits.page.device.history_store import HistoryStore
    from digits.words import Words
    from digits.writing.sample import Sample


SVG = "http://www.w3.org/2000/svg"
"""The namespace of SVG elements."""
CLEARING = "clearing the history"
"""The kind under which `Actions` notes that the history was cleared."""


class HistoryPanel:
    """Fills the element `history` of index.html."""

    def __init__(
        self,
        store: HistoryStore,
        hand_store: HandStore,
        handwriting: Handwriting,
        words: Words,
        run: Run,
        actions: Actions,
    ) -> None:
        self._actions = actions
        self._store = store
        self._handwriting = handwriting
        self._words = words
        self._run = run
        self._shown: list[Entry] = []
        self._shown_symbols: list[str] = []
        self._cleared: list[Entry] = []
        self._cleared_samples: list[Sample] = []
        self._format_date = date_formatter()
        on_list_click(element("history-list"), lambda text: run(self._copy(text)))
        on(element("history-copy"), "click", lambda _: self._copy_all())
        on(element("history-clear"), "click", lambda _: self._clear())
        on(element("history-undo"), "click", lambda _: self._actions.undo_latest(CLEARING))
        store.on_changed_by_other_tab(self._refresh_if_open)
        hand_store.on_changed_by_other_tab(self._refresh_if_open)
        handwriting.changed.add(self._refresh_if_open)
        self._show([], [])

    def refresh(self) -> None:
        """Show the entries and the symbols of the user's hand, if they have changed."""
        entries, symbols = self._store.entries, self._handwriting.symbols
        if (entries, symbols) != (self._shown, self._shown_symbols):
            self._show(entries, symbols)

    def _refresh_if_open(self) -> None:
        if element("history").open:
            self.refresh()

    def _show(self, entries: list[Entry], symbols: list[str]) -> None:
        if entries != self._shown:
            element("history-list").replaceChildren(*map(self._new_row, _numbered(entries)))
        self._shown, self._shown_symbols = entries, symbols
        element("history-copy").hidden = not entries
        element("history-clear").hidden = not (entries or symbols)
        is_cleared = bool(self._cleared or self._cleared_samples)
        element("history-undo").hidden = not is_cleared
        self._say("" if entries else "history_cleared" if is_cleared else "history_empty")
        element("history-hand").hidden = not symbols
        hand = self._words.say("history_hand", symbols=" ".join(symbols)) if symbols else ""
        set_text(element("history-hand"), hand)
        element("history-not-stored").hidden = self._store.is_lasting

    def _new_row(self, numbered: tuple[int, Entry]) -> Any:
        place, entry = numbered
        js_row = document.createElement("li")
        if entry.sketch:
            js_row.append(_picture(entry.sketch))
        js_number = add_child(js_row, "span", entry.text)
        if not entry.is_confident:
            js_number.className = "unsure"
            add_child(js_row, "small", self._words.say("history_unsure"))
        add_child(
            js_row, "time", self._format_date(entry.when) or self._words.say("history_no_time")
        )
        js_copy = add_child(js_row, "button", self._words.say("copy"))
        js_copy.type, js_copy.value = "button", entry.text
        js_copy.ariaLabel = self._words.say("copy_number", number=entry.text, place=place)
        return js_row

    def _copy_all(self) -> None:
        self._run(self._copy("\n".join(entry.text for entry in reversed(self._shown))))

    async def _copy(self, text: str) -> None:
        set_text(element("history-message"), await copy(text, self._words))

    def _clear(self) -> None:
        self._cleared, self._cleared_samples = self._store.entries, self._handwriting.forget_all()
        self._store.replace([])
        self._actions.add(CLEARING, self._undo)
        self._show(self._store.entries, self._handwriting.symbols)
        element("history-undo").focus()  # the button that had the focus is gone

    def _undo(self) -> bool:
        had_focus = element("history-undo").matches(":focus")
        entries, samples = history.merge(self._cleared, self._store.entries), self._cleared_samples
        self._cleared, self._cleared_samples = [], []
        self._store.replace(entries)
        self._handwriting.restore(samples)
        self._show(self._store.entries, self._handwriting.symbols)
        if had_focus:
            element("history-clear").focus()  # the button that had the focus is gone
        return True

    def _say(self, key: str) -> None:
        set_text(element("history-message"), self._words.say(key) if key else "")


def _picture(sketch: str) -> Any:
    """Return a small picture of a drawing."""
    js_picture = document.createElementNS(SVG, "svg")
    js_picture.setAttribute("viewBox", "-4 -4 108 108")
    js_picture.setAttribute("aria-hidden", "true")
    js_path = document.createElementNS(SVG, "path")
    js_path.setAttribute("d", sketch)
    js_picture.append(js_path)
    return js_picture


def _numbered(entries: list[Entry]) -> list[tuple[int, Entry]]:
    """Return the entries in the order shown, newest first, each with its place in the list."""
    return list(enumerate(reversed(entries), 1))
