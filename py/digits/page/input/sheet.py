"""The sheet: pointer events become ink, and the ink is drawn on a canvas."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import ResizeObserver, getComputedStyle, window
from pyodide.ffi import JsException, create_proxy

from digits.drawing.ink import width_of
from digits.page.dom import on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digits.drawing.ink import Ink, Point

PEN = 0.05
"""The pen's width, as a fraction of the sheet's side."""
DOT = 0.01
"""The length of a dot, in pixels: a line without any length would not be drawn."""
SMOOTHING = 0.4
"""At each point, the line's width approaches the width for the pressure by this fraction."""
KEYBOARD = -1
"""The pointer ID of the keyboard; browsers use other IDs for the pointers that draw."""


class Sheet:
    """A square canvas to draw on with a mouse, finger, pen or keyboard, one at a time.

    Attributes:
        pointer: The ID of the pointer that is drawing; None if no pointer is.

    """

    def __init__(
        self, js_canvas: Any, ink: Ink, changed: Callable[[], None], ended: Callable[[], None]
    ) -> None:
        """Listen to the pointer.

        Args:
            js_canvas: The canvas.
            ink: The drawing.
            changed: Called after every change of the drawing.
            ended: Called when a gesture is complete.

        """
        self.pointer: int | None = None
        self._js_canvas = js_canvas
        self._js_context = js_canvas.getContext("2d")
        self._ink = ink
        self._changed = changed
        self._ended = ended
        self._width = 1.0
        self._handlers: dict[str, Callable[..., None]] = {
            "pointerdown": self._down,
            "pointermove": self._move,
            "pointerup": self._up,
            "pointercancel": self._up,
            "lostpointercapture": self._capture_lost,
        }
        for event, handler in self._handlers.items():
            on(js_canvas, event, handler)
        # A context menu would end the stroke: from the right button, or from a long touch.
        on(js_canvas, "contextmenu", lambda js_event: js_event.preventDefault())
        on(window, "resize", lambda _: self.redraw())
        on(window.matchMedia("(prefers-color-scheme: dark)"), "change", lambda _: self.redraw())
        ResizeObserver.new(create_proxy(lambda *_: self.redraw())).observe(js_canvas)

    def replay(self, js_early: Any) -> None:
        """Draw the strokes that the user drew before Python had started.

        Args:
            js_early: Pointer events, each with the canvas's bounding box at that time: see boot.js.

        """
        for js_recorded in js_early:
            self._handlers[js_recorded.event.type](js_recorded.event, js_recorded.box)

    def redraw(self) -> None:
        """Draw all ink again, at the screen's resolution."""
        side = round(self._js_canvas.clientWidth * window.devicePixelRatio)
        self._js_canvas.width = self._js_canvas.height = side
        self._js_context.lineCap = self._js_context.lineJoin = "round"
        self._js_context.strokeStyle = getComputedStyle(self._js_canvas).color
        for stroke in self._ink.strokes:
            for points, width in stroke.runs():
                self._draw(points, width)

    def put_down(self, pointer: int, point: Point, width: float = 1) -> None:
        """Begin a gesture, unless the sheet is full.

        Args:
            pointer: The ID of the pointer that draws the gesture.
            point: Where the gesture begins, in fractions of the sheet's side.
            width: The line's width there, in pen widths.

        """
        if self._ink.is_full:
            return
        self.pointer = pointer
        self._ink.begin(point, width)
        self._draw([point], width)
        self._changed()

    def draw_to(self, points: Iterable[tuple[Point, float]]) -> None:
        """Continue the gesture through some points, each with the line's width there."""
        changed = False
        for point, width in points:
            if line := self._ink.extend(point, width):
                self._draw(line, width)
                changed = True
            elif self._ink.is_full:
                break
        if changed:
            self._changed()

    def lift(self) -> None:
        """End the gesture, if one has begun."""
        if self.pointer is None:
            return
        self.pointer = None
        self._ink.end()
        self.redraw()  # a stroke drawn as one path is smoother than one drawn in parts
        self._changed()
        self._ended()

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
        if self.pointer == KEYBOARD:
            self.lift()
        if self.pointer is not None or js_event.button != 0:
            return
        self._capture(js_event.pointerId)
        self._width = width_of(js_event.pressure) if js_event.pointerType == "pen" else 1.0
        self.put_down(js_event.pointerId, self.point(js_event, js_box), self._width)

    def _move(self, js_event: Any, js_box: Any = None) -> None:
        if js_event.pointerId == self.pointer:
            self.draw_to(
                (self.point(js_move, js_box), self._width_at(js_move))
                for js_move in _coalesced(js_event)
            )

    def _up(self, js_event: Any, _: Any = None) -> None:
        if js_event.pointerId == self.pointer:
            self.lift()

    def _capture_lost(self, js_event: Any, _: Any = None) -> None:
        """Capture the pointer again if a button is down: a context menu has ended the capture."""
        if js_event.pointerId == self.pointer and js_event.buttons:
            self._capture(js_event.pointerId)
        else:
            self._up(js_event)

    def _capture(self, pointer: int) -> None:
        """Direct the pointer's events to the canvas, even when the pointer is outside it."""
        with suppress(JsException):  # the pointer of a replayed event may not exist any more
            self._js_canvas.setPointerCapture(pointer)

    def _width_at(self, js_event: Any) -> float:
        """Return the line's width, which follows the pen's pressure smoothly."""
        if js_event.pointerType == "pen":
            self._width += (width_of(js_event.pressure) - self._width) * SMOOTHING
        return round(self._width, 2)

    def _draw(self, stroke: Sequence[Point], width: float) -> None:
        side = self._js_canvas.width
        self._js_context.lineWidth = side * PEN * width
        self._js_context.beginPath()
        self._js_context.moveTo(stroke[0][0] * side, stroke[0][1] * side)
        for x, y in stroke[1:]:
            self._js_context.lineTo(x * side, y * side)
        if len(stroke) == 1:
            self._js_context.lineTo(stroke[0][0] * side + DOT, stroke[0][1] * side)
        self._js_context.stroke()


def _coalesced(js_event: Any) -> list[Any]:
    """Return the moves that the browser has merged into this event, or else the event itself."""
    get_events = getattr(js_event, "getCoalescedEvents", None)
    return list(get_events() if get_events else ()) or [js_event]
