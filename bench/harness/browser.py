"""A Chromium with a profile on disk: time limits for its pages, and the memory that a page takes.

Memory is counted by the kernel: the peak of the page's process during some work (VmHWM, reset
before it) less what the process held before. This includes copies that the browser makes itself.
`Runtime.getHeapUsage` would miss WebAssembly's memory, where Python's heap is, and all peaks
between two calls. `Browser.check_memory` checks the method on an array of known size.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, sync_playwright

from bench.harness.folders import SITES
from tools.console import BuildError
from tools.env import engines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, CDPSession, Page

PROFILE = SITES / "profile"
LIMIT = 300.0
"""Seconds within which every single step has to end."""
_KNOWN_SIZE = 64 << 20
_TOLERANCE = 0.1


@dataclass(frozen=True)
class Browser:
    """A running browser.

    Attributes:
        context: Its one profile.
        devtools: A DevTools session with the browser itself.
        name: Its name and version.
        pid: Its main process.

    """

    context: BrowserContext
    devtools: CDPSession
    name: str
    pid: int

    @contextmanager
    def step(self, what: str, limit: float = LIMIT) -> Iterator[None]:
        """Run one step of a benchmark, for `limit` seconds at most.

        The browser is killed at the limit: nothing else ends a call into a page that hangs.

        Raises:
            BuildError: The step failed or took too long; the message begins with `what`.

        """
        is_late = threading.Event()

        def kill() -> None:
            is_late.set()
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

        timer = threading.Timer(limit, kill)
        timer.start()
        try:
            yield
        except Error as error:
            reason = str(error).strip().splitlines()[0]
            if is_late.is_set():
                reason = f"it did not end within {limit:.0f} seconds"
            raise BuildError(f"{what} failed: {reason}") from error
        finally:
            timer.cancel()

    @contextmanager
    def tab(self, address: str) -> Iterator[Tab]:
        """Open a page of the storage benchmark, and wait until its service worker is installed."""
        page = self.context.new_page()
        with self.step(f"Opening {address}"):
            page.goto(address)
            page.locator("html[data-offline=ready]").wait_for(
                state="attached", timeout=1000 * LIMIT
            )
        yield Tab(self, page)
        page.close()

    def growth[T](self, work: Callable[[], T]) -> tuple[T, int]:
        """Do some work.

        Returns:
            Its result, and by how many bytes the page grew at its peak. The page's process is the
            one that grows most; the others are idle meanwhile.

        """
        found = self.devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        pages = [process["id"] for process in found if process["type"] == "renderer"]
        before = {pid: _reset_peak(pid) for pid in pages}
        result = work()
        return result, max(_status(pid, "VmHWM") - held for pid, held in before.items())

    def check_memory(self, address: str) -> None:
        """Raise BuildError unless the memory of an array of known size is measured as such."""
        with self.tab(address) as tab:
            _, grown = tab.measure("allocate", _KNOWN_SIZE)
        if abs(grown - _KNOWN_SIZE) > _TOLERANCE * _KNOWN_SIZE:
            raise BuildError(f"An array of {_KNOWN_SIZE} bytes was measured as {grown} bytes.")


@dataclass(frozen=True)
class Tab:
    """A page that is ready to be measured."""

    browser: Browser
    page: Page

    def call(self, function: str, argument: object = None) -> Any:
        """Await a global function of the page."""
        with self.browser.step(f"{function} in {self.page.url}"):
            return self.page.evaluate(f"async argument => window.{function}(argument)", argument)

    def measure(self, function: str, argument: object = None) -> tuple[Any, int]:
        """Await a global function; return its result, and the bytes by which the page grew."""
        self.page.request_gc()
        return self.browser.growth(lambda: self.call(function, argument))


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with an empty profile on disk.

    Raises:
        BuildError: There is no /proc, by which memory is measured.

    """
    if not Path("/proc/self/clear_refs").exists():
        raise BuildError("bench measures the memory of pages through /proc, which only Linux has.")
    shutil.rmtree(PROFILE, ignore_errors=True)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            PROFILE, executable_path=engines.find_chromium(), args=engines.CHROMIUM_ARGUMENTS
        )
        if context.browser is None:
            raise BuildError("The browser offers no DevTools session.")
        devtools = context.browser.new_browser_cdp_session()
        processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        pid = next(process["id"] for process in processes if process["type"] == "browser")
        yield Browser(context, devtools, f"Chromium {context.browser.version}", pid)
        context.close()
    shutil.rmtree(PROFILE, ignore_errors=True)


def _reset_peak(pid: int) -> int:
    """Reset a process's peak to what it holds now; return that in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    return _status(pid, "VmHWM")


def _status(pid: int, field: str) -> int:
    """Return a field of a process's status in bytes, 0 if the process has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    found = re.search(rf"^{field}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
