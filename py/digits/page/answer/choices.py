"""Radio buttons to choose a digit of the number: the bars, the panels and teaching refer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, on

if TYPE_CHECKING:
    from digits.app import App
    from digits.pen_rest import PenRest
    from digits.words import Words


class Choices:
    """A radio button over each digit of a number; none over a single digit."""

    def __init__(self, app: App, words: Words, pen: PenRest) -> None:
        self._app = app
        self._pen = pen
        self._words = words
        self._js_group = element("choices")
        self._shown: list[tuple[str, bool]] = []
        self._chosen = 0
        on(self._js_group, "change", lambda js_event: app.choose(int(js_event.target.value)))
        app.changed.add(self._refresh)
        pen.changed.add(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        """Show the digits of the number. Radio buttons that are still correct are not replaced."""
        number, chosen = self._app.number, self._app.chosen
        several = number if len(number) > 1 else []
        readings = [digit.reading for digit in several]
        mark_uncertain = self._pen.is_resting  # while the pen draws, a digit may be incomplete
        digits = [
            (reading.text, reading.is_confident) if mark_uncertain else (reading.label, True)
            for reading in readings
        ]
        if digits == self._shown and (chosen == self._chosen or not digits):
            return
        had_focus = self._js_group.contains(document.activeElement)
        if len(digits) != len(self._shown):
            self._js_group.replaceChildren(*(_new_choice(index) for index in range(len(digits))))
        if digits != self._shown:
            self._label(digits)
        self._shown, self._chosen = digits, chosen
        if digits:
            js_radio = self._js_group.children.item(chosen).firstElementChild
            js_radio.checked = True
            if had_focus:
                js_radio.focus()

    def _label(self, digits: list[tuple[str, bool]]) -> None:
        for index, (label, is_confident) in enumerate(digits):
            js_radio, js_digit = self._js_group.children.item(index).children
            js_radio.ariaLabel = self._words.say(
                "choice", place=index + 1, count=len(digits), label=label
            )
            js_digit.textContent = label
            js_digit.classList.toggle("unsure", not is_confident)


def _new_choice(index: int) -> Any:
    js_radio = document.createElement("input")
    js_radio.type, js_radio.name, js_radio.value = "radio", "choice", str(index)
    js_digit = document.createElement("span")
    js_digit.ariaHidden = "true"  # the radio button's own label says more
    js_label = document.createElement("label")
    js_label.append(js_radio, js_digit)
    return js_label
