"""Draw with the keyboard: arrow keys move a pen, the space bar puts it down and lifts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.drawing.pointers import KEYBOARD
from digits.page.dom import element, on, set_text

if TYPE_CHECKING:
    from digits.page.input.sheet import Sheet
    from digits.words import Words

POINTER_ID = -1
"""The pointer ID of the keyboard's pen. Browsers do not use this ID for a pointer that draws."""
STEPS = {
    "ArrowLeft": (-1, 0),
    "ArrowRight": (1, 0),
    "ArrowUp": (0, -1),
    "ArrowDown": (0, 1),
    "Home": (-1, -1),  # diagonal, like these keys on a number pad
    "PageUp": (1, -1),
    "End": (-1, 1),
    "PageDown": (1, 1),
}
"""The direction of each key: to the right, and down."""
STEP, FAR_STEP = 4, 20
"""How far a key moves the pen, alone and with Shift, in hundredths of the sheet's side."""


class KeyboardPen:
    """Makes the sheet focusable, and draws with the keys while it is focused."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self._sheet = sheet
        self._words = words
        self._x = self._y = 50  # in hundredths of the sheet's side
        self._js_canvas = js_canvas = element("sheet")
        on(js_canvas, "keydown", self._key_pressed)
        on(js_canvas, "focus", lambda _: self._focused())
        on(js_canvas, "blur", lambda _: self.lift())
        on(js_canvas, "pointerdown", lambda _: self._pointer_down())
        js_canvas.role = "application"  # screen readers then pass the arrow keys to the page
        js_canvas.tabIndex = 0
        # Screen readers read this description even while it is hidden.
        js_canvas.setAttribute("aria-describedby", "keys-text")
        self._show_pen()

    def lift(self) -> None:
        """Lift the pen, if it is down."""
        if self._is_down:
            self._sheet.lift()
        self._show_pen()

    @property
    def _is_down(self) -> bool:
        return self._sheet.pointer == POINTER_ID

    def _focused(self) -> None:
        """Remove a focus that a mouse or finger has set: the arrow keys must scroll the page."""
        if not self._js_canvas.matches(":focus-visible"):
            self._js_canvas.blur()

    def _pointer_down(self) -> None:
        """Show that the sheet has lifted the pen. Remove the focus: a key could press a button.

        By default, pressing a mouse button removes the focus. A finger does not remove it, because
        early.js prevents the default action of a touch.
        """
        if document.activeElement != self._js_canvas:
            document.activeElement.blur()
        self._show_pen()

    def _key_pressed(self, js_event: Any) -> None:
        if js_event.ctrlKey or js_event.metaKey or js_event.altKey:
            return
        if step := STEPS.get(js_event.key):
            self._move(step, FAR_STEP if js_event.shiftKey else STEP)
        elif js_event.key == " ":
            self._put_down_or_lift(js_event.timeStamp)
        elif js_event.key in ("Delete", "Backspace"):
            self.lift()
            element("clear").click()
        else:
            return
        js_event.preventDefault()

    def _move(self, step: tuple[int, int], distance: int) -> None:
        right, down = step
        self._x = min(max(self._x + right * distance, 0), 100)
        self._y = min(max(self._y + down * distance, 0), 100)
        if self._is_down:
            self._sheet.draw_to([(self._point, 1)])
        self._show_pen()

    def _put_down_or_lift(self, time: float) -> None:
        if self._is_down:
            self.lift()
        elif self._sheet.pointer is None:
            self._sheet.put_down(POINTER_ID, KEYBOARD, time, self._point)
        self._show_pen()

    @property
    def _point(self) -> tuple[float, float]:
        return self._x / 100, self._y / 100

    def _show_pen(self) -> None:
        js_pen = element("pen")
        js_pen.style.left, js_pen.style.top = f"{self._x}%", f"{self._y}%"
        js_pen.classList.toggle("down", self._is_down)
        set_text(element("pen-state"), self._words.say("pen_down" if self._is_down else "pen_up"))
