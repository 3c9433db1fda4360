"""What the browsers of all engines have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.engines.tab import Tab

SIZE = (1280, 800)
"""Of a window, in pixels."""


class Browser(Protocol):
    """A running browser, made from the folder of its profile and from whether it is `private`."""

    tab: Tab

    def requests(self) -> list[str]:
        """Give the addresses that pages and their workers have asked for until now."""
        ...

    def close(self) -> None:
        """Close it as a person would: what it keeps is on the disk then."""
        ...
