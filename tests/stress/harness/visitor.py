"""A Chromium with a profile on disk, whose tabs and process can be killed."""

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
    """A browser that opens one page, as often as needed, with the same profile.

    Args:
        playwright: Playwright's synchronous API.
        executable: The path of a Chromium.
        profile: A folder for the profile.
        address: The address of the page.
        options: Further options of Playwright for the browser.
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
        """Prepare a new browser context. Subclasses may override this method."""

    def wait_until_ready(self, page: Page) -> None:
        """Wait until a new page can be used. Subclasses may override this method."""

    @property
    def page(self) -> Page:
        """The page in the current tab; it is opened if it is not open."""
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
        """Close the tab of the page, if it is open."""
        if self._page:
            self._page.close()
            self._page = None

    def crash_page(self) -> None:
        """Crash the process of the tab, then close the tab."""
        page = self.page
        with page.expect_event("crash"), suppress(Error):
            page.goto("chrome://crash")
        self.close_page()

    def kill(self) -> None:
        """Kill all processes of the browser, and start it again with the same profile."""
        browser = self._context.browser
        if browser is None:
            raise RuntimeError("The browser has already ended.")
        info = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pid = next(process["id"] for process in info["processInfo"] if process["type"] == "browser")
        with self._context.expect_event("close"):
            os.killpg(pid, signal.SIGKILL)  # the browser leads its own process group
        self._page = None
        self._context = self._launch()

    def restart(self) -> None:
        """Close the browser if it is running, and start it again with the same profile."""
        self._page = None
        with suppress(Error):
            self._context.close()
        self._context = self._launch()

    @contextmanager
    def use_other_tab(self) -> Generator[None]:
        """Use a new tab as `page` from now on; close the previous tab at the end of the block."""
        previous_page, self._page = self._page, None
        yield
        if previous_page:
            previous_page.close()

    def close(self) -> None:
        """Close the browser."""
        self._context.close()

    def open_other_tab(self, address: str) -> Page:
        """Open a second tab with another address, and return its page."""
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
