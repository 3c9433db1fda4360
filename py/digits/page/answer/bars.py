"""Ten bars, which show the probability of each digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.words import Words

type Row = tuple[str, str, bool]
"""What a bar shows: its length, the percentage, and whether it is the best one."""

EMPTY: Row = ("0.000", "", False)


class Bars:
    """The ten bars of index.html. They are empty at first."""

    def __init__(self, js_list: Any, words: Words) -> None:
        self._js_rows = list(js_list.querySelectorAll("button"))
        self._words = words
        self._shown_rows = [EMPTY] * len(DIGITS)

    def show(self, label: str, probabilities: Sequence[float]) -> None:
        """Show the probabilities.

        Only changed bars are updated: each call from Python into the document takes time.

        Args:
            label: The best label; "" shows empty bars.
            probabilities: One for each of DIGITS, in 0..1.

        """
        for index, (digit, probability) in enumerate(zip(DIGITS, probabilities, strict=True)):
            percent = self._words.say("percent", value=round(100 * probability)) if label else ""
            row, previous = (f"{probability:.3f}", percent, digit == label), self._shown_rows[index]
            if row != previous:
                self._shown_rows[index] = row
                _update_row(self._js_rows[index], row, previous)


def _update_row(js_row: Any, row: Row, previous: Row) -> None:
    (length, percent, is_best), (old_length, old_percent, was_best) = row, previous
    if length != old_length:
        js_row.style.setProperty("--part", length)
    if percent != old_percent:
        js_row.lastElementChild.textContent = percent
    if is_best != was_best:
        js_row.classList.toggle("best", is_best)
