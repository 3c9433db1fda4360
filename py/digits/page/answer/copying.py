"""The button that copies the number that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.answer.clipboard import copy
from digits.page.dom import element, on, write

if TYPE_CHECKING:
    from digits.page.main import Page


class CopyButton:
    """There while a number is. number: what is shown, or "" if nothing is."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.number = ""
        on(element("copy"), "click", lambda _: page.run(self._copy()))
        self.refresh()

    def refresh(self) -> None:
        """Be there, or not, as there is a number."""
        number = self._page.app.text
        if number != self.number:
            self.number = number
            element("copy").hidden = not number
            write(element("copied"), "")

    def tell_copied(self) -> None:
        """Say that the number was copied."""
        write(element("copied"), self._page.words.say("copied"))

    async def _copy(self) -> None:
        write(element("copied"), await copy(self.number, self._page.words))
