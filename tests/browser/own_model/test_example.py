"""The example page, which names colours; its model is trained when the page is built."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER
from tests.browser.support.database import current_versions
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tools import example
from tools.site import bundle
from tools.site.page import TEMPLATE


def run_in_thread(function, *arguments, **keywords):
    """Call a function in another thread; return its result.

    Playwright's event loop may run in this thread, so that `asyncio.run` would fail here.
    """
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(function, *arguments, **keywords).result()


@pytest.fixture(scope="module")
def built_page(tmp_path_factory):
    """Build the example page, as `build.py example` does, and return its folder."""
    folder = tmp_path_factory.mktemp("example") / "page"
    shutil.copytree(
        example.FOLDER,
        folder,
        ignore=shutil.ignore_patterns(BUILT, SERVICE_WORKER, "*.onnx", "*.json"),
    )
    with bundling.without_compression():
        run_in_thread(example.build, folder)
    return folder


@pytest.fixture
def server(built_page, tmp_path):
    """Return a server of a copy of the page, in which a test can replace the model."""
    server = SiteServer(shutil.copytree(built_page, tmp_path / "page"))
    yield server
    server.stop()


def expect_name(page, name):
    """Wait until the page shows this name of the colour."""
    expect(page.locator("#name")).to_have_text(re.compile(rf"^{name}, \d+ %$"))


def expect_works(page, origin):
    """Expect that the page names colours, and shows this text about the origin of its model."""
    expect_name(page, "orange")
    expect(page.locator("#origin")).to_have_text(origin)
    for colour, name in (("#1040e0", "blue"), ("#ffffff", "white"), ("#8b4513", "brown")):
        page.get_by_label("Pick any colour").fill(colour)
        expect_name(page, name)


def expect_offline_ready(page):
    """Wait until the page shows that it is stored for offline use."""
    page.locator("html[data-offline=ready]").wait_for()
    expect(page.get_by_text("Ready to work offline")).to_be_visible()


DOWNLOADED = "Model {} was downloaded, and is now stored on this device."
STORED = "Model {} was stored on this device. Nothing was downloaded."


def test_one_visit_stores_the_page_and_its_model_for_offline_use_and_updates(
    page, server, subtests
):
    """Visit the page, reload it without a server, then with another model on the server."""
    with subtests.test("the first visit obeys the policy and requests only its own origin"):
        expect_visit_obeys_policy(page, server)
    with subtests.test("without a server"):
        expect_works_without_server(page, server)
    server.start()
    with subtests.test("a new model is used by the visit after the one that downloads it"):
        expect_new_model_is_used_by_next_visit(page, server)


def expect_visit_obeys_policy(page, server):
    """Visit the page for the first time; expect no other origin, no violation and no error."""
    page.add_init_script(
        """window.violations = [];
        addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective));"""
    )
    requested, failed, errors = [], [], []
    page.on("request", lambda request: requested.append(request.url))
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    page.on("console", lambda m: errors.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.address)
    expect_works(page, DOWNLOADED.format(1))
    size = (server.folder / "color.onnx").stat().st_size
    expect(page.locator("#bytes")).to_have_text(f"{size:,} of {size:,} bytes")
    expect_offline_ready(page)
    assert len(server.requests_for(".onnx")) == 1
    assert page.evaluate("violations") == []
    policies = [
        re.search(r'Content-Security-Policy"\s+content="([^"]*)"', file.read_text("utf-8"))[1]
        for file in (server.folder / "index.html", bundle.WEB / TEMPLATE)
    ]
    # The app's policy also allows a web app manifest, pictures from files and a worker for models.
    expected = policies[1]
    for addition in ("manifest-src 'self'; ", " blob:", " model-worker"):
        expected = expected.replace(addition, "")
    assert policies[0] == expected
    assert requested
    assert {
        url for url in requested if not url.startswith((server.address, "data:", "blob:"))
    } == set()
    assert failed == []
    assert errors == []


def expect_works_without_server(page, server):
    """Stop the server and reload the page; expect that it works, and downloads no model."""
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    server.stop()
    page.reload()
    expect_name(page, "orange")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Pick any colour")).to_be_focused()
    expect_works(page, STORED.format(1))
    expect_offline_ready(page)
    assert requested
    assert [url for url in requested if ".onnx" in url] == []
    assert len(server.requests_for(".onnx")) == 1


def expect_new_model_is_used_by_next_visit(page, server):
    """Publish another model; expect that a visit downloads it, and that the next one uses it."""
    # Only color.onnx and color.json are replaced; the built page stays as it is.
    run_in_thread(example.build_model, server.folder, seed=2)
    new_digest = json.loads((server.folder / "color.json").read_text("utf-8"))["sha256"]
    page.reload()
    expect_works(page, STORED.format(1))
    wait_for_value(lambda: list(current_versions(page).values()), [new_digest])
    page.get_by_label("Pick any colour").fill("#00aa00")
    expect_name(page, "green")
    expect(page.locator("#origin")).to_have_text(STORED.format(1))
    server.stop()
    page.reload()
    expect_works(page, STORED.format(2))
    server.start()


def test_a_missing_file_is_reported_and_the_next_visit_works(page, server):
    server.faults["main.py"] = "missing"
    page.goto(server.address)
    failure = page.get_by_role("alert")
    expect(failure).to_have_text("main.py: status 404")

    server.faults = {"color.onnx": "missing"}
    page.reload()
    expect(failure).to_contain_text("color.onnx with status 404")
    expect(page.locator("#name")).to_be_hidden()
    server.faults.clear()
    page.reload()
    expect_works(page, DOWNLOADED.format(1))
    expect(failure).to_be_hidden()
