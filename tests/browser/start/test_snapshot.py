"""The first start stores a snapshot of Python's memory; later starts restore it if it is valid."""

from playwright.sync_api import expect

from tests.browser.support.drawing import expect_works, wait_for_value
from tests.browser.support.first_visit import STORED_SNAPSHOTS

# Damages the stored snapshot, or stores it under the address of another build.
DAMAGE_SNAPSHOT = """
async (change) => {
  const [[name, url]] = await (STORED_SNAPSHOTS)();
  const cache = await caches.open(name);
  const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(32);
  let written = bytes;
  if (change === "another memory") {
    written = bytes.map((byte, index) => (index < bytes.length - 5000 ? byte : byte ^ 255));
  } else if (change === "cut") {
    written = bytes.slice(0, bytes.length / 2);
  } else if (change === "no state") {
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(36, 36 + length)));
    head.state = { hiwireKeys: [{ path: ["document"] }], immortalKeys: [] };
    const text = new TextEncoder().encode(JSON.stringify(head).padEnd(length));
    written.set(text, 36);
    written.set(new Uint8Array(await crypto.subtle.digest("SHA-256", written.subarray(32))));
  }
  if (change === "another build") {
    await cache.delete(url);
    await cache.put(url.replace("pyodide-", "pyodide-0"), new Response(written));
  } else {
    await cache.put(url, new Response(written));
  }
}
""".replace("STORED_SNAPSHOTS", STORED_SNAPSHOTS.strip())


def expect_start(page, how):
    """Wait until Python has started in this way.

    Args:
        page: the app's page.
        how: "restored" from a snapshot, "created" with a new snapshot, or "plain", without one.
    """
    expect(page.locator("html")).to_have_attribute("data-python", how)


def stored_snapshot(page):
    """Wait until one snapshot is stored; return its URL in the Cache Storage."""
    wait_for_value(lambda: len(page.evaluate(STORED_SNAPSHOTS)), 1)
    ((_, url),) = page.evaluate(STORED_SNAPSHOTS)
    return url


def test_later_starts_restore_the_snapshot_and_can_import_modules(app_without_server):
    page = app_without_server
    expect_start(page, "restored")
    expect_works(page)
    page.reload()
    expect_start(page, "restored")
    expect_works(page)
    import_again = """
import importlib, sys
sys.modules.pop("bisect", None)
try:
    found = importlib.import_module("bisect").__name__
except Exception:
    found = ""
found
"""
    wait_for_value(lambda: page.evaluate("code => pyodide.runPython(code)", import_again), "bisect")


def test_a_start_replaces_a_snapshot_that_is_damaged_or_of_another_build(
    app_without_server, subtests
):
    page = app_without_server
    url = stored_snapshot(page)
    for change in ("another memory", "cut", "another build", "no state"):
        with subtests.test(change):
            page.evaluate(DAMAGE_SNAPSHOT, change)
            page.reload()
            expect_start(page, "created")
            expect_works(page)
            assert stored_snapshot(page) == url
    page.reload()
    expect_start(page, "restored")
    expect_works(page)


def test_python_starts_without_a_snapshot_if_no_worker_can_create_one(page, server):
    page.add_init_script("delete window.Worker")
    page.goto(server.address)
    expect_start(page, "plain")
    expect_works(page)


def test_a_failed_download_leaves_the_snapshot_stored(page, server):
    page.add_init_script("delete Navigator.prototype.serviceWorker")  # the files are downloaded
    page.goto(server.address)
    expect_works(page)
    stored_snapshot(page)
    page.route("**/pyodide.data", lambda route: route.fulfill(status=500))
    page.reload()
    expect(page.locator("#failure")).to_be_visible()
    page.unroute_all()
    page.reload()
    expect_start(page, "restored")
