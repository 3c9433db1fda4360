"""The service worker serves exactly the files of its own build, and no other files."""

import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import reload, wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tools.site import bundle

FETCH = """async ([address, options]) => {
  const response = await fetch(address, options);
  return [response.status, (await response.text()).length > 0];
}"""
SHARE = "fetch('share', { method: 'POST', body: new FormData() }).then(({ ok }) => ok)"
ADD_TO_CACHE = """async (addresses) => {
  const cache = await caches.open("offline-digits-release");
  for (const address of addresses) await cache.put(address, new Response("old"));
}"""
LIST_CACHE = """async () => {
  const cache = await caches.open("offline-digits-release");
  return (await cache.keys()).map(({ url }) => new URL(url).pathname);
}"""
OLD_VERSION = "/built/release-000000000000/a.mjs"
OTHER_PAGES_FILE = f"/other{OLD_VERSION}"


def test_the_service_worker_serves_only_files_of_its_own_build(
    visit_until_offline_ready, server, site
):
    page = visit_until_offline_ready()
    server.requests.clear()
    expect_own_files_are_served(page)
    # Other requests may come from what the page does after its start.
    assert not {"/", "/style.css", "/built/site.js", "/share"} & set(server.requests)
    expect_other_requests_reach_the_server(page, server)

    (file,) = site.glob("built/release-*/ort-wasm-simd-threaded.mjs")
    expect_on_demand_file_is_verified_and_cached(page, server, file.relative_to(site).as_posix())

    # The service worker does not handle a page in a subfolder; this one does not exist.
    response = page.goto(f"{server.address}other/?a=query")
    assert (response.status, response.from_service_worker) == (404, False)


def expect_own_files_are_served(page):
    """Expect that the page's own files, and pictures shared with it, are handled."""
    for address in ("./", "style.css", "./?a=query", "built/site.js?a=query"):
        assert page.evaluate(FETCH, [address, {}]) == [200, True], address
    assert page.evaluate(SHARE) is True


def expect_other_requests_reach_the_server(page, server):
    """Expect that requests for unknown files, and POST requests, go to the server."""
    server.requests.clear()
    unknown = ["unknown.js", "other/", "other/?a=query", "other/index.html", "other/style.css"]
    for address in unknown:
        assert page.evaluate(FETCH, [address, {}])[0] == 404, address
    posted = ["style.css", "other/share"]
    for address in posted:
        assert page.evaluate(FETCH, [address, {"method": "POST"}])[0] == 405, address
    expected = [f"/{address.removesuffix('?a=query')}" for address in (*unknown, *posted)]
    assert [path for path in server.requests if path in expected] == expected


def expect_on_demand_file_is_verified_and_cached(page, server, path):
    """Expect that a file that is loaded on demand is cached unless it was changed.

    The cached files of the page's earlier versions are then deleted; the files of other pages stay.
    """
    page.evaluate(ADD_TO_CACHE, [OTHER_PAGES_FILE, OLD_VERSION])
    get = f"fetch('{path}').then(({{ ok }}) => ok, () => 'refused')"
    server.faults[path] = "changed"
    assert page.evaluate(get) == "refused"
    assert page.evaluate(LIST_CACHE) == [OTHER_PAGES_FILE, OLD_VERSION]
    server.faults.clear()
    assert page.evaluate(get) is True
    requests_before = len(server.requests_for(path))
    assert page.evaluate(get) is True
    assert len(server.requests_for(path)) == requests_before
    reload(page)
    wait_for_value(lambda: page.evaluate(LIST_CACHE), [OTHER_PAGES_FILE, f"/{path}"])


CUSTOM_PAGE = """<!doctype html>
<title>A custom page</title>
<script type="module" src="built/run.js" data-main="main.py"></script>"""
NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"


@pytest.fixture(scope="module")
def custom_page(tmp_path_factory):
    """Return the folder of a custom page whose Python script is empty."""
    folder = tmp_path_factory.mktemp("custom_page")
    (folder / "index.html").write_text(CUSTOM_PAGE, "utf-8")
    (folder / "main.py").write_text("", "utf-8")
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(folder)
    return folder


FAULTS_OF_CUSTOM_PAGES = {
    "rejected": (
        {"service-worker.js": "closed connection"},
        "",
        "Failed to register a ServiceWorker",
    ),
    "a changed file": (
        {"index.html": "changed"},
        "",
        "index.html is not the file that was bundled",
    ),
    "a missing file": ({"index.html": "missing"}, "", "index.html is not on the server"),
    "no service worker": ({}, NO_SERVICE_WORKER, "The browser allows no service worker here"),
}
"""Faults of the server, a script that runs before the page, and the reason that the page gives."""


def test_a_custom_page_that_can_not_be_stored_reports_the_reason(context, custom_page, subtests):
    server = SiteServer(custom_page)
    errors = []
    for kind, (faults, script, reason) in FAULTS_OF_CUSTOM_PAGES.items():
        with subtests.test(kind):
            server.faults = faults
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.add_init_script(script)
            page.goto(server.address)
            html = page.locator("html")
            expect(html).to_have_attribute("data-offline", "failed")
            assert reason in html.get_attribute("data-offline-reason")
            assert errors == []
            page.close()
    server.stop()


def test_the_stored_page_is_isolated_as_the_server_sent_it(app_without_server):
    assert app_without_server.evaluate("crossOriginIsolated")
