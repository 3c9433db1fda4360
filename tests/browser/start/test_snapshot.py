"""A snapshot of Python's memory is stored after the first start; damaged, it is not used."""

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
REWRITE = """
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


def started(page, how):
    expect(page.locator("html")).to_have_attribute("data-python", how)


def stored_snapshot(page):
    """Wait until one snapshot is stored; return its address."""
    wait_for_value(lambda: len(page.evaluate(STORED_SNAPSHOTS)), 1)
    ((_, url),) = page.evaluate(STORED_SNAPSHOTS)
    return url


@pytest.fixture(scope="module")
def visited(browser, browser_context_args, site):
    """Return a browser that has visited the page and stored all of it, and the server."""

    def wait(page):
        wait_until_offline_ready(page)
        started(page, "created")
        stored_snapshot(page)

    with visited_context(browser, browser_context_args, site, wait) as visited:
        yield visited


@pytest.fixture
def returning(visited):
    """Return the page in that browser, opened after the server was shut down."""
    context, server = visited
    server.stop()
    page = context.new_page()
    page.goto(server.address)
    wait_until_started(page)
    yield page
    page.close()
    server.start()


def test_the_second_start_restores_the_snapshot_of_the_first(returning):
    started(returning, "restored")
    expect_works(returning)
    returning.reload()
    started(returning, "restored")
    expect_works(returning)


def test_after_a_restored_start_other_modules_can_be_imported(returning):
    returning.reload()
    expect_works(returning)
    again = """
import importlib, sys
sys.modules.pop("bisect", None)
try:
    found = importlib.import_module("bisect").__name__
except Exception:
    found = ""
found
"""
    wait_for_value(lambda: returning.evaluate("code => pyodide.runPython(code)", again), "bisect")


@pytest.mark.parametrize("change", ["another memory", "cut", "another build", "no state"])
def test_a_snapshot_that_is_damaged_or_of_another_build_is_not_used(returning, change):
    url = stored_snapshot(returning)
    returning.evaluate(REWRITE, change)
    returning.reload()
    started(returning, "created")
    expect_works(returning)
    assert stored_snapshot(returning) == url
    returning.reload()
    started(returning, "restored")
    expect_works(returning)


def test_a_browser_that_can_not_make_a_snapshot_starts_without_one(page, server):
    page.add_init_script('Uint32Array.of = () => { throw new Error("no"); }')
    page.goto(server.address)
    started(page, "plain")
    expect_works(page)
