"""Looks into the panels below the sheet, each until it shows what it has to show."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from tests.stress.soak import scripts

if TYPE_CHECKING:
    from playwright.async_api import Page

SHOWN = {
    "inside": "#why[aria-busy=false]",
    "taught": "#taught-count:not(:empty)",
    "history": "#history-list > li",
    "model": "#model-facts > div",
    "about": "#about-steps > li",
}
"""The id of each panel, and what is there when it shows something."""


class Looks:
    """Opens one panel after the other, and closes it again."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._names = cycle(SHOWN)
        self._sees_layers = False

    async def next(self) -> None:
        """Look into the next panel."""
        await self._look(next(self._names))

    async def all(self) -> None:
        """Look into every panel."""
        for name in SHOWN:
            await self._look(name)

    async def _look(self, name: str) -> None:
        await self._press(f"#{name} > summary")
        await self._wait(SHOWN[name])
        if name == "inside" and not self._sees_layers:
            self._sees_layers = True
            await self._press("#layers > summary")
            await self._wait("#layers-list > figure")
        await self._press(f"#{name} > summary")

    async def _press(self, selector: str) -> None:
        await self._page.locator(selector).click()

    async def _wait(self, selector: str) -> None:
        await self._page.evaluate(scripts.APPEARS, selector)
