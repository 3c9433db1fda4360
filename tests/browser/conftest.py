"""Fixtures of the tests in Chromium: a browser context, servers, and the app's page.

Almost all tests share one browser context, so that the browser compiles the page's WebAssembly only
once. A test's own server has a port of its own, and so an origin that has stored nothing yet.

A first visit takes three times as long as a later one. Tests that don't need an empty browser
therefore use `app`, a tab in which the page starts from its stored files, or `shared_app`, a tab in
which it has already started.
"""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from offline_onnx_page.serving.server import ISOLATION
from tests.browser.support import request_log
from tests.browser.support.drawing import (
    wait_for_value,
    wait_until_offline_ready,
    wait_until_started,
)
from tests.browser.support.first_visit import STORED_SNAPSHOTS, visited_server
from tests.browser.support.optimisation import NO_OPTIMISATION
from tests.browser.support.shared_tab import VIEWPORT, SharedTab
from tests.browser.support.site_server import SiteServer
from tests.support import tables, time_limits
from tools.env import engines

expect.set_options(timeout=1000 * time_limits.TIMEOUT)

SHARE_PROCESS = "--process-per-site"
"""Make all tabs of a browser context share a process, and therefore V8's compiled code.

That saves a third of the work of a first visit, and almost half of the work of a later visit. The
tests in tests/journeys/ don't use this flag.
"""
EMPTY_PAGE = "http://localhost/"
"""The address of an empty page, which is always open: it keeps the shared process alive between
tests."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Return the options with which pytest-playwright starts Chromium."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or engines.find_chromium(),
        "args": [*engines.CHROMIUM_ARGUMENTS, NO_OPTIMISATION, SHARE_PROCESS],
    }


@pytest.fixture(scope="session")
def browser_context_args():
    """Return the options with which pytest-playwright creates browser contexts."""
    return {
        "viewport": VIEWPORT,
        "locale": "en-US",
        "reduced_motion": "reduce",  # because painting an animation takes a third of a core
    }


@pytest.fixture(scope="session", autouse=True)
def record_all_contexts():
    """Record the requests of every browser context; lengthen the time limits of tests and pages."""

    def recording(open_context):
        # tests/stress also has this fixture, so it may run twice.
        if hasattr(open_context, "records_requests"):
            return open_context

        def open_recorded(*arguments, **options):
            context = open_context(*arguments, **options)
            context.set_default_timeout(1000 * time_limits.TIMEOUT)
            context.add_init_script(time_limits.page_timeouts_script())
            return request_log.record_context(context)

        open_recorded.records_requests = True
        return open_recorded

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Browser, "new_context"), (BrowserType, "launch_persistent_context")):
            patch.setattr(owner, name, recording(getattr(owner, name)))
        yield
    expect_empty_request_log()


@pytest.fixture(autouse=True)
def fail_on_unexpected_requests(record_property):
    """Fail a test that causes a cross-origin request or a violation of the page's policy.

    A test that causes one on purpose removes it from the lists in `request_log`. The numbers of
    requests are added to a printed table.
    """
    yield
    counts = dict.fromkeys((*request_log.KINDS, "other files", request_log.IN_PAGE), 0)
    counts |= request_log.counts | {"to other origins": len(request_log.cross_origin)}
    record_property(tables.COUNTS_PROPERTY, ("Requests", counts))
    request_log.counts.clear()
    expect_empty_request_log()


def expect_empty_request_log():
    """Fail if cross-origin requests or policy violations are recorded; empty both lists."""
    found = {
        "csp_violations": request_log.csp_violations[:],
        "cross_origin": request_log.cross_origin[:],
    }
    request_log.csp_violations.clear()
    request_log.cross_origin.clear()
    assert found == {"csp_violations": [], "cross_origin": []}


@pytest.fixture(scope="session")
def shared_context(browser, browser_context_args):
    """Return the browser context that the tests share."""
    context = browser.new_context(**browser_context_args)
    empty_page = context.new_page()
    empty_page.route(EMPTY_PAGE, lambda route: route.fulfill(body="", headers=ISOLATION))
    empty_page.goto(EMPTY_PAGE)
    yield context
    context.close()


@contextmanager
def closing_tabs(context):
    """At the end of the `with` block, close the tabs that were opened in it.

    Args:
        context: the browser context of the tabs.
    """
    earlier_tabs = context.pages
    yield
    for tab in context.pages:
        if tab not in earlier_tabs:
            tab.close()


@pytest.fixture
def context(shared_context):
    """Return the browser context that the tests share; afterwards, close the test's tabs."""
    with closing_tabs(shared_context):
        yield shared_context


@pytest.fixture
def page(context):
    """Return a new tab."""
    return context.new_page()


@pytest.fixture
def server(shared_context, site):
    """Return a running server of the built site; afterwards, delete what its page has stored."""
    server = SiteServer(site)
    yield server
    server.stop()
    clear_storage(shared_context, server, "all")


def clear_storage(context, server, kinds):
    """Delete what the pages of a server have stored.

    Args:
        context: the browser context that the tests share.
        server: the server.
        kinds: the DevTools protocol's names of kinds of storage, separated by commas, such as
            "indexeddb,local_storage"; or "all".
    """
    devtools = context.new_cdp_session(context.pages[0])
    origin = server.address.rstrip("/")
    devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    devtools.detach()


@pytest.fixture
def visit(page, server):
    """Return a function that opens the app's page, waits until it has started, and returns it."""

    def visit():
        page.goto(server.address)
        wait_until_started(page)
        return page

    return visit


@pytest.fixture(scope="session")
def first_visit(shared_context, site):
    """Visit the page until its files and a snapshot of Python are stored.

    Return the running server, and the `VisitLog` of the visit.
    """

    def wait(page):
        wait_until_offline_ready(page)
        wait_for_value(lambda: len(page.evaluate(STORED_SNAPSHOTS)), 1)

    with visited_server(shared_context, site, wait) as visit:
        yield visit


@pytest.fixture(scope="session")
def visit_log(first_visit):
    """Return the `VisitLog` of `first_visit`."""
    return first_visit[1]


@pytest.fixture(scope="session")
def visited_context_and_server(shared_context, first_visit):
    """Return the shared browser context and the server whose page it has visited and stored.

    A test that stops the server must start it again: see `app_without_server`.
    """
    return shared_context, first_visit[0]


@pytest.fixture(scope="session")
def visited_site(visited_context_and_server):
    """Return the shared browser context, and the address of the page that it has stored."""
    context, server = visited_context_and_server
    return context, server.address


@pytest.fixture
def app_without_server(visited_context_and_server):
    """Return the app's page, started in a new tab from its stored files; the server is stopped."""
    context, server = visited_context_and_server
    server.stop()
    page = context.new_page()
    page.goto(server.address)
    wait_until_started(page)
    yield page
    page.close()
    server.start()


@pytest.fixture
def app(visited_site):
    """Return the app's page, started in a new tab from its stored files."""
    context, address = visited_site
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    yield page
    page.close()


@pytest.fixture(scope="session")
def shared_tab(visited_site):
    """Return the `SharedTab`, whose page the fixture `shared_app` returns."""
    shared_tab = SharedTab(*visited_site)
    yield shared_tab
    shared_tab.close()


@pytest.fixture
def shared_app(request, shared_tab):
    """Return the app's page with an empty sheet, in a tab that tests share.

    For tests that draw, teach, and use the page's controls and panels. `SharedTab.reset` says what
    is restored before the next test. A test that reloads the page, or whose changes `reset` does
    not undo, uses `app` instead. After a failure, the next test gets a new tab.
    """
    failures = request.session.testsfailed
    yield shared_tab.page()
    if request.session.testsfailed != failures:
        shared_tab.close()


@pytest.fixture
def visit_until_offline_ready(visit):
    """Return a function that opens the page and waits until it is stored for offline use."""

    def visit_until_offline_ready():
        page = visit()
        wait_until_offline_ready(page)
        return page

    return visit_until_offline_ready
