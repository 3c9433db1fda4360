"""What was read: large symbols, line by line, and a text below about uncertain or taught ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Symbol
    from digits.words import Words

MINUS = "\N{MINUS SIGN}"
"""The page shows this for "-". Fonts draw it as long as a plus, and screen readers say "minus"."""

WIDER = dict.fromkeys(f"+{MINUS}×÷=", 22) | dict.fromkeys(".,:/()", -30)
"""How much wider than a digit the page's fonts draw a sign, in percent; negative if narrower."""

type Shown = tuple[str, bool, int]
"""A symbol as text, whether it is shown as certain, and the number of its line."""


class Number:
    """Shows the symbols. Uncertain ones are pale, and a text below explains them.

    Ink that seems to be no symbol is shown as NO_SYMBOL, once the pen rests.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._shown: list[Shown] = []
        self._as_taught = False

    def show(self, symbols: Sequence[Symbol], *, mark_uncertain: bool) -> None:
        """Show the symbols, line by line, left to right. Without symbols, show nothing.

        Args:
            symbols: The symbols.
            mark_uncertain: Whether to mark uncertain symbols, and to show the text below.

        """
        readings = [symbol.reading for symbol in symbols]
        shown = shown_symbols(symbols, mark_uncertain=mark_uncertain)
        if shown != self._shown:  # a screen reader would repeat a number that is shown again
            self._shown = shown
            _show_symbols(shown)
        doubt = typeset(self._words.doubt(readings)) if mark_uncertain else ""
        as_taught = bool(doubt) and all(reading.is_confident for reading in readings)
        if as_taught != self._as_taught:
            self._as_taught = as_taught
            element("doubt").classList.toggle("as-taught", as_taught)
        set_text(element("doubt"), doubt)


def typeset(text: str) -> str:
    """Return a text as the page shows it, with minus signs. Copied texts have hyphens instead."""
    return text.replace("-", MINUS)


def shown_symbols(symbols: Sequence[Symbol], *, mark_uncertain: bool) -> list[Shown]:
    """Return how each symbol is shown. While the pen draws, none is marked: see `PenRest`."""
    return [
        (typeset(each.reading.text), each.reading.is_confident, each.line)
        if mark_uncertain
        else (typeset(each.reading.label), True, each.line)
        for each in symbols
    ]


def _show_symbols(symbols: Sequence[Shown]) -> None:
    widths: Counter[int] = Counter()
    for label, _, line in symbols:
        widths[line] += 100 + WIDER.get(label, 0)
    js_number = element("digit")
    js_style = js_number.closest(".number").style
    js_style.setProperty("--count", str(max(widths.values(), default=100) / 100))
    js_style.setProperty("--lines", str(max(len(widths), 1)))
    js_number.replaceChildren()
    previous = 0
    for label, is_confident, line in symbols:
        js_number.append("\n" * (line - previous))
        js_number.append(label if is_confident else _uncertain_symbol(label))
        previous = line
    js_number.normalize()  # one text node: screen readers then read one number


def _uncertain_symbol(label: str) -> Any:
    js_symbol = document.createElement("span")
    js_symbol.className = "unsure"
    js_symbol.textContent = label
    return js_symbol
