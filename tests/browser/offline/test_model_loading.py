"""Loading the model: from IndexedDB, else over HTTP, with faults of storage, network and server."""

import hashlib
import json
import shutil

import pytest
from onnx import TensorProto, helper
from playwright.sync_api import expect

from tests.browser.start.test_snapshot import stored_snapshot as keeps_python
from tests.browser.support import missing_features
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    expect_works,
    reload,
    wait_for_value,
    wait_until_started,
)
from tests.browser.support.first_visit import visited_context
from tests.browser.support.site import SiteServer
from tests.support.small_models import onnx_model, write_model
from tools.site.bundle import MODEL

MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))

# Changes the stored model in the page's IndexedDB; returns the SHA-256 of its bytes.
RECORD = """async ({change, sha256}) => {
  const opened = indexedDB.open("offline-digits");
  const database = await new Promise((done, failed) => {
    opened.onsuccess = () => done(opened.result);
    opened.onerror = () => failed(opened.error);
  });
  const ask = (request) =>
    new Promise((done) => { request.onsuccess = () => done(request.result); });
  const stores = ["heads", "versions", "files"];
  const key = ["digits", sha256];
  const [head, version, file] = await Promise.all(stores.map((name) => {
    const store = database.transaction(name).objectStore(name);
    return ask(store.get(name === "heads" ? "digits" : key));
  }));
  const bytes = file && new Uint8Array(await file.arrayBuffer());
  const transaction = database.transaction(stores, "readwrite");
  const [heads, versions, files] = stores.map((name) => transaction.objectStore(name));
  if (change === "evict") [heads, versions, files].forEach((store) => store.clear());
  if (change === "flip") { bytes[1000] ^= 1; files.put(new Blob([bytes]), key); }
  if (change === "cut") files.put(file.slice(0, 1000), key);
  if (change === "replace") files.put("no model at all", key);
  if (change === "no file") files.delete(key);
  if (change === "manifest") versions.put({...version, manifest: "{"}, key);
  if (change === "version") versions.put("no version at all", key);
  if (change === "head") heads.put("no head at all", "digits");
  await new Promise((done) => { transaction.oncomplete = done; });
  database.close();
  if (!file || !head || change) return null;
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}"""

# Changes the service worker's copy of the model.
CACHED = """async ({change}) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!request.url.includes(".onnx")) continue;
      if (change === "delete") await cache.delete(request);
      if (change === "damage") await cache.put(request, new Response("damaged"));
    }
  }
}"""


def change_record(page, change):
    return page.evaluate(RECORD, {"change": change, "sha256": MANIFEST["sha256"]})


def stored_digest(page):
    """Return the SHA-256 of the stored model's bytes, None if none is stored."""
    digest = change_record(page, None)
    return bytes(digest).hex() if digest else None


def expect_origin(page, origin, words):
    line = page.locator("#origin")
    expect(line).to_have_attribute("data-origin", origin)
    expect(line).to_contain_text(words)
    expect_works(page)


def model_requests(page):
    """Collect the requests for the model, of the page and of its service worker."""
    asked = []
    page.context.on("request", lambda r: asked.append(r.url) if ".onnx" in r.url else None)
    return asked


def test_1_the_first_visit_downloads_the_model_and_stores_it(visit):
    page = visit()
    size = round(MANIFEST["size"] / 1000)
    words = f"Model {MANIFEST['version']}, downloaded ({size} KB) and stored on this device."
    expect_origin(page, "downloaded", words)
    assert stored_digest(page) == MANIFEST["sha256"]


def test_2_the_second_visit_does_not_request_the_model(visit_until_offline_ready, server):
    page = visit_until_offline_ready()
    before = len(server.requests_for(".onnx"))
    asked = model_requests(page)
    visit_until_offline_ready()
    expect_origin(page, "stored", "from this device. Nothing was downloaded.")
    assert asked == []
    assert len(server.requests_for(".onnx")) == before


COUNT_REQUESTS_TO_PERSIST = """globalThis.asked = 0;
StorageManager.prototype.persist = async () => { asked += 1; return true; };"""


def test_persistent_storage_is_requested_when_a_stored_model_was_loaded(page, server):
    page.add_init_script(COUNT_REQUESTS_TO_PERSIST)
    page.goto(server.address)
    expect_origin(page, "downloaded", "stored")
    assert page.evaluate("asked") == 0
    page.reload()
    expect_origin(page, "stored", "")
    wait_for_value(lambda: page.evaluate("asked"), 1)


def test_3_cleared_site_data_is_a_first_visit_again(visit_until_offline_ready, server):
    page = visit_until_offline_ready()
    devtools = page.context.new_cdp_session(page)
    devtools.send(
        "Storage.clearDataForOrigin",
        {"origin": server.address.rstrip("/"), "storageTypes": "all"},
    )
    visit_until_offline_ready()
    expect_origin(page, "downloaded", "downloaded")
    assert stored_digest(page) == MANIFEST["sha256"]


def test_4_an_evicted_record_is_downloaded_again(app):
    page = app
    change_record(page, "evict")
    assert stored_digest(page) is None
    reload(page)
    expect_origin(page, "restored", "The browser had deleted the stored model")
    assert stored_digest(page) == MANIFEST["sha256"]


@pytest.mark.parametrize("change", ["flip", "cut", "replace", "no file", "manifest", "version"])
def test_5_a_damaged_record_is_deleted_and_downloaded_again(app, change):
    page = app
    change_record(page, change)
    reload(page)
    expect_origin(page, "repaired", "was damaged or could not run, so it was deleted")
    assert stored_digest(page) == MANIFEST["sha256"]
    reload(page)
    expect_origin(page, "stored", "from this device")


def test_8_without_copy_and_network_the_page_says_so_and_works_once_the_network_is_back(
    visit_until_offline_ready, server
):
    page = visit_until_offline_ready()
    change_record(page, "evict")
    page.evaluate(CACHED, {"change": "delete"})
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    server.stop()
    page.reload()
    failure = page.locator("#failure")
    expect(failure).to_contain_text(
        "There is no model on this device, and the server can't be reached."
    )
    draw(page, DRAWN_DIGITS["4"])
    expect_digit(page, "")
    server.start()
    failure.get_by_role("button", name="Try again").click()
    expect_digit(page, "4")
    expect(failure).to_be_hidden()
    expect_origin(page, "restored", "downloaded again")


@pytest.fixture(scope="module")
def networked(browser, browser_context_args, site):
    """Return a browser with a snapshot of Python and no service worker, and the server."""

    def wait(page):
        wait_until_started(page)
        keeps_python(page)

    without = missing_features.NO_SERVICE_WORKER
    with visited_context(browser, browser_context_args, site, wait, without) as visited:
        yield visited


@pytest.fixture
def bare(networked):
    """Return a tab of it with no model stored and an empty browser cache, and the server."""
    context, server = networked
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    stored = {"origin": server.address.rstrip("/"), "storageTypes": "indexeddb,local_storage"}
    devtools.send("Storage.clearDataForOrigin", stored)
    devtools.send("Network.clearBrowserCache")
    yield page, server
    server.faults.clear()
    page.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("missing", "the server answered with status 404"),
        ("gone", "the server can't be reached"),
        ("cut", "the download broke off"),
        ("changed", "is damaged, or is another file"),
        ("longer", "the file on the server has another length"),
        ("portal", "the network answered with a web page of its own"),
    ],
)
def test_a_download_that_fails_says_why_and_can_be_tried_again(bare, fault, reason):
    page, server = bare
    server.faults[".onnx"] = fault
    page.goto(server.address)
    expect(page.locator("#failure")).to_contain_text(reason)
    assert stored_digest(page) is None
    server.faults.clear()
    page.locator("#retry").click()
    expect_origin(page, "downloaded", "stored on this device")
    assert stored_digest(page) == MANIFEST["sha256"]


def test_a_stored_model_that_this_pages_runtime_has_no_code_for_is_replaced(page, site, tmp_path):
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    flat = helper.make_node("Reshape", ["image", "shape"], ["flat"])
    content = onnx_model(
        {"image": (TensorProto.FLOAT, ["N", 28, 28, 1])},
        {"probabilities": (TensorProto.FLOAT, ["N", 784])},
        flat,
        *(helper.make_node(kind, ["flat"], [kind]) for kind in ("Tan", "Cosh", "Softsign")),
        helper.make_node("Sum", ["Tan", "Cosh", "Softsign"], ["probabilities"]),
        weights=[helper.make_tensor("shape", TensorProto.INT64, [2], [-1, 784])],
    )
    write_model(copy, content, "other")
    server = SiteServer(copy)
    page.goto(server.address)
    expect_works(page)
    code = """
from offline_onnx.browser import Models
await Models(database="offline-digits").copy("other.json", "indexeddb://digits")
"""
    page.evaluate("code => pyodide.runPythonAsync(code)", code)
    page.reload()
    expect_origin(page, "repaired", "could not run")
    page.reload()
    expect_origin(page, "stored", "")
    server.stop()


def test_a_damaged_copy_in_the_service_workers_cache_is_bypassed(visit_until_offline_ready):
    page = visit_until_offline_ready()
    change_record(page, "evict")
    page.evaluate(CACHED, {"change": "damage"})
    visit_until_offline_ready()
    expect_origin(page, "restored", "stored")


def test_the_manifest_and_the_model_belong_together():
    content = (MODEL / MANIFEST["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == MANIFEST["sha256"]
