"""Copy numbers to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import navigator

from digits.page.dom import element, on_click, set_text
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.app import App
    from digits.page.background import Run
    from digits.words import Words


async def copy(text: str, words: Words) -> str:
    """Copy text to the clipboard, and return a message for the user."""
    try:
        await call(navigator.clipboard, "writeText", text)
    except Rejected:
        return words.say("copy_refused")
    return words.say("copied")


class CopyButton:
    """A button that copies the number; hidden while no number is shown.

    Attributes:
        number: The number that is shown; "" if no number is shown.

    """

    def __init__(self, app: App, words: Words, run: Run) -> None:
        self.number = ""
        self._app = app
        self._words = words
        on_click(element("copy"), lambda: run(self._copy()))
        app.changed.add(self._refresh)
        self._refresh()

    def show_copied(self) -> None:
        """Show the message that the number was copied."""
        set_text(element("copied"), self._words.say("copied"))

    def _refresh(self) -> None:
        number = self._app.text
        if number != self.number:
            self.number = number
            element("copy").hidden = not number
            set_text(element("copied"), "")

    async def _copy(self) -> None:
        set_text(element("copied"), await copy(self.number, self._words))
