"""What the page can do once it has started: it costs the start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.history_store import Recording

if TYPE_CHECKING:
    from digits.page.main import Page


class Extras:
    """Made once, when all that Python can import is there."""

    def __init__(self, page: Page) -> None:
        self._recording = Recording(page.app)

    def number_goes(self) -> None:
        """Keep the number that is shown: it is about to go."""
        self._recording.record()
