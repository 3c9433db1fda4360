"""The first start stores a snapshot of Python's memory; later starts restore it if it is valid."""

import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import (
    expect_works,
    wait_for_value,
    wait_until_offline_ready,
    wait_until_started,
)
from tests.browser.support.first_visit import visited_context

STORED_SNAPSHOTS = """
async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("python-snapshot"));
  const entries = await Promise.all(
    names.map(async (name) => {
      const cache = await caches.open(name);
      return (await cache.keys()).map(({ url }) => [name, url]);
    }),
  );
  return entries.flat();
}
"""
REWRITE_SNAPSHOT = """
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
    """Wait until Python has started in the given way: see `startPython` in python.js."""
    expect(page.locator("html")).to_have_attribute("data-python", how)


def stored_snapshot(page):
    """Wait until one snapshot is stored; return its URL in the Cache Storage."""
    wait_for_value(lambda: len(page.evaluate(STORED_SNAPSHOTS)), 1)
    ((_, url),) = page.evaluate(STORED_SNAPSHOTS)
    return url


@pytest.fixture(scope="module")
def visited(browser, browser_context_args, site):
    """Return a browser context that has stored the page and a snapshot, and the server."""

    def wait(page):
        wait_until_offline_ready(page)
        expect_start(page, "created")
        stored_snapshot(page)

    with visited_context(browser, browser_context_args, site, wait) as visited:
        yield visited


@pytest.fixture
def returning(visited):
    """Return the page, loaded again from its stored files while the server is stopped."""
    context, server = visited
    server.stop()
    page = context.new_page()
    page.goto(server.address)
    wait_until_started(page)
    yield page
    page.close()
    server.start()


def test_later_starts_restore_the_snapshot_of_the_first(returning):
    expect_start(returning, "restored")
    expect_works(returning)
    returning.reload()
    expect_start(returning, "restored")
    expect_works(returning)


def test_python_can_import_more_modules_after_a_restored_start(returning):
    returning.reload()
    expect_works(returning)
    import_again = """
import importlib, sys
sys.modules.pop("bisect", None)
try:
    found = importlib.import_module("bisect").__name__
except Exception:
    found = ""
found
"""
    wait_for_value(
        lambda: returning.evaluate("code => pyodide.runPython(code)", import_again), "bisect"
    )


@pytest.mark.parametrize("change", ["another memory", "cut", "another build", "no state"])
def test_a_start_replaces_a_snapshot_that_is_damaged_or_of_another_build(returning, change):
    url = stored_snapshot(returning)
    returning.evaluate(REWRITE_SNAPSHOT, change)
    returning.reload()
    expect_start(returning, "created")
    expect_works(returning)
    assert stored_snapshot(returning) == url
    returning.reload()
    expect_start(returning, "restored")
    expect_works(returning)


def test_python_starts_without_a_snapshot_if_no_worker_can_create_one(page, server):
    page.add_init_script("delete window.Worker")
    page.goto(server.address)
    expect_start(page, "plain")
    expect_works(page)
