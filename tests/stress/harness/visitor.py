"""A visitor: a Chromium with a profile on disk, whose tabs and process can be killed."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tools.env import engines

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright


def launch_options(executable: str, **more: Any) -> dict[str, Any]:
    """Return Playwright's options for a persistent context of the Chromium at `executable`."""
    return {
        "executable_path": executable,
        "args": engines.CHROMIUM_ARGUMENTS,
        "locale": "en-US",
        **more,
    }


class Visitor:
    """Opens one address, again and again, with the same profile.

    Args:
        playwright: Playwright's synchronous API.
        executable: A Chromium.
        profile: A folder for the profile.
        address: The page to open.
        options: More of Playwright's options for the browser.
    """

    def __init__(
        self,
        playwright: Playwright,
        executable: str,
        profile: Path,
        address: str,
        **options: Any,
    ) -> None:
        self._playwright = playwright
        self._options = launch_options(executable, **options)
        self._profile, self.address = profile, address
        self._page: Page | None = None
        self._context = self._launch()

    def prepare_context(self, context: BrowserContext) -> None:
        """Prepare a browser that has just been started."""

    def wait_until_ready(self, page: Page) -> None:
        """Wait until the page that has just been opened can be used."""

    @property
    def page(self) -> Page:
        """The page, opened if it is not open."""
        if self._page is None:
            self._page = self._context.new_page()
            self._page.goto(self.address)
            self.wait_until_ready(self._page)
        return self._page

    def reload(self) -> None:
        """Reload the page, if it is open."""
        if self._page:
            self._page.reload()
            self.wait_until_ready(self._page)

    def close_page(self) -> None:
        """Close the tab."""
        if self._page:
            self._page.close()
            self._page = None

    def crash_page(self) -> None:
        """Crash the tab's process, then close what is left."""
        page = self.page
        with page.expect_event("crash"), suppress(Error):
            page.goto("chrome://crash")
        self.close_page()

    def kill(self) -> None:
        """Kill the browser with all of its processes, and start it on the same profile."""
        browser = self._context.browser
        if browser is None:
            raise RuntimeError("The browser has ended by itself.")
        found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pid = next(
            process["id"] for process in found["processInfo"] if process["type"] == "browser"
        )
        with self._context.expect_event("close"):
            os.killpg(pid, signal.SIGKILL)  # it leads a group of its own
        self._page = None
        self._context = self._launch()

    def restart(self) -> None:
        """Close the browser, if it is alive, and start it on the same profile."""
        self._page = None
        with suppress(Error):
            self._context.close()
        self._context = self._launch()

    @contextmanager
    def another_page(self) -> Generator[None]:
        """Use another tab from now on; the tab that was used before is closed in the end."""
        before, self._page = self._page, None
        yield
        if before:
            before.close()

    def close(self) -> None:
        """Close the browser."""
        self._context.close()

    def other_tab(self, address: str) -> Page:
        """Open another tab at an address."""
        page = self._context.new_page()
        page.goto(address)
        return page

    def devtools(self) -> CDPSession:
        """Open a DevTools session with the page."""
        return self._context.new_cdp_session(self.page)

    def _launch(self) -> BrowserContext:
        context = self._playwright.chromium.launch_persistent_context(
            self._profile, **self._options
        )
        self.prepare_context(context)
        return context
