"""A Chromium with a profile on disk, timeouts for steps, and the memory usage of a page.

The memory usage comes from the Linux kernel: it is the peak memory of the page's process during
some work (VmHWM, reset before the work), minus the memory of the process before the work. This
includes copies that the browser itself makes. `Runtime.getHeapUsage` would not count
WebAssembly's memory, which holds Python's heap, and would not see peaks between two calls.
`Browser.check_memory_measurement` checks the method with an array of known size.
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

from bench.harness.folders import GENERATED
from tools.console import BuildError
from tools.env import engines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, CDPSession, Page

PROFILE = GENERATED / "profile"
STEP_TIMEOUT = 300.0
"""Seconds that a single step of a benchmark may take, unless it sets its own timeout."""
_KNOWN_SIZE = 64 << 20
"""Bytes of the array that checks the memory measurement."""
_PYTHON_ERROR = re.compile(r"[\w.]*(?:Error|Exception)\b|[a-z][\w.]*\.[A-Z]\w+: ")
"""Matches the line after Python's traceback, with the error's class and message."""
_TOLERANCE = 0.1
"""Largest relative error of the memory measurement."""


@dataclass(frozen=True)
class Browser:
    """A running browser.

    Attributes:
        context: The browser context of its profile.
        devtools: A DevTools session with the browser, not with a page.
        name: The browser's name and version.
        pid: The id of the browser's main process.

    """

    context: BrowserContext
    devtools: CDPSession
    name: str
    pid: int

    @contextmanager
    def step(self, description: str, timeout: float = STEP_TIMEOUT) -> Iterator[None]:
        """Run one step of a benchmark, with a timeout in seconds.

        The timeout kills the browser, because nothing else ends a call into a page that hangs.

        Raises:
            BuildError: The step failed or timed out; the message begins with `description`.

        """
        timed_out = threading.Event()

        def kill() -> None:
            timed_out.set()
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

        timer = threading.Timer(timeout, kill)
        timer.start()
        try:
            yield
        except Error as error:
            lines = str(error).strip().splitlines()
            # The message of a Python error begins with a traceback.
            named = [line for line in lines if _PYTHON_ERROR.match(line)]
            reason = (named or lines)[0]
            if timed_out.is_set():
                reason = f"it did not end within {timeout:.0f} seconds"
            raise BuildError(f"{description} failed: {reason}") from error
        finally:
            timer.cancel()

    @contextmanager
    def open_tab(self, address: str) -> Iterator[Tab]:
        """Open a page, and wait until its service worker is installed.

        The page must be one of bench/storage or bench/models, which set `data-offline`.
        """
        page = self.context.new_page()
        with self.step(f"Opening {address}"):
            page.goto(address)
            page.locator("html[data-offline=ready]").wait_for(
                state="attached", timeout=1000 * STEP_TIMEOUT
            )
        yield Tab(self, page)
        page.close()

    def measure_growth[T](self, work: Callable[[], T]) -> tuple[T, int]:
        """Call `work`, and measure by how many bytes the memory of the page grows meanwhile.

        No other page may be busy during the call, because the process that grows most is assumed to
        be the page's.

        Returns:
            The result of `work`, and the peak growth in bytes.

        """
        processes = self.devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [process["id"] for process in processes if process["type"] == "renderer"]
        memory_before = {pid: _reset_peak(pid) for pid in renderers}
        result = work()
        growths = [_read_status(pid, "VmHWM") - memory for pid, memory in memory_before.items()]
        return result, max(growths)

    def check_memory_measurement(self, address: str) -> None:
        """Check the memory measurement with an array of known size.

        Args:
            address: The address of a page that has the global function `allocate`.

        Raises:
            BuildError: The relative error of the measured size is larger than _TOLERANCE.

        """
        with self.open_tab(address) as tab:
            _, growth = tab.measure("allocate", _KNOWN_SIZE)
        if abs(growth - _KNOWN_SIZE) > _TOLERANCE * _KNOWN_SIZE:
            raise BuildError(f"An array of {_KNOWN_SIZE} bytes was measured as {growth} bytes.")


@dataclass(frozen=True)
class Tab:
    """An open page of bench/storage or bench/models."""

    browser: Browser
    page: Page

    def call(self, function: str, argument: object = None) -> Any:
        """Call a global function of the page, await it and return its result."""
        with self.browser.step(f"{function} in {self.page.url}"):
            return self.page.evaluate(f"async argument => window.{function}(argument)", argument)

    def measure(self, function: str, argument: object = None) -> tuple[Any, int]:
        """Call a global function; return its result, and the page's peak memory growth in bytes."""
        self.page.request_gc()
        return self.browser.measure_growth(lambda: self.call(function, argument))


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Start a browser with an empty profile on disk.

    Raises:
        BuildError: The system has no /proc, which the memory measurement needs, or the browser
            offers no DevTools session.

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
    """Reset the recorded memory peak of a process; return its current memory in bytes.

    If the process has ended, return 0.
    """
    # "5" sets VmHWM, the recorded peak, to the current memory.
    with suppress(OSError):  # the process may have ended
        Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    return _read_status(pid, "VmHWM")


def _read_status(pid: int, field: str) -> int:
    """Return a field of /proc/PID/status in bytes, 0 if the process has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    found = re.search(rf"^{field}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
