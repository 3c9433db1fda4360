"""The sheet: convert pointer events to ink, and draw the ink on a canvas.

`digits.drawing.pointers` decides which pointer draws.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import ResizeObserver, document, getComputedStyle, performance, window
from pyodide.ffi import JsException, create_proxy

from digits.drawing.ink import width_of
from digits.drawing.pointers import PEN, Change, Pointers
from digits.page.dom import on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digits.drawing.ink import Ink, Point

PEN_WIDTH = 0.028
"""The pen's width, as a fraction of the sheet's side."""
DOT_LENGTH = 0.01
"""The length of the line that draws a dot, in pixels. A line of length 0 would not be drawn."""
SMOOTHING = 0.4
"""At each point, the line's width moves this fraction of the way to the width for the pen's
pressure."""


class Sheet:
    """A square canvas to draw on with a mouse, a finger, a pen or the keyboard."""

    def __init__(
        self, js_canvas: Any, ink: Ink, changed: Callable[[], None], ended: Callable[[], None]
    ) -> None:
        """Listen to the pointer.

        Args:
            js_canvas: The canvas.
            ink: The drawing.
            changed: Called after every change that a pointer has made to the drawing.
            ended: Called after `changed` when a gesture is complete.

        """
        self._js_canvas = js_canvas
        self._js_context = js_canvas.getContext("2d")
        self._ink = ink
        self._pointers = Pointers(ink)
        self._changed = changed
        self._ended = ended
        self._width = 1.0
        self._is_replaying = False
        self._handlers: dict[str, Callable[..., None]] = {
            "pointerdown": self._down,
            "pointermove": self._move,
            "pointerup": self._up,
            "pointercancel": self._cancelled,
            "lostpointercapture": self._capture_lost,
        }
        on(js_canvas, "pointerdown", self._down)
        for event in ("pointermove", "pointerup", "pointercancel", "lostpointercapture"):
            # A pointer that the canvas can't capture may leave the canvas, so listen to the window.
            window.addEventListener(event, create_proxy(self._handlers[event]), True)
        ResizeObserver.new(create_proxy(lambda *_: self.redraw())).observe(js_canvas)

    @property
    def pointer(self) -> int | None:
        """The ID of the pointer that is drawing; None if no pointer is drawing."""
        return self._pointers.active

    def replay(self, js_early: Any) -> None:
        """Repeat all strokes and edits that the user made before Python had started.

        The canvas is redrawn, and listeners are notified, only once at the end. On a phone, doing
        so for each event would block input for a quarter of a second.

        Args:
            js_early: The events that early.js has recorded: pointer events, each with the canvas's
                bounding box at that time, and the edits "undo" and "clear".

        """
        edits = {"undo": self._ink.undo, "clear": self._ink.clear}
        self._is_replaying = True
        for js_recorded in js_early:
            if edit := getattr(js_recorded, "edit", None):
                edits[edit]()
            else:
                self._handlers[js_recorded.event.type](js_recorded.event, js_recorded.box)
        self._is_replaying = False
        if js_early.length:
            self._show(Change.ENDED)

    def redraw(self) -> None:
        """Draw all ink again, at the screen's resolution."""
        side = round(self._js_canvas.clientWidth * window.devicePixelRatio)
        self._js_canvas.width = self._js_canvas.height = side
        self._js_context.lineCap = self._js_context.lineJoin = "round"
        self._js_context.strokeStyle = getComputedStyle(self._js_canvas).color
        for stroke in self._ink.strokes:
            for points, width in stroke.runs():
                self._draw(points, width)

    def put_down(
        self, pointer: int, kind: str, time: float, point: Point, width: float = 1
    ) -> None:
        """Begin a gesture, if the pointer may draw: see `Pointers.down`."""
        change = self._pointers.down(pointer, kind, time, point, width)
        if change is not Change.BEGUN:
            self._show(change)
        elif not self._is_replaying:
            self._draw([point], width)
            self._changed()

    def draw_to(self, points: Iterable[tuple[Point, float]]) -> None:
        """Continue the gesture through some points, each with the line's width there."""
        changed = False
        for point, width in points:
            if line := self._ink.extend(point, width):
                if not self._is_replaying:
                    self._draw(line, width)
                changed = True
            elif self._ink.is_full:
                break
        if changed and not self._is_replaying:
            self._changed()

    def lift(self) -> None:
        """End the gesture, if one has begun."""
        self._show(self._pointers.up(self.pointer, performance.now()))

    def cancel(self, pointer: int, time: float) -> None:
        """End or remove the gesture of a pointer that the system has cancelled."""
        self._show(self._pointers.cancel(pointer, time))

    def point(self, js_event: Any, js_box: Any = None) -> Point:
        """Return the position of an event on the sheet, in fractions of the sheet's side.

        Args:
            js_event: A pointer event or a touch.
            js_box: The sheet's bounding box at the time of the event; by default the current one.

        """
        if js_box is None:
            js_box = self._js_canvas.getBoundingClientRect()
        return (
            (js_event.clientX - js_box.left) / js_box.width,
            (js_event.clientY - js_box.top) / js_box.height,
        )

    def _down(self, js_event: Any, js_box: Any = None) -> None:
        # Firefox would drag selected text instead of drawing, and cancel the pointer.
        document.getSelection().removeAllRanges()
        kind, time = str(js_event.pointerType), js_event.timeStamp
        if js_event.button != 0:
            self._pointers.note_seen(kind, time)
            return
        width = width_of(js_event.pressure) if kind == PEN else 1.0
        self.put_down(js_event.pointerId, kind, time, self.point(js_event, js_box), width)
        if js_event.pointerId == self.pointer:
            self._width = width
            self._capture(js_event.pointerId)

    def _move(self, js_event: Any, js_box: Any = None) -> None:
        self._pointers.note_seen(js_event.pointerType, js_event.timeStamp)
        if js_event.pointerId == self.pointer:
            self.draw_to(
                (self.point(js_move, js_box), self._width_at(js_move))
                for js_move in _coalesced(js_event)
            )

    def _up(self, js_event: Any, _: Any = None) -> None:
        self._pointers.note_seen(js_event.pointerType, js_event.timeStamp)
        self._show(self._pointers.up(js_event.pointerId, js_event.timeStamp))

    def _cancelled(self, js_event: Any, _: Any = None) -> None:
        self.cancel(js_event.pointerId, js_event.timeStamp)

    def _capture_lost(self, js_event: Any, _: Any = None) -> None:
        """Capture the pointer again if a button is down: a context menu has ended the capture.

        Otherwise the pointer was lifted: end the gesture.
        """
        if js_event.pointerId == self.pointer and js_event.buttons:
            self._capture(js_event.pointerId)
        else:
            self._up(js_event)

    def _capture(self, pointer: int) -> None:
        """Direct the pointer's events to the canvas, even when the pointer is outside it."""
        # The pointer of a replayed event may not exist any more. The pointer of an event that a
        # script creates has never existed.
        with suppress(JsException):
            self._js_canvas.setPointerCapture(pointer)

    def _width_at(self, js_event: Any) -> float:
        """Return the line's width in pen widths, which follows the pen's pressure smoothly."""
        if js_event.pointerType == PEN:
            self._width += (width_of(js_event.pressure) - self._width) * SMOOTHING
        return round(self._width, 2)

    def _show(self, change: Change) -> None:
        """Show the ink after a gesture has ended or was removed."""
        if change is Change.NONE or self._is_replaying:
            return
        self.redraw()  # a stroke that is drawn as one path looks smoother than one drawn in parts
        self._changed()
        if change is Change.ENDED:
            self._ended()

    def _draw(self, stroke: Sequence[Point], width: float) -> None:
        side = self._js_canvas.width
        self._js_context.lineWidth = side * PEN_WIDTH * width
        self._js_context.beginPath()
        self._js_context.moveTo(stroke[0][0] * side, stroke[0][1] * side)
        for x, y in stroke[1:]:
            self._js_context.lineTo(x * side, y * side)
        if len(stroke) == 1:
            self._js_context.lineTo(stroke[0][0] * side + DOT_LENGTH, stroke[0][1] * side)
        self._js_context.stroke()


def _coalesced(js_event: Any) -> list[Any]:
    """Return the pointer moves that the browser has merged into this event, or the event itself."""
    get_events = getattr(js_event, "getCoalescedEvents", None)
    return list(get_events() if get_events else ()) or [js_event]
