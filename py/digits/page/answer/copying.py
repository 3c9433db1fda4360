"""Copy numbers and sums to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import navigator

from digits.page.dom import element, on_click, set_text
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.background import Run
    from digits.sums import Sums
    from digits.words import Words


async def copy(text: str, words: Words) -> str:
    """Copy text to the clipboard, and return a message for the user."""
    try:
        await call(navigator.clipboard, "writeText", text)
    except Rejected:
        return words.say("copy_refused")
    return words.say("copied")


class CopyButton:
    """A button that copies what was read, with the results of sums; hidden while nothing is shown.

    Attributes:
        number: What it copies; "" if nothing is shown.

    """

    def __init__(self, sums: Sums, words: Words, run: Run) -> None:
        self.number = ""
        self._sums = sums
        self._words = words
        on_click(element("copy"), lambda: run(self._copy()))
        sums.changed.add(self._refresh)
        self._refresh()

    def show_copied(self) -> None:
        """Show the message that the number was copied."""
        set_text(element("copied"), self._words.say("copied"))

    def _refresh(self) -> None:
        number = self._sums.text
        if number != self.number:
            self.number = number
            element("copy").hidden = not number
            set_text(element("copied"), "")

    async def _copy(self) -> None:
        set_text(element("copied"), await copy(self.number, self._words))
