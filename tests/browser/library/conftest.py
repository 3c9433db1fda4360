"""Fixtures: the test page of the library, its server, and a browser tab that shows it."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.library.in_page import publish_adder, visit
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.first_visit import STORED_SNAPSHOTS, visited_context
from tests.support import bundling
from tools.site import bundle

PAGE = Path(__file__).parent / "page"


@pytest.fixture(scope="session")
def built():
    """Build the page `page/` and return its folder, which contains no model."""
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(PAGE)
    return PAGE


@pytest.fixture
def folder(built, tmp_path):
    """Return a copy of the built page's folder, with the adder model in version 1."""
    copy = tmp_path / "page"
    shutil.copytree(built, copy, copy_function=lambda a, b: Path(b).hardlink_to(a))
    publish_adder(copy, 1)
    return copy


@pytest.fixture(scope="session")
def visited_browser(browser, browser_context_args, built):
    """Yield a browser context that has stored the page for offline use, and the page's server."""

    def wait(page):
        expect(page.locator("html")).to_have_attribute("data-offline", "ready")
        wait_for_value(lambda: page.evaluate(STORED_SNAPSHOTS) != [], True)

    with visited_context(browser, browser_context_args, built, wait) as visited:
        yield visited


@pytest.fixture
def server(visited_browser, folder):
    """Return the server, which serves `folder`."""
    _, server = visited_browser
    server.serve_folder(folder)
    return server


@pytest.fixture
def library(visited_browser, server):
    """Yield the page in a new tab; no model is stored. Afterwards, delete the stored models."""
    context, _ = visited_browser
    page = context.new_page()
    yield visit(page, server)
    devtools = context.new_cdp_session(page)
    stored = {"origin": server.address.rstrip("/"), "storageTypes": "indexeddb,local_storage"}
    devtools.send("Storage.clearDataForOrigin", stored)
    devtools.send("Network.clearBrowserCache")
    context.clear_cookies()
    for tab in context.pages:
        tab.close()
