"""Radio buttons to choose a symbol: bars, panels and teaching refer to the chosen one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from js import document

from digits.page.answer.number import shown_symbols
from digits.page.dom import element, on

if TYPE_CHECKING:
    from digits.app import App
    from digits.page.answer.number import Shown
    from digits.pen_rest import PenRest
    from digits.words import Words


class Choices:
    """A radio button over each symbol of the number; none if it has only one symbol."""

    def __init__(self, app: App, words: Words, pen: PenRest) -> None:
        self._app = app
        self._pen = pen
        self._words = words
        self._js_group = element("choices")
        self._shown: list[Shown] = []
        self._chosen = 0
        self._js_choices: list[Any] = []
        on(self._js_group, "change", lambda js_event: app.choose(int(js_event.target.value)))
        app.changed.add(self._refresh)
        pen.changed.add(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        """Update the radio buttons; replace them only if a line has more or fewer symbols."""
        symbols, chosen = self._app.symbols, self._app.chosen
        several = symbols if len(symbols) > 1 else []
        shown = shown_symbols(several, mark_uncertain=self._pen.is_resting)
        if shown == self._shown and (chosen == self._chosen or not shown):
            return
        had_focus = self._js_group.contains(document.activeElement)
        lines = [line for _, _, line in shown]
        if lines != [line for _, _, line in self._shown]:
            self._js_choices = [_new_choice(index) for index in range(len(shown))]
            self._js_group.replaceChildren(*_in_lines(self._js_choices, lines))
            self._shown = []
        self._label(shown)
        self._shown, self._chosen = shown, chosen
        if shown:
            js_radio = self._js_choices[chosen].firstElementChild
            js_radio.checked = True
            if had_focus:
                js_radio.focus()

    def _label(self, shown: list[Shown]) -> None:
        """Label the symbols that have changed."""
        for index, (label, is_confident, _) in enumerate(shown):
            if self._shown and shown[index] == self._shown[index]:
                continue
            js_radio, js_symbol = self._js_choices[index].children
            js_radio.ariaLabel = self._words.say(
                "choice", place=index + 1, count=len(shown), label=label
            )
            js_symbol.textContent = label
            js_symbol.classList.toggle("unsure", not is_confident)


def _in_lines(js_choices: list[Any], lines: list[int]) -> list[Any]:
    """Return an element for each line, with its radio buttons."""
    js_lines = []
    for _, indices in groupby(range(len(lines)), key=lines.__getitem__):
        js_line = document.createElement("div")
        js_line.append(*(js_choices[index] for index in indices))
        js_lines.append(js_line)
    return js_lines


def _new_choice(index: int) -> Any:
    js_radio = document.createElement("input")
    js_radio.type, js_radio.name, js_radio.value = "radio", "choice", str(index)
    js_symbol = document.createElement("span")
    js_symbol.ariaHidden = "true"  # the radio button's own label says more
    js_label = document.createElement("label")
    js_label.append(js_radio, js_symbol)
    return js_label
