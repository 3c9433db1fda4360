import os

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from tests.browser.support import watched
from tests.browser.support.drawing import wait_until_offline_ready, wait_until_started
from tests.browser.support.returning import has_visited
from tests.browser.support.site import SiteServer
from tests.support import tables
from tools.env import chromium

expect.set_options(timeout=60_000)

OPTIMISE_LATER = "--js-flags=--wasm-tiering-budget=400000000"
"""Thirty times as many calls before Chromium optimises a function: that takes a third of a first
visit's work. The journeys, the faults, hostile files and the long use run without."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": os.environ.get("CHROMIUM") or chromium.find(),
        "args": [*chromium.ARGUMENTS, OPTIMISE_LATER],
    }


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"}


@pytest.fixture(scope="session", autouse=True)
def all_watched():
    """Watch every context, whoever opens it."""

    def watching(opened):
        return lambda *arguments, **options: watched.watch(opened(*arguments, **options))

    with pytest.MonkeyPatch.context() as patch:
        for place, name in ((Browser, "new_context"), (BrowserType, "launch_persistent_context")):
            patch.setattr(place, name, watching(getattr(place, name)))
        yield
    expect_nothing_noted()


@pytest.fixture(autouse=True)
def closed(record_property):
    """A test in which a page asks another origin, or a policy has to refuse anything, has failed.

    One that provokes it takes it out of the list.
    """
    yield
    counts = dict.fromkeys((*watched.KINDS, "other files", watched.MADE_HERE), 0)
    counts |= watched.requests | {"to other origins": len(watched.elsewhere)}
    record_property(tables.COUNTS, ("Requests", counts))
    watched.requests.clear()
    expect_nothing_noted()


def expect_nothing_noted():
    noted = {"refused": watched.refused[:], "elsewhere": watched.elsewhere[:]}
    watched.refused.clear()
    watched.elsewhere.clear()
    assert noted == {"refused": [], "elsewhere": []}


@pytest.fixture
def server(site):
    server = SiteServer(site)
    yield server
    server.stop()


@pytest.fixture
def visit(page, server):
    """Open the page, or open it again, and wait until the start has ended."""

    def visit():
        page.goto(server.address)
        wait_until_started(page)
        return page

    return visit


@pytest.fixture(scope="session")
def home(browser, browser_context_args, site):
    """A browser that has visited the page and keeps all of it, and the page's address."""
    with has_visited(browser, browser_context_args, site, wait_until_offline_ready) as visited:
        context, server = visited
        yield context, server.address


@pytest.fixture
def ready(home):
    """The page, in a new tab of a browser that has been here before."""
    context, address = home
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    yield page
    page.close()


@pytest.fixture
def visit_offline_ready(visit):
    """Open the page and wait until all of it is kept."""

    def visit_offline_ready():
        page = visit()
        wait_until_offline_ready(page)
        return page

    return visit_offline_ready
