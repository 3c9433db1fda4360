"""Show how the drawing was divided into digits: draw a box around each digit of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import set_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Digit
    from digits.drawing.ink import Box

MARGIN = 0.04
"""The distance from the middle of a line to the box, as a fraction of the sheet's side.

The distance is smaller where two digits are close to each other.
"""
GAP = 0.004
"""The minimum distance between two boxes, as a fraction of the sheet's side. If two digits overlap
or are closer, their boxes have no margin there."""


class Boxes:
    """Shows a box around each digit, with its label."""

    def __init__(self, js_layer: Any) -> None:
        """Begin without boxes. `js_layer` is an element that covers the sheet."""
        self._js_layer = js_layer

    def show(self, digits: Sequence[Digit], chosen: int, *, mark_uncertain: bool) -> None:
        """Show a box around each digit if there are several digits; otherwise show no box.

        Args:
            digits: The digits, left to right.
            chosen: The index of the chosen digit, which is marked.
            mark_uncertain: Whether to mark uncertain digits.

        """
        boxed = digits if len(digits) > 1 else []
        while self._js_layer.childElementCount > len(boxed):
            self._js_layer.lastElementChild.remove()
        while self._js_layer.childElementCount < len(boxed):
            self._js_layer.append(_new_box())
        boxes = _with_margins([digit.box for digit in boxed])
        for index, (digit, box) in enumerate(zip(boxed, boxes, strict=True)):
            js_box = self._js_layer.children.item(index)
            _position(js_box, box)
            js_box.classList.toggle("chosen", index == chosen)
            js_box.classList.toggle("unsure", mark_uncertain and not digit.reading.is_confident)
            text = digit.reading.text if mark_uncertain else digit.reading.label
            set_text(js_box.firstElementChild, text)


def _new_box() -> Any:
    js_box = document.createElement("div")
    js_box.append(document.createElement("span"))
    return js_box


def _with_margins(boxes: Sequence[Box]) -> list[Box]:
    """Return larger boxes. Neighbouring boxes share the space between them, without overlapping."""
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
