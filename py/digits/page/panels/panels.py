"""Create each panel when it is opened for the first time, and keep open panels up to date."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from digits.page.dom import element, on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digits.app import Listeners


class Panel(Protocol):
    """The content of a panel."""

    def refresh(self) -> None:
        """Show the current state: called when the panel opens, and at changes while it is open."""
        ...


class Panels:
    """All panels of the page."""

    def __init__(self, factories: Mapping[str, Callable[[], Panel]], changed: Listeners) -> None:
        """Listen to the panels' elements, and create the panels that are open already.

        Args:
            factories: For the id of each panel's element, a function that creates the panel.
            changed: Notified after the number, the chosen digit or the model has changed.

        """
        self._factories = factories
        self._created: dict[str, Panel] = {}
        self._open: set[str] = set()
        for name in factories:
            on(element(name), "toggle", partial(self._toggled, name))
            self._toggled(name)
        changed.add(self._refresh)

    def _refresh(self) -> None:
        for name in self._open:
            self._created[name].refresh()

    def _toggled(self, name: str, _: object = None) -> None:
        if not element(name).open:
            self._open.discard(name)
            return
        if name not in self._created:
            self._created[name] = self._factories[name]()
        self._open.add(name)
        self._created[name].refresh()
