"""What the tests in Chromium share: browsers and contexts that are watched, and the app's page.

A first visit takes five times as long as a later one: a test that needs no empty browser takes
`ready`, a tab of a browser that has visited the page before.
"""

import os

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from tests.browser.support import watched
from tests.browser.support.drawing import wait_until_offline_ready, wait_until_started
from tests.browser.support.returning import has_visited
from tests.browser.support.site import SiteServer
from tests.support import tables, waiting
from tools.env import engines

expect.set_options(timeout=1000 * waiting.PATIENCE)

OPTIMISE_LATER = "--js-flags=--wasm-tiering-budget=400000000"
"""Have Chromium optimise a function after thirty times as many calls: that saves a third of a first
visit's work. The journeys and the stress tests run without."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": os.environ.get("CHROMIUM") or engines.find_chromium(),
        "args": [*engines.CHROMIUM_ARGUMENTS, OPTIMISE_LATER],
    }


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"}


@pytest.fixture(scope="session", autouse=True)
def all_contexts():
    """Watch every context that a test opens, and have tests and pages wait for a slow machine."""

    def watching(opened):
        def open_watched(*arguments, **options):
            context = opened(*arguments, **options)
            context.set_default_timeout(1000 * waiting.PATIENCE)
            context.add_init_script(waiting.stretched())
            return watched.watch(context)

        return open_watched

    with pytest.MonkeyPatch.context() as patch:
        for place, name in ((Browser, "new_context"), (BrowserType, "launch_persistent_context")):
            patch.setattr(place, name, watching(getattr(place, name)))
        yield
    expect_nothing_watched()


@pytest.fixture(autouse=True)
def nothing_watched(record_property):
    """Fail a test in which a page asks another origin, or a policy refuses something.

    A test that provokes either removes it from the list in `watched`.
    """
    yield
    counts = dict.fromkeys((*watched.KINDS, "other files", watched.IN_PAGE), 0)
    counts |= watched.requests | {"to other origins": len(watched.elsewhere)}
    record_property(tables.COUNTS, ("Requests", counts))
    watched.requests.clear()
    expect_nothing_watched()


def expect_nothing_watched():
    found = {"refused": watched.refused[:], "elsewhere": watched.elsewhere[:]}
    watched.refused.clear()
    watched.elsewhere.clear()
    assert found == {"refused": [], "elsewhere": []}


@pytest.fixture
def server(site):
    server = SiteServer(site)
    yield server
    server.stop()


@pytest.fixture
def visit(page, server):
    """Open the page, or load it again, and wait until it has started."""

    def visit():
        page.goto(server.address)
        wait_until_started(page)
        return page

    return visit


@pytest.fixture(scope="session")
def home(browser, browser_context_args, site):
    """Return a browser context in which all of the page is stored, and the page's address."""
    with has_visited(browser, browser_context_args, site, wait_until_offline_ready) as visited:
        context, server = visited
        yield context, server.address


@pytest.fixture
def ready(home):
    """Return the page, started in a new tab of a browser that has visited it before."""
    context, address = home
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    yield page
    page.close()


@pytest.fixture
def visit_offline_ready(visit):
    """Open the page and wait until all of it is stored for offline use."""

    def visit_offline_ready():
        page = visit()
        wait_until_offline_ready(page)
        return page

    return visit_offline_ready
