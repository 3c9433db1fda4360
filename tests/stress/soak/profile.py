"""A browser on a profile of its own, with the page open in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stress.soak import scripts
from tests.stress.soak.hand import Hand
from tests.stress.soak.kept import Kept, disk_of
from tests.support.strokes import DRAWN_DIGITS
from tools.env import chromium

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import BrowserContext, BrowserType, Page


class Profile:
    """The browser. page, hand: the page, once it is open, and what draws in it."""

    def __init__(self, browser: BrowserType, executable: str, folder: Path, address: str) -> None:
        self._browser = browser
        self._executable = executable
        self._folder = folder
        self._address = address
        self._context: BrowserContext
        self.page: Page
        self.hand: Hand

    async def open(self) -> None:
        """Start the browser, open the page and draw: the drawing is kept as long as the tab is."""
        self._context = await self._browser.launch_persistent_context(
            self._folder, executable_path=self._executable, args=chromium.ARGUMENTS, locale="en-US"
        )
        self.page = self._context.pages[0]
        await self.page.goto(self._address)
        await self.ready()
        self.hand = Hand(self.page, await self._context.new_cdp_session(self.page))
        await self.hand.look()
        await self.hand.draw(DRAWN_DIGITS["7"])

    async def ready(self) -> None:
        """Wait until the page has started and is kept."""
        await self.page.locator("#start").wait_for(state="hidden")
        await self.page.locator("#offline[data-state=offline_ready]").wait_for()

    async def close(self) -> None:
        """End the browser."""
        await self._context.close()

    async def kept(self) -> Kept:
        """Tell what is kept; for that the browser is ended and started again."""
        told = await self.page.evaluate(scripts.KEPT)
        await self.close()
        disk, own = disk_of(self._folder)
        await self.open()
        return Kept(**told, disk=disk, browser=own)
