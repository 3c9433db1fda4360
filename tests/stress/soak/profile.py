"""A browser with a profile on disk, and the data that it stores for the page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.harness.visitor import launch_options
from tests.stress.soak import scripts
from tests.stress.soak.pointer import Pointer
from tests.stress.soak.releases import HASHED_FOLDER
from tests.support import time_limits
from tests.support.strokes import DRAWN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.async_api import BrowserContext, BrowserType, Page

SITE_FOLDERS = ("IndexedDB", "Local Storage", "Session Storage", "Service Worker", "WebStorage")
"""The folders of a profile in which the browser stores the data of sites. All other folders contain
the browser's own data."""


@dataclass(frozen=True)
class StoredData:
    """The data that a browser stores for the page. All sizes are in bytes.

    Attributes:
        entries: The addresses or keys in each cache, each object store and both web storages.
        content: The size of the stored files.
        usage: The used storage, as the browser reports it to the page.
        disk: The size of SITE_FOLDERS on the disk, including compiled code.
        browser: The size of all other files of the profile, such as the browser's own caches.
    """

    entries: dict[str, list[str]]
    content: int
    usage: int
    disk: int
    browser: int

    @property
    def counts(self) -> dict[str, int]:
        """The number of entries in each place of `entries`."""
        return {location: len(entries) for location, entries in self.entries.items()}

    def entries_of_other_versions(self, folders: Iterable[str]) -> list[str]:
        """Return the entries that belong to other versions of the site.

        Args:
            folders: The names of the hashed folders of the current version.
        """
        all_entries = [entry for entries in self.entries.values() for entry in entries]
        return [entry for entry in all_entries if set(HASHED_FOLDER.findall(entry)) - set(folders)]


class Profile:
    """A browser with a profile on disk, in which the page is open.

    Attributes:
        page: The page; set by `open`.
        pointer: The mouse pointer in the page; set by `open`.
    """

    def __init__(self, browser: BrowserType, executable: str, folder: Path, address: str) -> None:
        self._browser = browser
        self._executable = executable
        self._folder = folder
        self._address = address
        self._context: BrowserContext
        self.page: Page
        self.pointer: Pointer

    async def open(self) -> None:
        """Start the browser, open the page and draw a digit, so that a drawing is stored."""
        self._context = await self._browser.launch_persistent_context(
            self._folder, **launch_options(self._executable)
        )
        self._context.set_default_timeout(1000 * time_limits.TIMEOUT)
        await self._context.add_init_script(time_limits.page_timeouts_script())
        self.page = self._context.pages[0]
        await self.page.goto(self._address)
        await self.wait_until_cached()
        self.pointer = Pointer(self.page, await self._context.new_cdp_session(self.page))
        await self.pointer.locate()
        await self.pointer.draw(DRAWN_DIGITS["7"])
        # The next reload adds the digit to the history only if it is shown by then.
        await self.page.locator("#teach[data-examples]").wait_for()
        await self.page.locator("#digit:not(:empty)").wait_for()

    async def wait_until_cached(self) -> None:
        """Wait until the page has started and all of its files are cached."""
        await self.page.locator("#start").wait_for(state="hidden")
        await self.page.locator("#offline[data-state=offline_ready]").wait_for()

    async def close(self) -> None:
        """Close the browser."""
        await self._context.close()

    async def read_stored(self, *, restart: bool) -> StoredData:
        """Return the data that the browser has stored.

        Args:
            restart: Whether to restart the browser. Otherwise, the sizes on the disk lack what the
                browser has not written yet.
        """
        stored = await self.page.evaluate(scripts.READ_STORED_DATA)
        if restart:
            await self.close()
        site_bytes = sum(_folder_size(self._folder / "Default" / name) for name in SITE_FOLDERS)
        browser_bytes = _folder_size(self._folder) - site_bytes
        if restart:
            await self.open()
        return StoredData(**stored, disk=site_bytes, browser=browser_bytes)


def _folder_size(folder: Path) -> int:
    """Return the size of all files in a folder in bytes."""
    size = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a running browser may delete the file meanwhile
            size += file.stat().st_size if file.is_file() else 0
    return size
