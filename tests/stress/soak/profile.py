"""A browser on a profile of its own, with the page open in it, and what it stores for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.harness.visitor import launch_options
from tests.stress.soak import scripts
from tests.stress.soak.hand import Hand
from tests.stress.soak.releases import HASHED
from tests.support import time_limits
from tests.support.strokes import DRAWN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.async_api import BrowserContext, BrowserType, Page

SITES = ("IndexedDB", "Local Storage", "Session Storage", "Service Worker", "WebStorage")
"""The folders of a profile that hold what sites store; the others are the browser's own."""


@dataclass(frozen=True)
class Stored:
    """Everything that a browser stores for the page.

    Attributes:
        entries: Addresses or keys, by the place where they are stored.
        content: Bytes of the files among them.
        usage: Bytes in use as the browser reports them to the page.
        disk: Bytes on the disk that the site takes, its compiled code included.
        browser: Bytes of the browser's own caches, which it bounds by itself.
    """

    entries: dict[str, list[str]]
    content: int
    usage: int
    disk: int
    browser: int

    @property
    def counts(self) -> dict[str, int]:
        """How many entries each place has."""
        return {place: len(entries) for place, entries in self.entries.items()}

    def left_behind(self, folders: Iterable[str]) -> list[str]:
        """Return the entries of versions of the site other than the one with these folders."""
        every = [entry for entries in self.entries.values() for entry in entries]
        return [entry for entry in every if set(HASHED.findall(entry)) - set(folders)]


class Profile:
    """The browser.

    Attributes:
        page: The page, once it is open.
        hand: Draws in it.
    """

    def __init__(self, browser: BrowserType, executable: str, folder: Path, address: str) -> None:
        self._browser = browser
        self._executable = executable
        self._folder = folder
        self._address = address
        self._context: BrowserContext
        self.page: Page
        self.hand: Hand

    async def open(self) -> None:
        """Start the browser, open the page and draw; the drawing stays as long as the tab does."""
        self._context = await self._browser.launch_persistent_context(
            self._folder, **launch_options(self._executable)
        )
        self._context.set_default_timeout(1000 * time_limits.TIMEOUT)
        await self._context.add_init_script(time_limits.page_timeouts_script())
        self.page = self._context.pages[0]
        await self.page.goto(self._address)
        await self.wait_until_cached()
        self.hand = Hand(self.page, await self._context.new_cdp_session(self.page))
        await self.hand.find_places()
        await self.hand.draw(DRAWN_DIGITS["7"])

    async def wait_until_cached(self) -> None:
        """Wait until the page has started and all of its files are cached."""
        await self.page.locator("#start").wait_for(state="hidden")
        await self.page.locator("#offline[data-state=offline_ready]").wait_for()

    async def close(self) -> None:
        """Close the browser."""
        await self._context.close()

    async def stored(self) -> Stored:
        """Return what is stored; the browser is closed for that and started again."""
        found = await self.page.evaluate(scripts.STORED)
        await self.close()
        sites = sum(_size(self._folder / "Default" / name) for name in SITES)
        own = _size(self._folder) - sites
        await self.open()
        return Stored(**found, disk=sites, browser=own)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
