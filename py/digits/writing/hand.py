"""A hand: how each symbol is written, as strokes.

The unit of length is the height of the digits. x begins at 0; y is 0 in the middle of the line, and
points down.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke

GAP = 0.2
"""Space between two symbols."""


class Hand:
    """The symbols that the user has written. For the others, a hand of the templates is used."""

    def __init__(self) -> None:
        self._written: dict[str, list[Stroke]] = {}

    def learn(self, symbol: str, strokes: Sequence[Stroke], middle: float, height: float) -> None:
        """Remember how the user wrote a symbol. The latest one is used.

        Args:
            symbol: The digit or sign.
            strokes: Its strokes on the sheet.
            middle: The middle of its line, at the symbol.
            height: The height of its line, more than 0.

        """
        left, *_ = box_around(strokes)
        self._written[symbol] = [
            [((x - left) / height, (y - middle) / height) for x, y in stroke] for stroke in strokes
        ]

    def write(self, text: str) -> list[Stroke]:
        """Return the strokes of a text, from left to right. Unknown characters are left out."""
        written: list[Stroke] = []
        right = 0.0
        for symbol in text:
            strokes = self._written.get(symbol) or _templates().get(symbol)
            if strokes:
                written += [[(x + right, y) for x, y in stroke] for stroke in strokes]
                right = max(x for stroke in written for x, _ in stroke) + GAP
        return written


@cache
def _templates() -> dict[str, list[Stroke]]:
    """Return the symbols of the template hand, which `tools.site.template_hand` writes."""
    stored = json.loads(files("digits.writing").joinpath("template_hand.json").read_text("utf-8"))
    return {
        symbol: [[(x / 100, y / 100) for x, y in stroke] for stroke in strokes]
        for symbol, strokes in stored.items()
    }
