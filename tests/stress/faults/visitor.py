"""A visitor: a real Chromium with a profile of its own, whose tabs and process can be killed."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.stress.faults import scripts
from tools.env import chromium

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

LIMIT = 30.0
"""Seconds after which a load that has not ended counts as one that never ends."""


class Visitor:
    """Opens the page at an origin. The service worker stays out: it never handles a model."""

    def __init__(self, playwright: Playwright, executable: str, profile: Path, origin: str) -> None:
        self._playwright, self._executable = playwright, executable
        self._profile, self.origin = profile, origin
        self._page: Page | None = None
        self._context = self._launch()

    def _launch(self) -> BrowserContext:
        return self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=self._executable,
            args=chromium.ARGUMENTS,
            service_workers="block",
        )

    @property
    def page(self) -> Page:
        """The page, opened if it is not."""
        if self._page is None:
            self._page = self._context.new_page()
            self._page.goto(self.origin)
            self._await_probe()
        return self._page

    def reload(self) -> None:
        """Load the page again."""
        if self._page:
            self._page.reload()
            self._await_probe()

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
        """Kill the browser with all of its processes, and start it anew on the same profile."""
        browser = self._context.browser
        if browser is None:
            raise RuntimeError("the browser has ended by itself")
        told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pid = next(process["id"] for process in told["processInfo"] if process["type"] == "browser")
        with self._context.expect_event("close"):
            os.killpg(pid, signal.SIGKILL)  # it leads a group of its own
        self._page = None
        self._context = self._launch()

    def restart(self) -> None:
        """Close the browser, if it lives, and start it anew on the same profile."""
        self._page = None
        with suppress(Error):
            self._context.close()
        self._context = self._launch()

    @contextmanager
    def another_page(self) -> Generator[None]:
        """Go on in another tab; the one that was used until now is closed in the end."""
        before, self._page = self._page, None
        yield
        if before:
            before.close()

    def close(self) -> None:
        self._context.close()

    def begin(self, address: str, database: str, stall: float) -> None:
        """Begin to load a model. stall: the library's patience with a silent server, in seconds."""
        self.page.evaluate(scripts.BEGIN, [address, database, stall, LIMIT])

    def end(self) -> dict[str, Any]:
        """Wait for the outcome."""
        return dict(json.loads(self.page.evaluate(scripts.END)))

    def listing(self, database: str) -> dict[str, Any]:
        """Tell what is stored."""
        return dict(json.loads(self.page.evaluate(scripts.LIST, database)))

    def has_chunk(self, database: str, sha256: str, index: int) -> bool:
        """Tell whether a chunk of a version that is not whole yet is stored."""
        return bool(self.page.evaluate(scripts.CHUNK, [database, sha256, index]))

    def given(self) -> list[str]:
        """Tell the SHA-256 of all that sessions were made from since this was last asked."""
        return [str(digest) for digest in self.page.evaluate(scripts.GIVEN)]

    def other_tab(self) -> Page:
        """Open another tab of the site, without the library."""
        page = self._context.new_page()
        page.goto(f"{self.origin}/portal")
        return page

    def devtools(self) -> CDPSession:
        return self._context.new_cdp_session(self.page)

    def _await_probe(self) -> None:
        assert self._page
        self._page.locator("html[data-probe=ready]").wait_for(state="attached", timeout=60_000)
