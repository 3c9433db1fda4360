import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.library.in_page import publish_adder, visit
from tests.browser.start.test_snapshot import KEPT
from tests.browser.support.drawing import eventually
from tests.browser.support.returning import has_visited
from tests.support import bundling
from tools.site import bundle

PAGE = Path(__file__).parent / "page"


@pytest.fixture(scope="session")
def built():
    """The page's folder, without a model."""
    with bundling.lock():
        bundle.bundle_page(PAGE)
    return PAGE


@pytest.fixture
def folder(built, tmp_path):
    """The page's folder with a model of its own."""
    copy = tmp_path / "page"
    shutil.copytree(built, copy, copy_function=lambda a, b: Path(b).hardlink_to(a))
    publish_adder(copy, 1)
    return copy


@pytest.fixture(scope="session")
def known(browser, browser_context_args, built):
    """A browser that has visited the page and keeps all but models, and the page's server."""

    def wait(page):
        expect(page.locator("html")).to_have_attribute("data-offline", "ready")
        eventually(lambda: page.evaluate(KEPT) != [], True)

    with has_visited(browser, browser_context_args, built, wait) as visited:
        yield visited


@pytest.fixture
def server(known, folder):
    _, server = known
    server.serve(folder)
    return server


@pytest.fixture
def library(known, server):
    """The page, in a browser that keeps no model and has heard of none."""
    context, _ = known
    page = context.new_page()
    yield visit(page, server)
    devtools = context.new_cdp_session(page)
    stored = {"origin": server.address.rstrip("/"), "storageTypes": "indexeddb,local_storage"}
    devtools.send("Storage.clearDataForOrigin", stored)
    devtools.send("Network.clearBrowserCache")
    context.clear_cookies()
    for tab in context.pages:
        tab.close()
