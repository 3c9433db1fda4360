"""The interface of a browser of any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.engines.tab import Tab

SIZE = (1280, 800)
"""Of the window, in pixels."""


class Browser(Protocol):
    """A running browser, started with the folder of its profile, `private` or not."""

    tab: Tab

    def requests(self) -> list[str]:
        """Return the addresses that pages and their workers have requested so far."""
        ...

    def close(self) -> None:
        """Close the browser as a person would: it then writes its profile to the disk."""
        ...
