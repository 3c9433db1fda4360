"""Fixtures that start browsers for the journeys, and the printed table of the journeys' results."""

import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.support.site_server import SiteServer
from tests.browser.support.worker_files import add_to_style
from tests.engines import BROWSERS
from tests.engines.display import display
from tests.engines.tab import Tab
from tests.journeys.steps import clear, draw, open_page, wait_until_started, wait_until_stored
from tests.support import tables
from tests.support.strokes import DRAWN_DIGITS
from tools.env.engines import ENGINES

PAINTED = """const sheet = document.querySelector("#sheet");
const {data} = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
return data.filter((value, index) => index % 4 === 3 && value > 128).length / data.length * 4;"""
"""JavaScript: the fraction of the sheet that is painted."""
NETWORK_SCHEMES = ("http", "https", "ws", "wss")


@dataclass(frozen=True)
class FirstVisit:
    """The results of a first visit to the page, whose browser is closed again.

    Attributes:
        profile: the browser's profile, in which the page is stored.
        server: the running server of the page.
        failure: the page's message while the server did not send one of its scripts.
        painted: the fraction of the sheet that was painted before Python ran.
        early_digit: the page's answer for the strokes that were drawn before Python ran.
        python: how Python started: see `startPython` in python.js.
        origin: the line about the model's origin that the page showed.
        offline: the line about offline use that the page showed.
    """

    profile: Path
    server: SiteServer
    failure: str
    painted: float
    early_digit: str
    python: str
    origin: str
    offline: str

    @property
    def address(self):
        return self.server.address

    @contextmanager
    def serve_other_site(self, site):
        """Within the `with` block, serve the folder of another site at the same address."""
        own_site, self.server.folder = self.server.folder, site
        self.server.stop()
        self.server.start()
        yield
        self.server.stop()
        self.server.folder = own_site
        self.server.start()


class RequestCounter:
    """Counts the network requests of browsers; a cross-origin request makes the test fail.

    Attributes:
        counts: the number of all requests, and the number of cross-origin requests.
    """

    def __init__(self):
        self.counts = Counter()
        self._already_counted = Counter()

    def count(self, browser, address):
        """Count the requests that a browser has made since the previous call.

        Args:
            browser: the browser.
            address: the address of the app's page; all requests must begin with it.
        """
        requested = browser.requests()
        uncounted = requested[self._already_counted[browser] :]
        new = [each for each in uncounted if urlsplit(each).scheme in NETWORK_SCHEMES]
        self._already_counted[browser] = len(requested)
        cross_origin = [each for each in new if not each.startswith(address)]
        self.counts.update(requests=len(new), cross_origin=len(cross_origin))
        assert cross_origin == []


@pytest.fixture(scope="class")
def request_counter():
    """Return the counter of the requests in one engine."""
    return RequestCounter()


@pytest.fixture(autouse=True)
def add_request_counts_to_table(request, request_counter, record_property):
    """Add the numbers of a journey's requests to a printed table."""
    yield
    name = ENGINES[request.cls.engine].name
    counts = {
        name: request_counter.counts["requests"],
        f"{name}, to other origins": request_counter.counts["cross_origin"],
    }
    record_property(tables.COUNTS_PROPERTY, ("Requests of the journeys", counts))
    request_counter.counts.clear()


@pytest.fixture(scope="class")
def run_browser(request, request_counter):
    """Return a context manager that runs a browser with a profile, then counts its requests.

    The browser does not optimise WebAssembly unless asked to: that saves a third of its work.
    """
    name = request.cls.engine
    if not ENGINES[name].is_installed():
        pytest.skip(f"{ENGINES[name].name} is not installed")

    @contextmanager
    def run_browser(address, profile, *, private=False, optimise=False):
        browser = BROWSERS[name](profile, private=private, optimise=optimise)
        try:
            yield browser
            request_counter.count(browser, address)
        finally:
            browser.close()

    if name != "webkit":
        yield run_browser
        return
    with display():
        yield run_browser


@pytest.fixture(scope="class")
def first_visit(run_browser, site, tmp_path_factory):
    """Visit the page with a new profile, close the browser, and return the `FirstVisit`.

    At first, the server does not send one of the page's scripts. Then the user clicks "Try again",
    and draws before Python runs.
    """
    server = SiteServer(site)
    profile = tmp_path_factory.mktemp("first-visit") / "profile"
    with run_browser(server.address, profile) as browser:
        tab = browser.tab
        server.faults["boot.js"] = "unavailable"
        tab.open(server.address)
        tab.expect_shown("#failure")
        failure = tab.text("#failure-text")
        server.faults.clear()
        gate = server.hold_responses("library.zip")
        tab.wait_for_reload(lambda: tab.click("#retry"))
        draw(tab, DRAWN_DIGITS["7"])
        painted = tab.run(PAINTED)
        gate.set()
        wait_until_started(tab)
        tab.expect(lambda: tab.text("#digit") != "", True)
        early_digit = tab.text("#digit")
        clear(tab)
        wait_until_stored(tab)
        python = tab.run("return document.documentElement.dataset.python")
        texts = tab.text("#origin"), tab.text("#offline")
    yield FirstVisit(profile, server, failure, painted, early_digit, python, *texts)
    server.stop()


@pytest.fixture
def start_browser(run_browser, first_visit, tmp_path):
    """Return a context manager that starts a browser, opens the page and yields the tab.

    The browser has visited the page before: its profile is a copy of that of the first visit. All
    calls in a test use the same copy, so that a second call restarts the browser.
    """
    profile = tmp_path / "profile"
    shutil.copytree(first_visit.profile, profile, symlinks=True)

    @contextmanager
    def start_browser():
        with run_browser(first_visit.address, profile) as browser:
            open_page(browser.tab, first_visit.address)
            yield browser.tab

    return start_browser


@pytest.fixture(scope="class")
def shared_browser(run_browser, first_visit, tmp_path_factory):
    """Return a running browser that has visited the page.

    The tests of an engine share it: a test must leave the stored data as it was. It optimises
    WebAssembly, as users' browsers do.
    """
    profile = tmp_path_factory.mktemp("shared-browser") / "profile"
    shutil.copytree(first_visit.profile, profile, symlinks=True)
    with run_browser(first_visit.address, profile, optimise=True) as browser:
        yield browser


@dataclass(frozen=True)
class SecondVisit:
    """The results of a visit to the page in a browser that has stored it.

    Attributes:
        tab: the tab in which the page is open.
        origin: the line about the model's origin that the page showed.
        requested: the addresses that the browser requested.
        model_requests_at_server: the number of requests for the model that reached the server.
    """

    tab: Tab
    origin: str
    requested: list[str]
    model_requests_at_server: int


@pytest.fixture(scope="class")
def second_visit(shared_browser, first_visit):
    """Open the page in the shared browser, and return the `SecondVisit`."""
    server, tab = first_visit.server, shared_browser.tab
    model_requests_before = len(server.requests_for(".onnx"))
    open_page(tab, first_visit.address)
    tab.expect(lambda: tab.text("#origin") != "", True)
    return SecondVisit(
        tab,
        tab.text("#origin"),
        [*shared_browser.requests()],
        len(server.requests_for(".onnx")) - model_requests_before,
    )


@pytest.fixture
def tab(shared_browser, second_visit, first_visit, request_counter):
    """Return the tab of the shared browser; the page in it has started, and its sheet is empty."""
    tab = second_visit.tab
    if tab.run("return location.href") != first_visit.address:
        open_page(tab, first_visit.address)
    if tab.text("#back"):
        tab.click("#back")
    if not tab.run("return document.querySelector('#clear').disabled"):
        clear(tab)
    yield tab
    request_counter.count(shared_browser, first_visit.address)


@pytest.fixture(scope="session")
def next_site(site, tmp_path_factory):
    """Return the folder of a newer version of the site."""
    copy = shutil.copytree(site, tmp_path_factory.mktemp("next-site") / "site")
    add_to_style(copy, "next build")
    return copy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Add the result of a journey to the printed table, also if it failed or was skipped."""
    report = yield
    if report.when == "call" or (report.when == "setup" and not report.passed):
        result = {"passed": "passed", "failed": "FAILED"}.get(report.outcome) or report.longrepr[2]
        journey = item.function.__name__.removeprefix("test_").replace("_", " ")
        engine = ENGINES[item.cls.engine].name
        row = {"journey": journey, engine: result.removeprefix("Skipped: ")}
        item.user_properties.append((tables.ROW_PROPERTY, ("Journeys", row)))
    return report
