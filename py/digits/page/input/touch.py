"""Draw with a finger in engines that have no pointer events for touch, such as WebKitGTK.

In other engines, a pointer event precedes each touch event (Pointer Events, section 11:
compatibility mapping with touch). The sheet has already handled this pointer event, so this module
ignores the touch event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.drawing.pointers import TOUCH
from digits.page.dom import element, on

if TYPE_CHECKING:
    from digits.page.input.sheet import Sheet

POINTER_ID = -2
"""The pointer ID of the finger. Browsers do not use this ID for a pointer that draws."""


class TouchInput:
    """Draws on the sheet with one finger at a time."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._js_canvas = element("sheet")
        self._touch: int | None = None
        self._has_pointer_events = False
        on(self._js_canvas, "pointerdown", self._pointer_down)
        on(self._js_canvas, "touchstart", self._down)

    def _pointer_down(self, js_event: Any) -> None:
        if js_event.pointerType == TOUCH:
            self._has_pointer_events = True

    def _down(self, js_event: Any) -> None:
        if self._has_pointer_events:
            return
        if self._touch is None:
            on(self._js_canvas, "touchmove", self._move)
            on(self._js_canvas, "touchend", self._up)
            on(self._js_canvas, "touchcancel", self._cancelled)
        if self._sheet.pointer != POINTER_ID:
            js_touch = js_event.changedTouches[0]
            self._touch = int(js_touch.identifier)
            point = self._sheet.point(js_touch)
            self._sheet.put_down(POINTER_ID, TOUCH, js_event.timeStamp, point)

    def _move(self, js_event: Any) -> None:
        if js_touch := self._drawing_touch(js_event):
            self._sheet.draw_to([(self._sheet.point(js_touch), 1)])

    def _up(self, js_event: Any) -> None:
        if self._drawing_touch(js_event):
            self._sheet.lift()

    def _cancelled(self, js_event: Any) -> None:
        if self._drawing_touch(js_event):
            self._sheet.cancel(POINTER_ID, js_event.timeStamp)

    def _drawing_touch(self, js_event: Any) -> Any:
        """Return the touch that draws, if it is part of the event."""
        if self._sheet.pointer != POINTER_ID:
            return None
        return next((js for js in js_event.changedTouches if js.identifier == self._touch), None)
