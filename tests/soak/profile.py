"""A browser on a profile of its own, with the page open in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.soak.kept import Kept, disk_of, entries_of
from tools import chromium

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import BrowserContext, BrowserType, Page


class Profile:
    """The browser. page: the page, once it is open."""

    def __init__(self, browser: BrowserType, executable: str, folder: Path, address: str) -> None:
        self._browser = browser
        self._executable = executable
        self._folder = folder
        self._address = address
        self._context: BrowserContext
        self.page: Page

    async def open(self) -> None:
        """Start the browser and open the page."""
        self._context = await self._browser.launch_persistent_context(
            self._folder, executable_path=self._executable, args=chromium.ARGUMENTS, locale="en-US"
        )
        self.page = self._context.pages[0]
        await self.page.goto(self._address)
        await self.ready()

    async def ready(self) -> None:
        """Wait until the page has started and is kept."""
        await self.page.locator("#start").wait_for(state="hidden")
        await self.page.locator("#offline[data-state=offline_ready]").wait_for()

    async def close(self) -> None:
        """End the browser."""
        await self._context.close()

    async def kept(self) -> Kept:
        """Tell what is kept; for that the browser is ended and started again."""
        entries, usage = await entries_of(self.page)
        await self.close()
        disk, own = disk_of(self._folder)
        await self.open()
        return Kept(entries, usage, disk, own)
