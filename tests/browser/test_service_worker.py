"""The service worker answers for its own files, as they were built, and for nothing else."""

import pytest

from tests.browser.drawing import eventually

GET = """async ([address, options]) => {
  const response = await fetch(address, options);
  return [response.status, (await response.text()).length > 0];
}"""
KEPT = """async () => {
  const cache = await caches.open("offline-digits-release");
  return (await cache.keys()).map(({ url }) => new URL(url).pathname);
}"""


@pytest.fixture
def own(site):
    """The address of one of the files on demand, relative to the page."""
    (file,) = site.glob("built/release-*/ort-wasm-simd-threaded.mjs")
    return file.relative_to(site).as_posix()


def test_it_answers_for_its_own_files_alone(visit_offline_ready, server):
    page = visit_offline_ready()
    server.requests.clear()

    def get(address, **options):
        return page.evaluate(GET, [address, options])

    for address in ("./", "style.css", "./?a=query", "built/site.js?a=query"):
        assert get(address) == [200, True]
    share = "fetch('share', { method: 'POST', body: new FormData() }).then(({ ok }) => ok)"
    assert page.evaluate(share) is True
    assert server.requests == []

    for address in (
        "unknown.js",
        "other/",
        "other/?a=query",
        "other/index.html",
        "other/style.css",
    ):
        assert get(address)[0] == 404
    for address in ("style.css", "other/share"):
        assert get(address, method="POST")[0] == 405
    assert [path.removeprefix("/") for path in server.requests] == [
        *("unknown.js", "other/", "other/", "other/index.html", "other/style.css"),
        *("style.css", "other/share"),
    ]
    # A way to another page below this one, where there is none.
    answer = page.goto(f"{server.address}other/?a=query")
    assert (answer.status, answer.from_service_worker) == (404, False)


def test_what_comes_on_demand_comes_as_it_was_built(visit_offline_ready, server, own):
    page = visit_offline_ready()
    others = ["/other/built/release-000000000000/a.mjs", "/built/release-000000000000/a.mjs"]
    for address in others:
        page.evaluate(
            "async (address) => (await caches.open('offline-digits-release'))"
            ".put(address, new Response('earlier'))",
            address,
        )
    server.faults[own] = "changed"
    get = f"fetch('{own}').then(({{ ok }}) => ok, () => 'refused')"
    assert page.evaluate(get) == "refused"
    assert page.evaluate(KEPT) == others
    server.faults.clear()
    assert page.evaluate(get) is True
    # Another page of this origin keeps its own.
    eventually(lambda: page.evaluate(KEPT), [others[0], f"/{own}"])
    asked = len(server.requests)
    assert page.evaluate(get) is True
    assert len(server.requests) == asked
