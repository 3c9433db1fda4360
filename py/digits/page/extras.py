"""What the page can do once it has started: it costs the start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.answer.choices import Choices
from digits.page.answer.copying import CopyButton
from digits.page.answer.shortcuts import Shortcuts
from digits.page.device.history_store import HistoryStore, Recording
from digits.page.device.install import InstallButton
from digits.page.input.incoming import Incoming
from digits.page.input.keyboard import KeyboardPen
from digits.page.input.paste_button import PasteButton

if TYPE_CHECKING:
    from digits.page.main import Page


class Extras:
    """Made once, when all that Python can import is there."""

    def __init__(self, page: Page) -> None:
        self.history = HistoryStore()
        Recording(page.app, self.history)
        self._copy_button = CopyButton(page)
        PasteButton(page)
        Incoming(page)
        InstallButton(page.run, page.js_boot.installable)
        self._choices = Choices(page)
        Shortcuts(KeyboardPen(page.sheet, page.words), self._copy_button)
        page.run(page.service_worker.delete_outdated_runtimes())

    def refresh(self) -> None:
        """Go by the number that is shown now."""
        self._copy_button.refresh()
        self._choices.refresh()
