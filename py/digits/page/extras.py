"""What the page can do once it has started: it costs the start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.answer.choices import Choices
from digits.page.answer.copying import CopyButton
from digits.page.answer.shortcuts import Shortcuts
from digits.page.device.history_store import Recording
from digits.page.device.install import InstallButton
from digits.page.device.leftovers import sweep
from digits.page.input.incoming import Incoming
from digits.page.input.keyboard import KeyboardPen
from digits.page.input.paste_button import PasteButton

if TYPE_CHECKING:
    from digits.page.main import Page


class Extras:
    """Made once, when all that Python can import is there."""

    def __init__(self, page: Page) -> None:
        self._recording = Recording(page.app)
        self._copy_button = CopyButton(page)
        PasteButton(page)
        Incoming(page)
        InstallButton(page)
        self._choices = Choices(page)
        Shortcuts(KeyboardPen(page.sheet, page.words), self._copy_button)
        page.run(sweep(page))

    def number_goes(self) -> None:
        """Keep the number that is shown: it is about to go."""
        self._recording.record()

    def refresh(self) -> None:
        """Go by the number that is shown now."""
        self._copy_button.refresh()
        self._choices.refresh()
