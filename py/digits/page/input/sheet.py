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
"""The pen's width, in sheet sides."""
DOT = 0.01
"""The length of a dot, in pixels: a line without any length would not be drawn."""
SMOOTHING = 0.4
"""How much of a change of pressure the line's width takes up from one point to the next."""
KEYBOARD = -1
"""The number of the keyboard's pointer: browsers give pointers other numbers."""


class Sheet:
    """A square canvas to draw on with a mouse, finger, pen or keyboard, one at a time.

    Attributes:
        pointer: The number of the pointer that is drawing; None if none is.

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
            "lostpointercapture": self._lost,
        }
        for event, handler in self._handlers.items():
            on(js_canvas, event, handler)
        # A context menu would end the stroke: from the right button, or from a long touch.
        on(js_canvas, "contextmenu", lambda js_event: js_event.preventDefault())
        on(window, "resize", lambda _: self.redraw())
        on(window.matchMedia("(prefers-color-scheme: dark)"), "change", lambda _: self.redraw())
        ResizeObserver.new(create_proxy(lambda *_: self.redraw())).observe(js_canvas)

    def replay(self, js_early: Any) -> None:
        """Draw what the pointer has drawn before Python was there.

        Args:
            js_early: A list of pointer events, each with the canvas's place then: see boot.js.

        """
        for js_each in js_early:
            self._handlers[js_each.event.type](js_each.event, js_each.box)

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
            pointer: The number of the pointer that draws it.
            point: Where it begins, in sheet sides.
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
        self.redraw()  # one path for each stroke: smoother than the lines it was drawn in
        self._changed()
        self._ended()

    def point(self, js_event: Any, js_box: Any = None) -> Point:
        """Return where on the sheet an event is, in sheet sides.

        Args:
            js_event: A pointer event or a touch.
            js_box: The sheet's place at the time of the event; its place now if left out.

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
                (self.point(js_part, js_box), self._width_at(js_part))
                for js_part in _coalesced(js_event)
            )

    def _up(self, js_event: Any, _: Any = None) -> None:
        if js_event.pointerId == self.pointer:
            self.lift()

    def _lost(self, js_event: Any, _: Any = None) -> None:
        """Continue if the button is still down: another button's menu takes the capture away."""
        if js_event.pointerId == self.pointer and js_event.buttons:
            self._capture(js_event.pointerId)
        else:
            self._up(js_event)

    def _capture(self, pointer: int) -> None:
        """Have the pointer's events sent to the canvas, also from outside it."""
        with suppress(JsException):  # the pointer of an early event may be gone by now
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
    """Return the moves that the browser has merged into one event, if it tells them."""
    get_events = getattr(js_event, "getCoalescedEvents", None)
    return list(get_events() if get_events else ()) or [js_event]
