"""Browsers for the journeys. A test that fails or can't be done is told in the table as well."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import tables
from tests.browser.site import SiteServer
from tests.engines.browsers import BROWSERS
from tests.engines.display import display
from tests.journeys.steps import expect_own_origin, open_page, wait_until_kept
from tools import bundle
from tools.engines import ENGINES


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


@pytest.fixture(scope="class")
def browsing(request):
    """Start a browser on a profile; in the end, it has asked nothing of any origin but one."""
    name = request.cls.engine
    if not ENGINES[name].is_here():
        pytest.skip(f"{ENGINES[name].name} is not installed")

    @contextmanager
    def browsing(address, profile, *, private=False):
        browser = BROWSERS[name](profile, private=private)
        try:
            yield browser
            expect_own_origin(browser.requests(), address)
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
def tab(shared, home):
    """The page, in a new tab."""
    shared.tab.another()
    open_page(shared.tab, home.address)
    yield shared.tab
    shared.tab.close()


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
        report.user_properties.append((tables.KEY, ("Journeys", row)))
    return report
