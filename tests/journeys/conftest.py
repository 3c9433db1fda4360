"""Browsers for the journeys. A test that fails or can't be done is told in the table as well."""

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
from tests.journeys.steps import open_page, wait_until_kept
from tests.support import tables
from tools.env.engines import ENGINES
from tools.site import bundle

NETWORK = ("http", "https", "ws", "wss")


@dataclass(frozen=True)
class Home:
    """A profile in which the page was opened once, its server, and what that first visit showed."""

    profile: Path
    server: SiteServer
    origin: str
    offline: str

    @property
    def address(self):
        return self.server.address

    @contextmanager
    def publishing(self, site):
        """Serve another site at this address."""
        own, self.server.site = self.server.site, site
        self.server.stop()
        self.server.start()
        yield
        self.server.stop()
        self.server.site = own
        self.server.start()


class Asked:
    """Counts what browsers ask of the network, and finds what goes to another origin."""

    def __init__(self):
        self.counts = Counter()
        self._seen = Counter()

    def note(self, browser, address):
        """Look at what a browser asked for since it was last looked at."""
        every = browser.requests()
        new = [each for each in every[self._seen[browser] :] if urlsplit(each).scheme in NETWORK]
        self._seen[browser] = len(every)
        elsewhere = [each for each in new if not each.startswith(address)]
        self.counts.update(requests=len(new), elsewhere=len(elsewhere))
        assert elsewhere == []


@pytest.fixture(scope="class")
def asked():
    return Asked()


@pytest.fixture(autouse=True)
def told(request, asked, record_property):
    """Have the table of requests tell what this journey asked for."""
    yield
    name = ENGINES[request.cls.engine].name
    counts = {name: asked.counts["requests"], f"{name}, elsewhere": asked.counts["elsewhere"]}
    record_property(tables.COUNTS, ("Requests of the journeys", counts))
    asked.counts.clear()


@pytest.fixture(scope="class")
def browsing(request, asked):
    """Start a browser on a profile; close it in the end, as a person would."""
    name = request.cls.engine
    if not ENGINES[name].is_here():
        pytest.skip(f"{ENGINES[name].name} is not installed")

    @contextmanager
    def browsing(address, profile, *, private=False):
        browser = BROWSERS[name](profile, private=private)
        try:
            yield browser
            asked.note(browser, address)
        finally:
            browser.close()

    if name != "webkit":
        yield browsing
        return
    with display():
        yield browsing


@pytest.fixture(scope="class")
def home(browsing, site, tmp_path_factory):
    server = SiteServer(site)
    profile = tmp_path_factory.mktemp("home") / "profile"
    with browsing(server.address, profile) as browser:
        open_page(browser.tab, server.address)
        wait_until_kept(browser.tab)
        said = browser.tab.text("#origin"), browser.tab.text("#offline")
    yield Home(profile, server, *said)
    server.stop()


@pytest.fixture
def start(browsing, home, tmp_path):
    """Start a browser, again if need be, on a profile of its own that has visited the page."""
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
    """A browser that has visited the page, for tests that store nothing."""
    profile = tmp_path_factory.mktemp("shared") / "profile"
    shutil.copytree(home.profile, profile, symlinks=True)
    with browsing(home.address, profile) as browser:
        yield browser


@pytest.fixture
def tab(shared, home, asked):
    """The page, in a new tab."""
    shared.tab.another()
    open_page(shared.tab, home.address)
    yield shared.tab
    shared.tab.close()
    asked.note(shared, home.address)


@pytest.fixture(scope="session")
def next_site(site, tmp_path_factory):
    """A newer build of the site."""
    copy = shutil.copytree(site, tmp_path_factory.mktemp("next") / "site")
    with (copy / "style.css").open("a", encoding="utf-8") as style:
        style.write("\n/* next build */\n")
    bundle.write_service_worker(copy)
    return copy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call" or (report.when == "setup" and not report.passed):
        told = {"passed": "passed", "failed": "FAILED"}.get(report.outcome) or report.longrepr[2]
        journey = item.function.__name__.removeprefix("test_").replace("_", " ")
        engine = ENGINES[item.cls.engine].name
        row = {"journey": journey, engine: told.removeprefix("Skipped: ")}
        item.user_properties.append((tables.ROW, ("Journeys", row)))
    return report
