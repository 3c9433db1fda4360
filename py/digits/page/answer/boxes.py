"""Show how the drawing was divided into symbols: draw a box around each, if there are several."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from js import document

from digits.page.answer.number import shown_symbols
from digits.page.dom import set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Symbol
    from digits.drawing.ink import Box

MARGIN = 0.04
"""The maximum distance from a stroke's centre line to the box, as a fraction of the sheet's side.

The distance is smaller around small writing, and where two symbols of a line are close together.
"""
MARGIN_OF_HEIGHT = 0.18
"""The maximum of this distance in small writing, as a fraction of the line's height."""
MIN_MARGIN = 0.026
"""The minimum distance above and below a symbol, as a fraction of the sheet's side.

It is more than half the width of the thickest stroke: the box of a flat "-" does not touch its ink.
"""
GAP = 0.004
"""The minimum distance between two boxes, as a fraction of the sheet's side. If two symbols overlap
or are closer, their boxes have no margin there."""

type _Shown = tuple[Box, str, bool, bool]
"""A box, its label, whether its symbol is confident, and whether it is the chosen one."""


class Boxes:
    """Shows a box around each symbol, with its label."""

    def __init__(self, js_layer: Any) -> None:
        """Begin without boxes. `js_layer` is an element that covers the sheet."""
        self._js_layer = js_layer
        self._shown: list[_Shown] = []

    def show(self, symbols: Sequence[Symbol], chosen: int, *, mark_uncertain: bool) -> None:
        """Show a box around each symbol if there are several; otherwise show no box.

        Args:
            symbols: The symbols, line by line, left to right.
            chosen: The index of the chosen symbol, which is marked.
            mark_uncertain: Whether to mark uncertain symbols.

        """
        boxed = symbols if len(symbols) > 1 else []
        lines = groupby(boxed, key=lambda symbol: symbol.line)
        boxes = [box for _, line in lines for box in _with_margins([symbol.box for symbol in line])]
        labels = shown_symbols(boxed, mark_uncertain=mark_uncertain)
        shown = [
            (box, label, is_confident, index == chosen)
            for index, (box, (label, is_confident, _)) in enumerate(zip(boxes, labels, strict=True))
        ]
        # On several lines, the style sheet hides most labels: they would cover the ink of the line
        # above.
        self._js_layer.classList.toggle("several-lines", bool(boxed and boxed[-1].line))
        while len(self._shown) > len(shown):
            self._shown.pop()
            self._js_layer.lastElementChild.remove()
        for index, each in enumerate(shown):
            if index >= len(self._shown):
                self._js_layer.append(_new_box())
            elif each == self._shown[index]:
                continue  # unchanged: usually the pen has changed only one symbol of a long line
            _show_box(self._js_layer.children.item(index), each)
        self._shown = shown


def _show_box(js_box: Any, shown: _Shown) -> None:
    box, label, is_confident, is_chosen = shown
    _position(js_box, box)
    js_box.classList.toggle("chosen", is_chosen)
    js_box.classList.toggle("unsure", not is_confident)
    set_text(js_box.firstElementChild, label)


def _new_box() -> Any:
    js_box = document.createElement("div")
    js_box.append(document.createElement("span"))
    return js_box


def _with_margins(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes of a line's symbols with margins around them.

    Where two symbols are close together, each gets half of the space between them, less GAP.
    """
    height = max(bottom - top for _, top, _, bottom in boxes)
    margin = max(MIN_MARGIN, min(MARGIN, MARGIN_OF_HEIGHT * height))
    lefts, rights = [left for left, *_ in boxes], [right for *_, right, _ in boxes]
    # -1 and 2 are outside the sheet: the outer margins are not limited.
    margins = [
        max((left - right - GAP) / 2, 0.0)
        for right, left in zip([-1.0, *rights], [*lefts, 2.0], strict=True)
    ]
    return [
        (left - min(before, margin), top - margin, right + min(after, margin), bottom + margin)
        for (left, top, right, bottom), before, after in zip(
            boxes, margins, margins[1:], strict=False
        )
    ]


def _position(js_box: Any, box: Box) -> None:
    left, top, right, bottom = box
    insets = {"left": left, "top": top, "right": 1 - right, "bottom": 1 - bottom}
    for side, inset in insets.items():
        js_box.style.setProperty(side, f"{100 * max(inset, 0):.2f}%")
