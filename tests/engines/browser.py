"""The interface that the browsers of all engines share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.engines.tab import Tab

WINDOW_SIZE = (1280, 800)
"""Width and height of the browser window, in pixels."""


class Browser(Protocol):
    """A running browser.

    Its constructor takes the folder of the profile, whether to open a private window, and whether
    to optimise compiled WebAssembly. Every browser is set to "reduced motion", because painting an
    animation takes much of a core.

    Attributes:
        tab: the current tab.
    """

    tab: Tab

    def requests(self) -> list[str]:
        """Return all addresses that pages and their workers have requested, in order."""
        ...

    def close(self) -> None:
        """Quit the browser normally, so that it writes its profile to the disk."""
        ...
