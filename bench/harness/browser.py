"""A Chromium with a profile on disk, and what a page in it takes to do something.

Memory is what the kernel counts: the most that the page's process held at any moment of a load
(VmHWM, set back before it), less what it held before. So nothing is missed, copies that the browser
itself makes on the way included. `Runtime.getHeapUsage` sees ArrayBuffers, but not WebAssembly's
memory, where Python's heap is, and only at the moments at which it is asked. `prove` checks that
memory of a known size is seen.
"""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tools.cache import SCRATCH
from tools.console import BuildError
from tools.env import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, CDPSession, Page

PROFILE = SCRATCH / "bench" / "profile"
PROOF = 64 << 20
TOLERANCE = 0.1


def growth[T](devtools: CDPSession, work: Callable[[], T]) -> tuple[T, int]:
    """Do some work; give its answer, and by how many bytes a page grew at the most.

    The page's process is the one of all that grows the most; the others do nothing meanwhile.
    """
    found = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [process["id"] for process in found if process["type"] == "renderer"]
    before = {pid: _settle(pid) for pid in pages}
    answer = work()
    return answer, max(_status(pid, "VmHWM") - held for pid, held in before.items())


@dataclass(frozen=True)
class Tab:
    """A page that is ready to be measured."""

    page: Page
    devtools: CDPSession

    def call(self, function: str, argument: object = None) -> Any:
        """Await a function of the page."""
        return self.page.evaluate(f"async argument => window.{function}(argument)", argument)

    def measure(self, function: str, argument: object = None) -> tuple[Any, int]:
        """Await a function; give its answer, and by how many bytes the page grew at the most."""
        self.page.request_gc()
        return growth(self.devtools, lambda: self.call(function, argument))


@dataclass(frozen=True)
class Browser:
    """A browser. name: with its version. devtools: what a developer can ask it."""

    context: BrowserContext
    devtools: CDPSession
    name: str

    @contextmanager
    def tab(self, address: str) -> Iterator[Tab]:
        """Open a page anew, as a visitor would who comes back."""
        page = self.context.new_page()
        page.goto(address)
        page.locator("html[data-offline=ready]").wait_for(state="attached")
        yield Tab(page, self.devtools)
        page.close()

    def prove(self, address: str) -> None:
        """Raise BuildError unless memory of a known size is measured as such."""
        with self.tab(address) as tab:
            _, grown = tab.measure("allocate", PROOF)
        if abs(grown - PROOF) > TOLERANCE * PROOF:
            raise BuildError(f"An array of {PROOF} bytes was measured as {grown} bytes.")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with an empty profile on disk. Raises BuildError where there is no /proc."""
    if not Path("/proc/self/clear_refs").exists():
        raise BuildError("the memory of a page can be measured on Linux alone.")
    shutil.rmtree(PROFILE, ignore_errors=True)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            PROFILE, executable_path=chromium.find(), args=chromium.ARGUMENTS
        )
        if context.browser is None:
            raise BuildError("the browser does not tell of its processes.")
        devtools = context.browser.new_browser_cdp_session()
        yield Browser(context, devtools, f"Chromium {context.browser.version}")
        context.close()
    shutil.rmtree(PROFILE)


def _settle(pid: int) -> int:
    """Set a process's peak back to what it holds now; give that in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    return _status(pid, "VmHWM")


def _status(pid: int, field: str) -> int:
    """Give a field of a process's status in bytes, 0 if it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    found = re.search(rf"^{field}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
