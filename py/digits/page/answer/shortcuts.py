"""Keyboard shortcuts of the whole page: undo any action, copy the number, and close a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import on

if TYPE_CHECKING:
    from digits.actions import Actions
    from digits.page.answer.copying import CopyButton
    from digits.page.input.keyboard import KeyboardPen
    from digits.page.input.pictures import PictureInput


class Shortcuts:
    """Ctrl+Z undoes the latest action, Ctrl+C copies the number, Escape goes back to the drawing.

    In text fields, undo and copy act as usual. While text is selected, this text is copied.
    """

    def __init__(
        self, pen: KeyboardPen, copy_button: CopyButton, actions: Actions, pictures: PictureInput
    ) -> None:
        self._pen = pen
        self._pictures = pictures
        self._actions = actions
        self._copy_button = copy_button
        on(document, "keydown", self._pressed)
        on(document, "copy", self._copied)

    def _pressed(self, js_event: Any) -> None:
        if js_event.key == "Escape":
            self._pictures.close()
        elif _is_undo(js_event) and not _is_typing():
            js_event.preventDefault()
            self._pen.lift()
            self._actions.undo()

    def _copied(self, js_event: Any) -> None:
        if self._copy_button.number and not _is_typing() and document.getSelection().isCollapsed:
            js_event.clipboardData.setData("text/plain", self._copy_button.number)
            js_event.preventDefault()
            self._copy_button.show_copied()


def _is_undo(js_event: Any) -> bool:
    command = (js_event.ctrlKey or js_event.metaKey) and not (js_event.shiftKey or js_event.altKey)
    return bool(command and js_event.key.lower() == "z")


def _is_typing() -> bool:
    """Return whether the focus is on a control to which the keys may belong."""
    focused = document.activeElement
    return bool(focused and focused.matches("input:not([type=radio]), textarea, select"))
