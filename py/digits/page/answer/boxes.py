"""The boxes around the digits of a number: how the sheet was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import Digit
    from digits.drawing.ink import Box

MARGIN = 0.04
"""From the middle of the line that the pen drew to the box, in sheet sides, where there is room."""
BETWEEN = 0.004
"""What stays free between neighbours' boxes, at the least, unless the digits interlock."""


class Boxes:
    """Lays boxes over the sheet, each with what was read in it. js_layer: covers the sheet."""

    def __init__(self, js_layer: Any) -> None:
        self._js_layer = js_layer

    def show(self, digits: Sequence[Digit], chosen: int) -> None:
        """Draw a box around each digit, if there is more than one."""
        boxed = digits if len(digits) > 1 else []
        while self._js_layer.childElementCount > len(boxed):
            self._js_layer.lastElementChild.remove()
        while self._js_layer.childElementCount < len(boxed):
            self._js_layer.append(_box())
        boxes = _with_margins([digit.box for digit in boxed])
        for index, (digit, box) in enumerate(zip(boxed, boxes, strict=True)):
            js_box = self._js_layer.children.item(index)
            _place(js_box, box)
            js_box.classList.toggle("chosen", index == chosen)
            js_box.classList.toggle("unsure", not digit.reading.is_confident)
            write(js_box.firstElementChild, digit.reading.label)


def _box() -> Any:
    js_box = document.createElement("div")
    js_box.append(document.createElement("span"))
    return js_box


def _with_margins(boxes: Sequence[Box]) -> list[Box]:
    """Widen boxes, but not into each other: neighbours take half of what is between them."""
    lefts, rights = [left for left, *_ in boxes], [right for *_, right, _ in boxes]
    rooms = [
        max((left - right - BETWEEN) / 2, 0.0)
        for right, left in zip([-1.0, *rights], [*lefts, 2.0], strict=True)
    ]
    return [
        (left - min(before, MARGIN), top - MARGIN, right + min(after, MARGIN), bottom + MARGIN)
        for (left, top, right, bottom), before, after in zip(boxes, rooms, rooms[1:], strict=False)
    ]


def _place(js_box: Any, box: Box) -> None:
    left, top, right, bottom = box
    sides = {"left": left, "top": top, "right": 1 - right, "bottom": 1 - bottom}
    for side, part in sides.items():
        js_box.style.setProperty(side, f"{100 * max(part, 0):.2f}%")
