"""Visit a site in a browser: for the first time, without a network, and again with one."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from offline_onnx_page.checks.browsers import open_browser
from offline_onnx_page.checks.folder import RUN_SCRIPT, require_site
from offline_onnx_page.checks.host import Host
from offline_onnx_page.checks.report import counted_noun
from offline_onnx_page.errors import SiteError
from offline_onnx_page.serving.server import serve_in_background
from offline_onnx_page.site.sources import BUILT, MODEL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request
    from playwright.sync_api import Response as Answer

TIME_LIMIT = 120.0
"""How long a visit may take until the page is stored, in seconds."""
_NETWORK_QUERY = "?sha256=doctor"
"""A query that makes the service worker leave a request to the network."""
_NETWORK_ERROR = re.compile(r"Failed to load resource|net::ERR_")
"""Matches messages about requests, which are reported with the names of the files."""
_MODULE_REFUSED = "Failed to load module script"
"""The start of Chromium's message about why it refused a module. The page can't read the reason."""
_PLACE = re.compile(r'File "([^"/<>]+)", line (\d+)')
"""Matches the lines of a traceback that are about the page's own code."""
_FAVICON = "favicon.ico"
"""A file that browsers request although no page names it, so it may be missing."""
_PYTHON = {
    "created": "Python started",
    "not_stored": "Python started, but a snapshot of its memory could not be stored",
    "plain": "Python started without a snapshot of its memory",
    "restored": "Python started from the stored snapshot of its memory",
    "worker": "Python started in a worker",
}
"""What the values of the attribute data-python of <html> mean."""
_OFFLINE = {
    "ready": "the page works offline",
    "incomplete": "the page works offline, but lacks files",
    "failed": "the page does not work offline",
    "off": "the page was bundled without a service worker",
}
"""What the values of the attribute data-offline of <html> mean."""


@dataclass
class Visit:
    """A visit of the page.

    Attributes:
        name: which visit this is.
        seconds: how long it took until the page had started and was stored.
        offline: the value of data-offline; "" if there is none.
        python: the value of data-python; "" if there is none.
        faults: what went wrong.
        skipped: why the page was not visited; "" if it was.

    """

    name: str
    seconds: float = 0.0
    offline: str = ""
    python: str = ""
    faults: list[str] = field(default_factory=list)
    skipped: str = ""

    def fault(self, text: str) -> None:
        """Add a fault, unless another one already says it."""
        if text and not any(text in each for each in self.faults):
            self.faults.append(text)

    def lines(self) -> list[str]:
        """Return a line for each fault; or one that says what happened."""
        if self.skipped:
            return [f"note:  {self.name}: skipped, because {self.skipped}."]
        name = f"{self.name}, {self.seconds:.1f} s"
        facts = [_PYTHON.get(self.python, ""), _OFFLINE.get(self.offline, "")]
        what = "; ".join(filter(None, facts))
        return [f"fault: {name}: {each}" for each in self.faults] or [f"ok:    {name}: {what}."]


@dataclass(frozen=True)
class Diagnosis:
    """What happened in a browser.

    Attributes:
        site: the address or the folder of the site.
        browser: the name and version of the browser.
        visits: the visits, in order.

    """

    site: str
    browser: str
    visits: list[Visit]

    @property
    def faults(self) -> list[str]:
        """The faults of all visits."""
        return [fault for visit in self.visits for fault in visit.faults]

    def lines(self) -> list[str]:
        """Return the lines of all visits, and a summary."""
        count = counted_noun(len(self.faults), "faults") if self.faults else "No faults"
        summary = f"{count} in {self.site}, visited with {self.browser}."
        return [*(line for visit in self.visits for line in visit.lines()), summary]

    def data(self) -> dict[str, Any]:
        """Return the diagnosis for programs, as JSON can contain it."""
        return asdict(self)


def doctor(site: str, browser: str | None = None) -> Diagnosis:
    """Visit a site in a browser.

    Args:
        site: the address of a page, or the folder of a site, which is served first.
        browser: the path of the browser; None for the first that is found.

    Raises:
        SiteError: There is no page of offline-onnx, or no browser.

    """
    with address_of(site) as address:
        address = find_page(address)
        with open_browser(browser) as opened:
            context = opened.new_context()
            name = f"{opened.browser_type.name.capitalize()} {opened.version}"
            return Diagnosis(site, name, diagnose(context, address))


@contextmanager
def address_of(site: str) -> Generator[str]:
    """Serve a folder, and yield its address; yield an address as it is.

    Raises:
        SiteError: The folder has no site.

    """
    if not Path(site).is_dir():
        yield site
        return
    require_site(Path(site))
    with serve_in_background(Path(site)) as address:
        yield address


def find_page(address: str) -> str:
    """Return the address of a page after redirections.

    Raises:
        SiteError: There is no page of offline-onnx.

    """
    host = Host.open(address)
    script = host.get(RUN_SCRIPT)
    if script.status != 200:
        raise SiteError(
            f"{host.address} is not a page of offline-onnx, because it has no {RUN_SCRIPT} (status "
            f"{script.status}): check the address, or upload the site's folder {BUILT}/."
        )
    return host.index.url


def diagnose(context: BrowserContext, address: str, time_limit: float = TIME_LIMIT) -> list[Visit]:
    """Visit a page for the first time, without a network, and again.

    Args:
        context: the state of a browser that has stored nothing of the page.
        address: the address of the page.
        time_limit: how long a visit may take, in seconds.

    """
    first = _visit(context, address, Visit("first visit"), time_limit)
    without, again = Visit("visit without a network"), Visit("second visit")
    if first.faults:
        without.skipped = again.skipped = "the first visit had faults"
        return [first, without, again]
    if first.offline == "off":
        without.skipped = _OFFLINE["off"]
    else:
        context.set_offline(True)
        try:
            _visit(context, address, without, time_limit, has_network=False)
        finally:
            context.set_offline(False)
    _visit(context, address, again, time_limit)
    return [first, without, again]


def _visit(
    context: BrowserContext,
    address: str,
    visit: Visit,
    time_limit: float,
    *,
    has_network: bool = True,
) -> Visit:
    """Open the page in a new tab, and wait until it has started and is stored.

    Returns:
        `visit`, to which the state of the page and the faults were added.

    """
    from playwright.sync_api import Error

    page = context.new_page()
    if not has_network:  # the browser's cache would hide what the service worker lacks
        context.new_cdp_session(page).send("Network.clearBrowserCache")
    failed, errors = _listen(page)
    start = time.monotonic()
    try:
        page.goto(address, wait_until="commit", timeout=time_limit * 1000)
        remaining = start + time_limit - time.monotonic()
        with suppress(Error):
            html = page.locator("html[data-offline]")
            # At least 1 ms, because Playwright takes 0 for no limit.
            html.wait_for(state="attached", timeout=max(remaining * 1000, 1))
    except Error as error:
        visit.fault(f"the page does not load ({_first_line(error.message)})")
    else:
        _read_state(page, visit, time_limit, errors)
    visit.seconds = time.monotonic() - start
    failed = dict(failed)  # a copy, because `_reaches` adds its own request to the original
    if not has_network and _reaches(page, address):
        visit.fault("the browser could still reach the network, so this visit proves nothing")
    shorten = _shortener(address)
    for url, why in failed.items():
        name = shorten(url)
        # Without a network, the search for a newer model fails, which is no fault.
        is_update = not has_network and name.endswith((*MODEL_SUFFIXES, ".json"))
        if not any(name in each for each in visit.faults) and not is_update:
            visit.fault(f"{name} did not load ({why})")
    for message in map(_last_line, errors):
        is_reason = message.startswith(_MODULE_REFUSED)
        if is_reason or not (visit.faults or _NETWORK_ERROR.search(message)):
            visit.fault(f"the console says: {message}")
    page.close()
    return visit


def _listen(page: Page) -> tuple[dict[str, str], list[str]]:
    """Listen to a page; return its failed requests and its errors, which are added from now on.

    Returns:
        A dict with the reason of each failed request, by address; and a list of the errors that
        were written to the console or were not caught.

    """
    failed: dict[str, str] = {}
    errors: list[str] = []

    def on_failed(request: Request) -> None:
        failed[request.url] = _reason(request.failure or "no answer")

    def on_response(response: Answer) -> None:
        if response.status >= 400 and not response.url.endswith(_FAVICON):
            failed[response.url] = f"status {response.status}"

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("requestfailed", on_failed)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return failed, errors


def _read_state(page: Page, visit: Visit, time_limit: float, errors: Sequence[str]) -> None:
    """Read the state of a page after its start, and add it to `visit`."""
    state = page.evaluate(
        """() => ({...document.documentElement.dataset,
        failure: document.querySelector("[data-failure]")?.textContent ?? ""})"""
    )
    visit.python, visit.offline = state.get("python", ""), state.get("offline", "")
    if not visit.offline:
        visit.fault(
            f"the page has not ended its start within {time_limit:g} s: main.py waits for "
            "something, or is not run"
        )
    if failure := _last_line(state["failure"]):
        places = [place for each in errors if failure in each for place in _PLACE.findall(each)]
        place = " ({}, line {})".format(*places[-1]) if places else ""
        visit.fault(f"the page says: {failure}{place}")
    if visit.offline in ("failed", "incomplete"):
        visit.fault(f"{_OFFLINE[visit.offline]}: {state.get('offlineReason', 'no reason')}")


def _reaches(page: Page, address: str) -> bool:
    """Return whether the page can request something from its host."""
    from playwright.sync_api import Error

    try:
        probe = "(url) => fetch(url, {cache: 'no-store'}).then(() => true, () => false)"
        return bool(page.evaluate(probe, address.partition("?")[0] + _NETWORK_QUERY))
    except Error:
        return False


def _shortener(address: str) -> Callable[[str], str]:
    """Return a function that shortens the addresses of a site's files to their paths."""
    parts = urlsplit(address)
    folder = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"

    def name(url: str) -> str:
        return url.removeprefix(folder).partition("?")[0] or "index.html"

    return name


def _reason(failure: str) -> str:
    """Return why a request failed: Chromium's reason, or an explanation of it."""
    if "Coep" in failure:
        return "the headers of cross-origin isolation forbid files of other hosts"
    return failure


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2].strip()
