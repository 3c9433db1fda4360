"""The service worker: which requests it answers, and what a page says if it can't be installed."""

import pytest
from playwright.sync_api import expect

from tests.browser.support import missing_features
from tests.browser.support.drawing import reload, wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tools.site import bundle

# Fetches an address; returns the response's status, and whether it has a body.
FETCH = """async ([address, options]) => {
  const response = await fetch(address, options);
  return [response.status, (await response.text()).length > 0];
}"""
# Sends the request with which an installed app shares a picture, but without a picture.
SHARE = "fetch('share', { method: 'POST', body: new FormData() }).then(({ ok }) => ok)"
ADD_TO_CACHE = """async (addresses) => {
  const cache = await caches.open("offline-digits-release");
  for (const address of addresses) await cache.put(address, new Response("old"));
}"""
LIST_CACHE = """async () => {
  const cache = await caches.open("offline-digits-release");
  return (await cache.keys()).map(({ url }) => new URL(url).pathname);
}"""
OLD_FILE = "/built/release-000000000000/a.mjs"
"""A file of an earlier version of the page."""
OTHER_PAGES_FILE = f"/other{OLD_FILE}"


def test_the_service_worker_serves_only_files_of_its_own_build(
    visit_until_offline_ready, server, site
):
    page = visit_until_offline_ready()
    server.requests.clear()
    expect_own_files_are_served(page)
    # The page may still make other requests after its start.
    assert not {"/", "/style.css", "/built/site.js", "/share"} & set(server.requests)
    expect_other_requests_reach_the_server(page, server)

    (file,) = site.glob("built/release-*/ort-wasm-simd-threaded.mjs")
    expect_on_demand_file_is_verified_and_cached(page, server, file.relative_to(site).as_posix())

    # A page in a subfolder is requested from the server, which has no such page.
    response = page.goto(f"{server.address}other/?a=query")
    assert (response.status, response.from_service_worker) == (404, False)


def expect_own_files_are_served(page):
    """Expect that the page's own files can be fetched, and that pictures can be shared with it."""
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
    """Expect that a file that is loaded on demand is cached, but not if it was changed.

    Once the file is cached, the next start deletes the cached files of the page's earlier versions,
    but not those of other pages.
    """
    page.evaluate(ADD_TO_CACHE, [OTHER_PAGES_FILE, OLD_FILE])
    get = f"fetch('{path}').then(({{ ok }}) => ok, () => 'refused')"
    server.faults[path] = "changed"
    assert page.evaluate(get) == "refused"
    assert page.evaluate(LIST_CACHE) == [OTHER_PAGES_FILE, OLD_FILE]
    server.faults.clear()
    assert page.evaluate(get) is True
    # It is cached after its response.
    cached = [OTHER_PAGES_FILE, OLD_FILE, f"/{path}"]
    wait_for_value(lambda: page.evaluate(LIST_CACHE), cached)
    requests_before = len(server.requests_for(path))
    assert page.evaluate(get) is True
    assert len(server.requests_for(path)) == requests_before
    reload(page)
    wait_for_value(lambda: page.evaluate(LIST_CACHE), [OTHER_PAGES_FILE, f"/{path}"])


CUSTOM_PAGE = """<!doctype html>
<title>A custom page</title>
<script type="module" src="built/run.js" data-main="main.py"></script>"""


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
    "a missing file": (
        {"index.html": "missing"},
        "",
        "index.html can't be loaded: the server answered with status 404",
    ),
    "no service worker": (
        {},
        missing_features.NO_SERVICE_WORKER,
        "The browser allows no service worker here",
    ),
}
"""For each case: the faults of the server, a script that runs before those of the page, and the
reason that the page states."""


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


def test_the_stored_page_is_cross_origin_isolated(app_without_server):
    assert app_without_server.evaluate("crossOriginIsolated")
