"""Browsers for the journeys, and the table of their results, failed and skipped ones included."""

import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.support.site import SiteServer
from tests.engines import BROWSERS
from tests.engines.display import display
from tests.journeys.steps import open_page, wait_until_stored
from tests.support import tables
from tools.env.engines import ENGINES
from tools.site import bundle

NETWORK = ("http", "https", "ws", "wss")


@dataclass(frozen=True)
class Home:
    """A profile that has visited the page once, its server, and what that first visit showed."""

    profile: Path
    server: SiteServer
    origin: str
    offline: str

    @property
    def address(self):
        return self.server.address

    @contextmanager
    def publishing(self, site):
        """Serve another site at this address for a while."""
        own, self.server.folder = self.server.folder, site
        self.server.stop()
        self.server.start()
        yield
        self.server.stop()
        self.server.folder = own
        self.server.start()


class Requests:
    """Counts the network requests of browsers, and fails those to another origin."""

    def __init__(self):
        self.counts = Counter()
        self._counted = Counter()

    def count(self, browser, address):
        """Count a browser's requests since the last call."""
        every = browser.requests()
        new = [each for each in every[self._counted[browser] :] if urlsplit(each).scheme in NETWORK]
        self._counted[browser] = len(every)
        elsewhere = [each for each in new if not each.startswith(address)]
        self.counts.update(requests=len(new), elsewhere=len(elsewhere))
        assert elsewhere == []


@pytest.fixture(scope="class")
def requests():
    return Requests()


@pytest.fixture(autouse=True)
def requests_in_table(request, requests, record_property):
    """Add the requests of a journey to the table."""
    yield
    name = ENGINES[request.cls.engine].name
    counts = {name: requests.counts["requests"], f"{name}, elsewhere": requests.counts["elsewhere"]}
    record_property(tables.COUNTS, ("Requests of the journeys", counts))
    requests.counts.clear()


@pytest.fixture(scope="class")
def browsing(request, requests):
    """Start a browser on a profile, and close it as a person would."""
    name = request.cls.engine
    if not ENGINES[name].is_installed():
        pytest.skip(f"{ENGINES[name].name} is not installed")

    @contextmanager
    def browsing(address, profile, *, private=False):
        browser = BROWSERS[name](profile, private=private)
        try:
            yield browser
            requests.count(browser, address)
        finally:
            browser.close()

    if name != "webkit":
        yield browsing
        return
    with display():
        yield browsing


@pytest.fixture(scope="class")
def home(browsing, site, tmp_path_factory):
    """Return a profile that has visited the page once."""
    server = SiteServer(site)
    profile = tmp_path_factory.mktemp("home") / "profile"
    with browsing(server.address, profile) as browser:
        open_page(browser.tab, server.address)
        wait_until_stored(browser.tab)
        shown = browser.tab.text("#origin"), browser.tab.text("#offline")
    yield Home(profile, server, *shown)
    server.stop()


@pytest.fixture
def start(browsing, home, tmp_path):
    """Start a browser, again with each call, on a copy of the profile that has visited the page."""
    profile = tmp_path / "profile"
    shutil.copytree(home.profile, profile, symlinks=True)

    @contextmanager
    def start():
        with browsing(home.address, profile) as browser:
            open_page(browser.tab, home.address)
            yield browser.tab

    return start


@pytest.fixture(scope="class")
def shared(browsing, home, tmp_path_factory):
    """Return a browser that has visited the page, for tests that change nothing stored."""
    profile = tmp_path_factory.mktemp("shared") / "profile"
    shutil.copytree(home.profile, profile, symlinks=True)
    with browsing(home.address, profile) as browser:
        yield browser


@pytest.fixture
def tab(shared, home, requests):
    """Return the page in a new tab."""
    shared.tab.another()
    open_page(shared.tab, home.address)
    yield shared.tab
    shared.tab.close()
    requests.count(shared, home.address)


@pytest.fixture(scope="session")
def next_site(site, tmp_path_factory):
    """Return the folder of a newer build of the site."""
    copy = shutil.copytree(site, tmp_path_factory.mktemp("next") / "site")
    with (copy / "style.css").open("a", encoding="utf-8") as style:
        style.write("\n/* next build */\n")
    bundle.write_service_worker(copy)
    return copy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call" or (report.when == "setup" and not report.passed):
        result = {"passed": "passed", "failed": "FAILED"}.get(report.outcome) or report.longrepr[2]
        journey = item.function.__name__.removeprefix("test_").replace("_", " ")
        engine = ENGINES[item.cls.engine].name
        row = {"journey": journey, engine: result.removeprefix("Skipped: ")}
        item.user_properties.append((tables.ROW, ("Journeys", row)))
    return report
