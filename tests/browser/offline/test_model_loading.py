"""Loading the model from IndexedDB or over HTTP, with faults of the storage, network and server."""

import hashlib
import json
import shutil

from onnx import TensorProto, helper
from playwright.sync_api import expect

from tests.browser.support import missing_features
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    expect_works,
    reload,
    wait_for_value,
)
from tests.browser.support.site_server import SiteServer
from tests.support.small_models import onnx_model, write_model
from tools.site.bundle import MODEL

MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))

# Changes the stored model in the page's IndexedDB. Without a change, returns the SHA-256 of the
# stored bytes, or null if no model is stored.
CHANGE_STORED_MODEL = """async ({change, sha256}) => {
  const opened = indexedDB.open("offline-digits");
  const database = await new Promise((done, failed) => {
    opened.onsuccess = () => done(opened.result);
    opened.onerror = () => failed(opened.error);
    opened.onblocked = () => failed("another tab blocks the database");
  });
  const resultOf = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  const stores = ["heads", "versions", "files"];
  const key = ["digits", sha256];
  const [head, version, file] = await Promise.all(stores.map((name) => {
    const store = database.transaction(name).objectStore(name);
    return resultOf(store.get(name === "heads" ? "digits" : key));
  }));
  const bytes = file && new Uint8Array(await file.arrayBuffer());
  const transaction = database.transaction(stores, "readwrite");
  const committed = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error ?? "aborted");
  });
  const [heads, versions, files] = stores.map((name) => transaction.objectStore(name));
  if (change === "evict") [heads, versions, files].forEach((store) => store.clear());
  if (change === "flip") { bytes[1000] ^= 1; files.put(new Blob([bytes]), key); }
  if (change === "cut") files.put(file.slice(0, 1000), key);
  if (change === "replace") files.put("no model at all", key);
  if (change === "no file") files.delete(key);
  if (change === "manifest") versions.put({...version, manifest: "{"}, key);
  if (change === "version") versions.put("no version at all", key);
  if (change === "head") heads.put("no head at all", "digits");
  await committed;
  database.close();
  if (!file || !head || change) return null;
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}"""

# Changes the copies of the model in the service worker's caches.
CHANGE_CACHED_MODEL = """async ({change}) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!request.url.includes(".onnx")) continue;
      if (change === "delete") await cache.delete(request);
      if (change === "damage") await cache.put(request, new Response("damaged"));
    }
  }
}"""


def change_stored_model(page, change):
    """Change the stored model, or return its SHA-256 if `change` is None.

    Args:
        page: the app's page.
        change: a change that CHANGE_STORED_MODEL knows, or None.
    """
    return page.evaluate(CHANGE_STORED_MODEL, {"change": change, "sha256": MANIFEST["sha256"]})


def stored_digest(page):
    """Return the SHA-256 of the stored model's bytes, or None if no model is stored."""
    digest = change_stored_model(page, None)
    return bytes(digest).hex() if digest else None


def expect_origin(page, origin, words):
    """Expect that the model has this origin, that the page says so, and that recognition works.

    Args:
        page: the app's page.
        origin: the origin, such as "downloaded".
        words: a part of the line about it.
    """
    line = page.locator("#origin")
    expect(line).to_have_attribute("data-origin", origin)
    expect(line).to_contain_text(words)
    expect_works(page)


def collect_model_requests(page, server):
    """Return a list that collects the requests to a server for the model from now on.

    They are requests of the page and of its service worker.
    """
    requested, address = [], server.address

    def record(request):
        if request.url.startswith(address) and ".onnx" in request.url:
            requested.append(request.url)

    page.context.on("request", record)
    return requested


COUNT_REQUESTS_TO_PERSIST = """globalThis.persistRequests = 0;
StorageManager.prototype.persist = async () => { persistRequests += 1; return true; };"""


def test_the_model_is_downloaded_again_only_if_every_stored_copy_is_lost(
    page, visit_until_offline_ready, server
):
    page.add_init_script(COUNT_REQUESTS_TO_PERSIST)
    visit_until_offline_ready()
    size = round(MANIFEST["size"] / 1000)
    words = f"Model {MANIFEST['version']}, downloaded ({size} KB) and stored on this device."
    expect_origin(page, "downloaded", words)
    assert stored_digest(page) == MANIFEST["sha256"]
    assert page.evaluate("persistRequests") == 0

    requests_before = len(server.requests_for(".onnx"))
    requested = collect_model_requests(page, server)
    visit_until_offline_ready()
    expect_origin(page, "stored", "from this device. Nothing was downloaded.")
    assert requested == []
    assert len(server.requests_for(".onnx")) == requests_before
    wait_for_value(lambda: page.evaluate("persistRequests"), 1)

    # A damaged copy in the service worker's cache is replaced over the network.
    change_stored_model(page, "evict")
    page.evaluate(CHANGE_CACHED_MODEL, {"change": "damage"})
    visit_until_offline_ready()
    expect_origin(page, "restored", "stored")
    page.locator("#clear").click()
    expect_error_without_any_copy(page, server)

    page.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin",
        {"origin": server.address.rstrip("/"), "storageTypes": "all"},
    )
    visit_until_offline_ready()
    expect_origin(page, "downloaded", "downloaded")
    assert stored_digest(page) == MANIFEST["sha256"]


def expect_error_without_any_copy(page, server):
    """Delete all copies of the model, and stop the server: the page must show an error.

    Then start the server: the button "Try again" must work.
    """
    change_stored_model(page, "evict")
    page.evaluate(CHANGE_CACHED_MODEL, {"change": "delete"})
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


# Loads the model again, as if the page had just started.
LOAD_MODEL = """
from digits.page import main
await main.page._use_published_model()
"""


def test_an_evicted_or_damaged_stored_model_is_downloaded_again(app, subtests):
    change_stored_model(app, "flip")
    reload(app)
    expect_origin(app, "repaired", "was damaged or could not run, so it was deleted")
    assert stored_digest(app) == MANIFEST["sha256"]
    for change in ("cut", "replace", "no file", "manifest", "version"):
        with subtests.test(change):
            load_model(app)
            expect_origin(app, "stored", "from this device")
            change_stored_model(app, change)
            load_model(app)
            expect_origin(app, "repaired", "was damaged or could not run, so it was deleted")
            assert stored_digest(app) == MANIFEST["sha256"]
    with subtests.test("evict"):
        change_stored_model(app, "evict")
        assert stored_digest(app) is None
        load_model(app)
        expect_origin(app, "restored", "The browser had deleted the stored model")
        assert stored_digest(app) == MANIFEST["sha256"]
    reload(app)
    expect_origin(app, "stored", "from this device")


def load_model(page):
    """Load the model again in the running page, which takes much less time than a reload."""
    page.evaluate("async (code) => { await pyodide.runPythonAsync(code); }", LOAD_MODEL)


DOWNLOAD_FAILURES = {
    "missing": "the server answered with status 404",
    "closed connection": "the server can't be reached",
    "cut": "the download broke off",
    "changed": "is damaged, or is another file",
    "longer": "the file on the server has another length",
    "portal": "the network answered with a web page of its own",
}
"""For each fault of the server: the reason that the page shows."""


def test_a_failed_download_shows_its_reason_and_can_be_retried(page, server, subtests):
    first, *others = DOWNLOAD_FAILURES
    # Without a service worker, the requests of all attempts reach the server.
    page.add_init_script(missing_features.NO_SERVICE_WORKER)
    server.faults[".onnx"] = first
    page.goto(server.address)
    for fault in (first, *others):
        with subtests.test(fault):
            if fault != first:
                server.faults[".onnx"] = fault
                page.locator("#retry").click()
            expect(page.locator("#failure")).to_contain_text(DOWNLOAD_FAILURES[fault])
            assert stored_digest(page) is None
    server.faults.clear()
    page.locator("#retry").click()
    expect_origin(page, "downloaded", "stored on this device")
    assert stored_digest(page) == MANIFEST["sha256"]


def test_a_stored_model_with_operators_that_the_runtime_lacks_is_replaced(page, site, tmp_path):
    # The page's trimmed runtime lacks the operators Tan, Cosh and Softsign.
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    reshape = helper.make_node("Reshape", ["image", "shape"], ["flat"])
    content = onnx_model(
        {"image": (TensorProto.FLOAT, ["N", 28, 28, 1])},
        {"probabilities": (TensorProto.FLOAT, ["N", 784])},
        reshape,
        *(helper.make_node(kind, ["flat"], [kind]) for kind in ("Tan", "Cosh", "Softsign")),
        helper.make_node("Sum", ["Tan", "Cosh", "Softsign"], ["probabilities"]),
        weights=[helper.make_tensor("shape", TensorProto.INT64, [2], [-1, 784])],
    )
    write_model(copy, content, "other")
    server = SiteServer(copy)
    page.goto(server.address)
    expect_works(page)
    code = """
from offline_onnx.browser import BrowserModelStore
await BrowserModelStore(database="offline-digits").copy("other.json", "indexeddb://digits")
"""
    page.evaluate("code => pyodide.runPythonAsync(code)", code)
    page.reload()
    expect_origin(page, "repaired", "could not run")
    page.reload()
    expect_origin(page, "stored", "")
    server.stop()


def test_the_manifest_states_the_sha256_of_the_model():
    content = (MODEL / MANIFEST["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == MANIFEST["sha256"]
