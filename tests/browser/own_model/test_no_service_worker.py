"""A page that is published without a service worker, after a version with one."""

import pytest
from playwright.sync_api import expect

from offline_onnx_page.site.page import PageBuild, build_page
from tests.browser.own_model.test_worker import POLICY
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tools.cache import SCRATCH
from tools.site import bundle

HTML = f"""<!doctype html><html><head><meta charset="utf-8">{POLICY}<title>Page</title>
<script type="module" src="built/run.js" data-main="main.py"></script>
</head><body><output id="answer"></output></body></html>"""


@pytest.fixture
def publish(tmp_path):
    """Return a function that builds the page, with another text, into the served folder."""
    with bundling.lock():
        prebuilt = bundle.prebuilt()
    source, site = tmp_path / "page", tmp_path / "site"
    source.mkdir()
    (source / "index.html").write_text(HTML)

    def publish(text, **options):
        line = f'from js import document; document.querySelector("output").textContent = "{text}"'
        (source / "main.py").write_text(line)
        build_page(
            PageBuild(source, site, prebuilt, scratch=SCRATCH, compress=lambda _: None, **options)
        )
        return site

    return publish


def test_browsers_that_have_a_service_worker_remove_it(page, publish):
    server = SiteServer(publish("one"))
    try:
        page.goto(server.address)
        page.locator("html[data-offline=ready]").wait_for()
        publish("two", has_service_worker=False)
        page.reload()  # the service worker still answers, and is updated
        registrations = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
        wait_for_value(lambda: page.evaluate(registrations), 0)
        assert [name for name in page.evaluate("caches.keys()") if "precache" in name] == []
        page.reload()
        expect(page.locator("#answer")).to_have_text("two")
        page.locator("html[data-offline=off]").wait_for()
        publish("three")
        page.reload()
        expect(page.locator("#answer")).to_have_text("three")
        page.locator("html[data-offline=ready]").wait_for()
    finally:
        server.stop()
