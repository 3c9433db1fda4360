"""Eleven bars: the probability of each digit, and that of neither a digit nor a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from digits.reading.recogniser import Reading
    from digits.words import Words

type Row = tuple[str, str, str]
"""A bar's length (0 to 1), its percentage as text, and its class: "best", "zero" or ""."""

EMPTY: Row = ("0.000", "", "")


class Bars:
    """The bars in index.html: one for each of DIGITS, then one for "not a digit"."""

    def __init__(self, js_list: Any, words: Words) -> None:
        self._js_rows = list(js_list.querySelectorAll("li > *"))
        self._words = words
        self._shown_rows = [EMPTY] * (len(DIGITS) + 1)

    def show(self, reading: Reading | None) -> None:
        """Show the probabilities of a reading; without a reading, show empty bars.

        Only changed bars are updated: each call from Python into the document takes time.
        """
        rows = self._rows(reading) if reading else [EMPTY] * len(self._shown_rows)
        for index, (row, previous) in enumerate(zip(rows, self._shown_rows, strict=True)):
            if row != previous:
                self._shown_rows[index] = row
                _update_row(self._js_rows[index], row, previous)

    def _rows(self, reading: Reading) -> list[Row]:
        probabilities = [*reading.joint_probabilities, reading.not_symbol]
        best = max(*probabilities, *reading.signs)
        return [self._row(probability, best) for probability in probabilities]

    def _row(self, probability: float, best: float) -> Row:
        percent = round(100 * probability)
        kind = "zero" if percent == 0 else "best" if probability == best else ""
        return f"{probability:.3f}", self._words.say("percent", value=percent), kind


def _update_row(js_row: Any, row: Row, previous: Row) -> None:
    (length, percent, kind), (old_length, old_percent, old_kind) = row, previous
    if length != old_length:
        js_row.style.setProperty("--part", length)
    if percent != old_percent:
        js_row.lastElementChild.textContent = percent
    if kind != old_kind:
        js_row.className = kind
