"""Fixtures: the library's test page, which is in page/; its server; and a tab that shows it."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import clear_storage, closing_tabs
from tests.browser.library.in_page import RUN, publish_adder, visit
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.first_visit import STORED_SNAPSHOTS, visited_server
from tests.support import bundling
from tools.site import bundle

PAGE = Path(__file__).parent / "page"
# If a check for an update still used the database when the stored data is deleted, its transaction
# would never end. The next test would wait for its lock until the time limit.
CANCEL_TASKS = """
import asyncio
others = asyncio.all_tasks() - {asyncio.current_task()}
for task in others:
    task.cancel()
await asyncio.gather(*others, return_exceptions=True)
"""


@pytest.fixture(scope="session")
def built():
    """Build the page and return its folder, which contains no model."""
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(PAGE)
    return PAGE


@pytest.fixture
def folder(built, tmp_path):
    """Return a copy of the built page's folder, with version 1 of the model `adder`."""
    copy = tmp_path / "page"
    shutil.copytree(built, copy, copy_function=lambda a, b: Path(b).hardlink_to(a))
    publish_adder(copy, 1)
    return copy


@pytest.fixture(scope="session")
def visited_library_server(shared_context, built):
    """Yield the server of the test page, which the browser has stored for offline use."""

    def wait(page):
        expect(page.locator("html")).to_have_attribute("data-offline", "ready")
        wait_for_value(lambda: page.evaluate(STORED_SNAPSHOTS) != [], True)

    with visited_server(shared_context, built, wait) as (server, _):
        yield server


@pytest.fixture
def server(visited_library_server, folder):
    """Return the server, which serves `folder`."""
    visited_library_server.serve_folder(folder)
    return visited_library_server


@pytest.fixture(scope="session")
def library_tabs():
    """Return the list of open tabs that tests share: one tab, or none."""
    return []


@pytest.fixture
def library_page(request, shared_context, server, library_tabs):
    """Yield the library's test page, with no stored model. Afterwards, delete the stored models.

    Tests share its tab, in which Python has started. A test that changes the page, such as a
    function of its browser or of its Python, uses `own_library_page`. After a failure, the next
    test gets a new tab.
    """
    if not library_tabs:
        library_tabs.append(visit(shared_context.new_page(), server))
    (page,) = library_tabs
    failures = request.session.testsfailed
    yield page
    has_failed = request.session.testsfailed != failures
    if not has_failed:
        page.evaluate(RUN, CANCEL_TASKS)
    clear_stored_data(shared_context, server)
    if has_failed:
        library_tabs.clear()
        page.close()


@pytest.fixture
def own_library_page(shared_context, server):
    """Yield the library's test page in a tab of its own. Afterwards, delete the stored models.

    All tabs of the test are closed before that, because a download that still runs in a tab would
    store chunks again.
    """
    with closing_tabs(shared_context):
        yield visit(shared_context.new_page(), server)
    clear_stored_data(shared_context, server)


def clear_stored_data(context, server):
    """Delete the models that a server's pages have stored, the HTTP cache and the cookies."""
    clear_storage(context, server, "indexeddb,local_storage")
    devtools = context.new_cdp_session(context.pages[0])
    devtools.send("Network.clearBrowserCache")
    devtools.detach()
    context.clear_cookies()
