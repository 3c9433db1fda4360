"""A bar for each label: how likely the network finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.words import Words

EMPTY = ("0.000", "", False)


class Bars:
    """Fills the bars of index.html, which are empty at first. js_list: their list."""

    def __init__(self, js_list: Any, words: Words) -> None:
        self._js_rows = list(js_list.querySelectorAll("button"))
        self._words = words
        self._shown = [EMPTY] * len(DIGITS)

    def show(self, label: str, probabilities: Sequence[float]) -> None:
        """Show the probabilities, in the order of the labels, and the best label; none shows none.

        What is shown already is left alone: each call from Python into the page takes its time.
        """
        for index, (other, probability) in enumerate(zip(DIGITS, probabilities, strict=True)):
            percent = self._words.say("percent", value=round(100 * probability)) if label else ""
            shown, was = (f"{probability:.3f}", percent, other == label), self._shown[index]
            if shown != was:
                self._shown[index] = shown
                _fill(self._js_rows[index], shown, was)


def _fill(js_row: Any, shown: tuple[str, str, bool], was: tuple[str, str, bool]) -> None:
    (part, percent, best), (old_part, old_percent, was_best) = shown, was
    if part != old_part:
        js_row.style.setProperty("--part", part)
    if percent != old_percent:
        js_row.lastElementChild.textContent = percent
    if best != was_best:
        js_row.classList.toggle("best", best)
