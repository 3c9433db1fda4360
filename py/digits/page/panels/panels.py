"""What can be looked into below the sheet: each panel's Python comes when it is first opened."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from digits.page.dom import element, on

if TYPE_CHECKING:
    from digits.page.main import Page

PANELS = {
    "inside": "digits.page.panels.why",
    "taught": "digits.page.panels.taught",
    "history": "digits.page.panels.history",
    "model": "digits.page.panels.model",
    "about": "digits.page.panels.about",
}
"""The id of a panel's element, and the module whose `open_panel(page)` gives the panel."""


class Panel(Protocol):
    """What a panel's module gives."""

    def refresh(self) -> None:
        """Show what is true now: the panel was opened, or is open and the reading has changed."""
        ...


class Panels:
    """The panels of a page. Make it after the start, to cost none of it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._made: dict[str, Panel] = {}
        self._open: set[str] = set()
        for name in PANELS:
            on(element(name), "toggle", partial(self._toggled, name))
            self._toggled(name, None)

    def refresh(self) -> None:
        """Have the panel that is open, if one is, show what is true now."""
        for name in self._open:
            self._made[name].refresh()

    def _toggled(self, name: str, _: Any) -> None:
        if not element(name).open:
            self._open.discard(name)
            return
        if name not in self._made:
            self._made[name] = import_module(PANELS[name]).open_panel(self._page)
        self._open.add(name)
        self._made[name].refresh()
