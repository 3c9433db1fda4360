"""A list in localStorage, which all tabs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import window

from digits.page.device.other_tabs import on_changed_by_other_tab
from offline_onnx.browser.quota import STORAGE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class StoredList[Entry]:
    """A list in localStorage. If it can't be stored, it is lost when the page is closed.

    Attributes:
        is_lasting: Whether the entries remain when the page is closed.

    """

    def __init__(
        self,
        key: str,
        to_json: Callable[[Iterable[Entry]], str],
        from_json: Callable[[str], list[Entry]],
    ) -> None:
        """Set the key and the format. The entries are read when they are needed.

        Args:
            key: The key in localStorage.
            to_json: Returns entries as JSON.
            from_json: Parses this JSON. It skips invalid entries, and raises no errors.

        """
        self.is_lasting = True
        self._key = key
        self._to_json = to_json
        self._from_json = from_json
        self._text = "[]"
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """All entries, oldest first, including those of other tabs."""
        if self.is_lasting:
            try:
                self._parse_if_changed(window.localStorage.getItem(self._key) or "[]")
            except STORAGE_ERRORS:
                self.is_lasting = False
        return self._entries

    def replace(self, entries: Iterable[Entry]) -> None:
        """Replace all entries."""
        self._entries = list(entries)
        self._text = self._to_json(self._entries)
        try:
            window.localStorage.setItem(self._key, self._text)
        except STORAGE_ERRORS:
            self.is_lasting = False

    def on_changed_by_other_tab(self, handler: Callable[[], None]) -> None:
        """Call the handler whenever another tab has changed the entries."""
        on_changed_by_other_tab(self._key, handler)

    def _parse_if_changed(self, text: str) -> None:
        if text != self._text:  # parsing is slow, and `entries` is used often
            self._text, self._entries = text, self._from_json(text)
