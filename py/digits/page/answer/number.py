"""The number in large digits, and a text below it about its uncertain digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.reading.recogniser import Reading
    from digits.words import Words


class Number:
    """Shows the digits side by side. Uncertain digits are pale, and a text below explains them.

    NO_DIGIT is shown in place of a digit that seems to be none.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._shown: list[tuple[str, bool]] = []
        self._as_taught = False

    def show(self, readings: Sequence[Reading], *, mark_uncertain: bool) -> None:
        """Show the readings of the digits, left to right. Without readings, show no number.

        Args:
            readings: The readings.
            mark_uncertain: Whether to mark uncertain digits, and to show the text about them.

        """
        digits = [
            (each.text, each.is_confident) if mark_uncertain else (each.label, True)
            for each in readings
        ]
        if digits != self._shown:  # a screen reader would repeat a number that is shown again
            self._shown = digits
            _show_digits(digits)
        doubt = self._words.doubt(readings) if mark_uncertain else ""
        as_taught = bool(doubt) and all(reading.is_confident for reading in readings)
        if as_taught != self._as_taught:
            self._as_taught = as_taught
            element("doubt").classList.toggle("as-taught", as_taught)
        set_text(element("doubt"), doubt)


def _show_digits(digits: Sequence[tuple[str, bool]]) -> None:
    js_number = element("digit")
    js_number.parentElement.style.setProperty("--count", str(max(len(digits), 1)))
    js_number.replaceChildren()
    for label, is_confident in digits:
        js_number.append(label if is_confident else _uncertain_digit(label))
    js_number.normalize()  # one text node: screen readers then read one number


def _uncertain_digit(label: str) -> Any:
    js_digit = document.createElement("span")
    js_digit.className = "unsure"
    js_digit.textContent = label
    return js_digit
