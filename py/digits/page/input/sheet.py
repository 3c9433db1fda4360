"""The sheet: pointer events to ink, and ink to the canvas, crisp on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import ResizeObserver, getComputedStyle, window
from pyodide.ffi import create_proxy

from digits.drawing.ink import width_of
from digits.page.dom import on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digits.drawing.ink import Ink, Point

PEN = 0.05
"""The pen's width, in sheet sides."""
DOT = 0.01
"""The length of a dot, in pixels."""
FOLLOWS = 0.4
"""The part of a change of pressure that the line's width takes up from one point to the next."""
KEYBOARD = -1
"""The pointer that the keyboard moves: no browser gives one this number."""


class Sheet:
    """A square canvas that is drawn on with mouse, finger, pen or keyboard, one at a time.

    changed: called after every change of the ink. ended: called when a gesture is complete.
    pointer: what draws now, if something does.
    """

    def __init__(
        self, js_canvas: Any, ink: Ink, changed: Callable[[], None], ended: Callable[[], None]
    ) -> None:
        self._js_canvas = js_canvas
        self._js_context = js_canvas.getContext("2d")
        self._ink = ink
        self._changed = changed
        self._ended = ended
        self.pointer: int | None = None
        self._width = 1.0
        on(js_canvas, "pointerdown", self._down)
        on(js_canvas, "pointermove", self._move)
        for event in ("pointerup", "pointercancel"):
            on(js_canvas, event, self._up)
        on(js_canvas, "lostpointercapture", self._lost)
        # A menu over the sheet would end the stroke: from the right button, or from a long touch.
        on(js_canvas, "contextmenu", lambda js_event: js_event.preventDefault())
        on(window, "resize", lambda _: self.redraw())
        on(window.matchMedia("(prefers-color-scheme: dark)"), "change", lambda _: self.redraw())
        ResizeObserver.new(create_proxy(lambda *_: self.redraw())).observe(js_canvas)

    def redraw(self) -> None:
        """Draw all ink anew, in the screen's own pixels."""
        side = round(self._js_canvas.clientWidth * window.devicePixelRatio)
        self._js_canvas.width = self._js_canvas.height = side
        self._js_context.lineCap = self._js_context.lineJoin = "round"
        self._js_context.strokeStyle = getComputedStyle(self._js_canvas).color
        for stroke in self._ink.strokes:
            for points, width in stroke.runs():
                self._draw(points, width)

    def put_down(self, pointer: int, point: Point, width: float = 1) -> None:
        """Begin a gesture, unless the sheet is full. width: of the line there, in pen widths."""
        if self._ink.is_full:
            return
        self.pointer = pointer
        self._ink.begin(point, width)
        self._draw([point], width)
        self._changed()

    def draw_to(self, points: Iterable[tuple[Point, float]]) -> None:
        """Go on with the gesture, through some points, each with the line's width there."""
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
        """End the gesture, if there is one."""
        if self.pointer is None:
            return
        self.pointer = None
        self._ink.end()
        self.redraw()  # one path for each stroke: smoother than the pieces it was drawn in
        self._changed()
        self._ended()

    def _draw(self, stroke: Sequence[Point], width: float) -> None:
        side = self._js_canvas.width
        self._js_context.lineWidth = side * PEN * width
        self._js_context.beginPath()
        self._js_context.moveTo(stroke[0][0] * side, stroke[0][1] * side)
        for x, y in stroke[1:]:
            self._js_context.lineTo(x * side, y * side)
        if len(stroke) == 1:  # a line without any length would leave no dot
            self._js_context.lineTo(stroke[0][0] * side + DOT, stroke[0][1] * side)
        self._js_context.stroke()

    def _down(self, js_event: Any) -> None:
        if self.pointer == KEYBOARD:
            self.lift()
        if self.pointer is not None or js_event.button != 0:
            return
        self._js_canvas.setPointerCapture(js_event.pointerId)
        self._width = width_of(js_event.pressure) if js_event.pointerType == "pen" else 1.0
        self.put_down(js_event.pointerId, self.point(js_event), self._width)

    def _move(self, js_event: Any) -> None:
        if js_event.pointerId == self.pointer:
            self.draw_to(
                (self.point(js_part), self._width_at(js_part)) for js_part in _parts(js_event)
            )

    def _up(self, js_event: Any) -> None:
        if js_event.pointerId == self.pointer:
            self.lift()

    def _lost(self, js_event: Any) -> None:
        """Go on if the button is still down: another button's menu takes the pointer away."""
        if js_event.pointerId == self.pointer and js_event.buttons:
            self._js_canvas.setPointerCapture(self.pointer)
        else:
            self._up(js_event)

    def _width_at(self, js_event: Any) -> float:
        """Follow the pen's pressure, a part of the way at a time: it trembles."""
        if js_event.pointerType == "pen":
            self._width += (width_of(js_event.pressure) - self._width) * FOLLOWS
        return round(self._width, 2)

    def point(self, js_event: Any) -> Point:
        """Tell where on the sheet an event is, in sides of it."""
        js_box = self._js_canvas.getBoundingClientRect()
        return (
            (js_event.clientX - js_box.left) / js_box.width,
            (js_event.clientY - js_box.top) / js_box.height,
        )


def _parts(js_event: Any) -> list[Any]:
    """Give the moves that the browser has put together in one event, where it tells them."""
    coalesced = getattr(js_event, "getCoalescedEvents", None)
    return list(coalesced() if coalesced else ()) or [js_event]
