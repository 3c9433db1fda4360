"""The service worker serves its own files, exactly as built, and nothing else."""

import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import reload, wait_for_value
from tests.browser.support.site import SiteServer
from tests.support import bundling
from tools.site import bundle

GET = """async ([address, options]) => {
  const response = await fetch(address, options);
  return [response.status, (await response.text()).length > 0];
}"""
SHARE = "fetch('share', { method: 'POST', body: new FormData() }).then(({ ok }) => ok)"
STORE = """async (addresses) => {
  const cache = await caches.open("offline-digits-release");
  for (const address of addresses) await cache.put(address, new Response("earlier"));
}"""
STORED = """async () => {
  const cache = await caches.open("offline-digits-release");
  return (await cache.keys()).map(({ url }) => new URL(url).pathname);
}"""
EARLIER = "/built/release-000000000000/a.mjs"
ANOTHERS = f"/other{EARLIER}"


def test_it_serves_its_own_files_alone_and_exactly_as_built(
    visit_until_offline_ready, server, site
):
    page = visit_until_offline_ready()
    server.requests.clear()
    expect_own_files_without_the_server(page)
    assert server.requests == []
    expect_all_else_from_the_server(page, server)

    (file,) = site.glob("built/release-*/ort-wasm-simd-threaded.mjs")
    expect_what_is_on_demand_as_it_was_built(page, server, file.relative_to(site).as_posix())

    # A page below this one, which does not exist.
    answer = page.goto(f"{server.address}other/?a=query")
    assert (answer.status, answer.from_service_worker) == (404, False)


def expect_own_files_without_the_server(page):
    for address in ("./", "style.css", "./?a=query", "built/site.js?a=query"):
        assert page.evaluate(GET, [address, {}]) == [200, True], address
    assert page.evaluate(SHARE) is True


def expect_all_else_from_the_server(page, server):
    server.requests.clear()
    unknown = ["unknown.js", "other/", "other/?a=query", "other/index.html", "other/style.css"]
    for address in unknown:
        assert page.evaluate(GET, [address, {}])[0] == 404, address
    sent = ["style.css", "other/share"]
    for address in sent:
        assert page.evaluate(GET, [address, {"method": "POST"}])[0] == 405, address
    asked = [f"/{address.removesuffix('?a=query')}" for address in (*unknown, *sent)]
    assert server.requests == asked


def expect_what_is_on_demand_as_it_was_built(page, server, path):
    """Expect that files of earlier versions are deleted, and files of other pages stay."""
    page.evaluate(STORE, [ANOTHERS, EARLIER])
    get = f"fetch('{path}').then(({{ ok }}) => ok, () => 'refused')"
    server.faults[path] = "changed"
    assert page.evaluate(get) == "refused"
    assert page.evaluate(STORED) == [ANOTHERS, EARLIER]
    server.faults.clear()
    assert page.evaluate(get) is True
    asked = len(server.requests)
    assert page.evaluate(get) is True
    assert len(server.requests) == asked
    reload(page)
    wait_for_value(lambda: page.evaluate(STORED), [ANOTHERS, f"/{path}"])


CUSTOM_PAGE = """<!doctype html>
<title>A page of one's own</title>
<script type="module" src="built/run.js" data-main="main.py"></script>"""
NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"


@pytest.fixture(scope="module")
def custom_page(tmp_path_factory):
    """The folder of a page of one's own, with a script that does nothing."""
    folder = tmp_path_factory.mktemp("custom_page")
    (folder / "index.html").write_text(CUSTOM_PAGE, "utf-8")
    (folder / "main.py").write_text("", "utf-8")
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(folder)
    return folder


@pytest.mark.parametrize(
    ("faults", "script", "reason"),
    [
        ({"service-worker.js": "gone"}, "", "Failed to register a ServiceWorker"),
        ({"index.html": "changed"}, "", "A file of the page could not be downloaded or stored"),
        ({}, NO_SERVICE_WORKER, "The browser allows no service worker here"),
    ],
    ids=["rejected", "a changed file", "no service worker"],
)
def test_a_custom_page_that_can_not_be_stored_says_so_and_why(
    page, custom_page, faults, script, reason
):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(script)
    server = SiteServer(custom_page)
    server.faults.update(faults)
    page.goto(server.address)
    html = page.locator("html")
    expect(html).to_have_attribute("data-offline", "failed")
    assert reason in html.get_attribute("data-offline-reason")
    assert errors == []
    server.stop()
