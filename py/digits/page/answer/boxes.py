"""Show how the drawing was divided into symbols: draw a box around each, if there are several."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Symbol
    from digits.drawing.ink import Box

MARGIN = 0.04
"""The distance from the middle of a stroke to the box, as a fraction of the sheet's side.

The distance is smaller where two symbols of a line are close to each other.
"""
GAP = 0.004
"""The minimum distance between two boxes, as a fraction of the sheet's side. If two symbols overlap
or are closer, their boxes have no margin there."""


class Boxes:
    """Shows a box around each symbol, with its label."""

    def __init__(self, js_layer: Any) -> None:
        """Begin without boxes. `js_layer` is an element that covers the sheet."""
        self._js_layer = js_layer

    def show(self, symbols: Sequence[Symbol], chosen: int, *, mark_uncertain: bool) -> None:
        """Show a box around each symbol if there are several; otherwise show no box.

        Args:
            symbols: The symbols, line by line, left to right.
            chosen: The index of the chosen symbol, which is marked.
            mark_uncertain: Whether to mark uncertain symbols.

        """
        boxed = symbols if len(symbols) > 1 else []
        while self._js_layer.childElementCount > len(boxed):
            self._js_layer.lastElementChild.remove()
        while self._js_layer.childElementCount < len(boxed):
            self._js_layer.append(_new_box())
        lines = groupby(boxed, key=lambda symbol: symbol.line)
        boxes = [box for _, line in lines for box in _with_margins([symbol.box for symbol in line])]
        for index, (symbol, box) in enumerate(zip(boxed, boxes, strict=True)):
            js_box = self._js_layer.children.item(index)
            _position(js_box, box)
            js_box.classList.toggle("chosen", index == chosen)
            js_box.classList.toggle("unsure", mark_uncertain and not symbol.reading.is_confident)
            text = symbol.reading.text if mark_uncertain else symbol.reading.label
            set_text(js_box.firstElementChild, text)


def _new_box() -> Any:
    js_box = document.createElement("div")
    js_box.append(document.createElement("span"))
    return js_box


def _with_margins(boxes: Sequence[Box]) -> list[Box]:
    """Return larger boxes of a line's symbols. Neighbours share the space between them."""
    lefts, rights = [left for left, *_ in boxes], [right for *_, right, _ in boxes]
    # -1 and 2 are outside the sheet: the outer margins are not limited.
    margins = [
        max((left - right - GAP) / 2, 0.0)
        for right, left in zip([-1.0, *rights], [*lefts, 2.0], strict=True)
    ]
    return [
        (left - min(before, MARGIN), top - MARGIN, right + min(after, MARGIN), bottom + MARGIN)
        for (left, top, right, bottom), before, after in zip(
            boxes, margins, margins[1:], strict=False
        )
    ]


def _position(js_box: Any, box: Box) -> None:
    left, top, right, bottom = box
    insets = {"left": left, "top": top, "right": 1 - right, "bottom": 1 - bottom}
    for side, inset in insets.items():
        js_box.style.setProperty(side, f"{100 * max(inset, 0):.2f}%")
