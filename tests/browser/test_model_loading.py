"""The model's way in: IndexedDB first, else HTTP, under every fault that the platform has."""

import hashlib
import json

import pytest
from playwright.sync_api import expect

from tests.browser.drawing import DIGITS, draw, expect_digit, expect_works
from tools.bundle import MODEL

MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))

# What a test does to the stored model, in the page's own IndexedDB.
RECORD = """async ({change}) => {
  const opened = indexedDB.open("offline-digits");
  const database = await new Promise((done, failed) => {
    opened.onsuccess = () => done(opened.result);
    opened.onerror = () => failed(opened.error);
  });
  const transaction = database.transaction("models", change ? "readwrite" : "readonly");
  const models = transaction.objectStore("models");
  const asked = models.get("digits");
  const record = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  if (change === "delete") models.delete("digits");
  if (change === "flip") {
    new Uint8Array(record.content)[1000] ^= 1;
    models.put(record, "digits");
  }
  if (change === "cut") models.put({...record, content: record.content.slice(0, 1000)}, "digits");
  if (change === "replace") models.put("no model at all", "digits");
  if (change === "manifest") models.put({...record, manifest: "{"}, "digits");
  await new Promise((done) => { transaction.oncomplete = done; });
  database.close();
  if (!record || change) return null;
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", record.content)));
}"""

# What a test does to the service worker's copy of the model.
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


def kept_digest(page):
    """Give the SHA-256 of the stored model's bytes, or None if none is stored."""
    digest = page.evaluate(RECORD, {"change": None})
    return bytes(digest).hex() if digest else None


def expect_origin(page, origin, words):
    line = page.locator("#origin")
    expect(line).to_have_attribute("data-origin", origin)
    expect(line).to_contain_text(words)
    expect_works(page)


def model_requests(page):
    """Collect the addresses of the model that the page or its service worker asks for."""
    asked = []
    page.context.on("request", lambda r: asked.append(r.url) if ".onnx" in r.url else None)
    return asked


def test_1_the_first_visit_downloads_the_model_and_keeps_it(visit):
    page = visit()
    expect_origin(page, "downloaded", "Model 1.0.0 fetched (294 KB) and kept on this device.")
    assert kept_digest(page) == MANIFEST["sha256"]


def test_2_the_second_visit_does_not_ask_for_the_model_at_all(visit_offline_ready, server):
    page = visit_offline_ready()
    before = len(server.asked_for(".onnx"))
    asked = model_requests(page)
    visit_offline_ready()
    expect_origin(page, "stored", "from this device. Nothing was fetched.")
    assert asked == []
    assert len(server.asked_for(".onnx")) == before


def test_3_cleared_site_data_is_a_first_visit_again(visit_offline_ready, server):
    page = visit_offline_ready()
    devtools = page.context.new_cdp_session(page)
    devtools.send(
        "Storage.clearDataForOrigin",
        {"origin": server.address.rstrip("/"), "storageTypes": "all"},
    )
    visit_offline_ready()
    expect_origin(page, "downloaded", "fetched")
    assert kept_digest(page) == MANIFEST["sha256"]


def test_4_an_evicted_record_is_downloaded_again(visit):
    page = visit()
    page.evaluate(RECORD, {"change": "delete"})
    assert kept_digest(page) is None
    visit()
    expect_origin(page, "downloaded", "fetched")
    assert kept_digest(page) == MANIFEST["sha256"]


@pytest.mark.parametrize("change", ["flip", "cut", "replace", "manifest"])
def test_5_a_changed_record_is_thrown_away_and_downloaded_again(visit, change):
    page = visit()
    page.evaluate(RECORD, {"change": change})
    visit()
    expect_origin(page, "repaired", "was damaged and was thrown away")
    assert kept_digest(page) == MANIFEST["sha256"]
    visit()
    expect_origin(page, "stored", "from this device")


MISSING = "Object.defineProperty(window, 'indexedDB', {value: undefined})"
THROWS = """IDBFactory.prototype.open = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
}"""
REFUSES = """IDBFactory.prototype.open = () => {
  const request = new EventTarget();
  request.error = new DOMException("A mutation operation was attempted ...", "InvalidStateError");
  setTimeout(() => request.dispatchEvent(new Event("error")));
  return Object.setPrototypeOf(request, IDBOpenDBRequest.prototype);
}"""
NEVER_ANSWERS = """IDBFactory.prototype.open = () =>
  Object.setPrototypeOf(new EventTarget(), IDBOpenDBRequest.prototype)"""


@pytest.mark.parametrize(
    "script",
    [MISSING, THROWS, REFUSES, NEVER_ANSWERS],
    ids=["missing", "throws", "refuses", "never answers"],
)
def test_6_without_indexeddb_the_model_runs_from_memory(page, visit, script):
    page.add_init_script(script)
    visit()
    expect_origin(page, "not_kept", "is not kept, because this browser gives the page no storage")


FULL_AT_PUT = """IDBObjectStore.prototype.put = () => {
  throw new DOMException("The disk is full.", "QuotaExceededError");
}"""


def test_7_a_full_storage_is_told_and_the_model_runs_from_memory(page, visit):
    page.add_init_script(FULL_AT_PUT)
    visit()
    expect_origin(page, "not_kept", "is not kept, because the storage of this browser is full")


def test_7_a_real_quota_is_told_and_the_model_runs_from_memory(page, visit, server):
    devtools = page.context.new_cdp_session(page)
    devtools.send(
        "Storage.overrideQuotaForOrigin",
        {"origin": server.address.rstrip("/"), "quotaSize": 100_000},
    )
    visit()
    expect_origin(page, "not_kept", "is not kept, because the storage of this browser is full")
    expect(page.locator("#offline")).to_have_attribute("data-state", "offline_failed")
    expect(page.locator("#offline")).to_contain_text("could not be kept for offline use")


def test_8_no_copy_and_no_network_says_so_and_works_when_the_network_is_back(
    visit_offline_ready, server
):
    page = visit_offline_ready()
    page.evaluate(RECORD, {"change": "delete"})
    page.evaluate(CACHED, {"change": "delete"})
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    server.stop()
    page.reload()
    failure = page.locator("#failure")
    expect(failure).to_contain_text(
        "There is no model on this device, and the server can't be reached."
    )
    draw(page, DIGITS["4"])
    expect_digit(page, "")
    server.start()
    failure.get_by_role("button", name="Try again").click()
    expect_digit(page, "4")
    expect(failure).to_be_hidden()
    expect_origin(page, "downloaded", "fetched")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("missing", "the server answered with status 404"),
        ("gone", "the server can't be reached"),
        ("cut", "the server can't be reached"),
        ("changed", "is damaged or is another file"),
        ("longer", "is damaged or is another file"),
        ("portal", "is damaged or is another file"),
    ],
)
def test_a_download_that_fails_says_why_and_can_be_tried_again(page, server, fault, reason):
    server.faults[".onnx"] = fault
    page.goto(server.address)
    expect(page.locator("#failure")).to_contain_text(reason)
    assert kept_digest(page) is None
    server.faults.clear()
    page.locator("#retry").click()
    expect_origin(page, "downloaded", "kept on this device")
    assert kept_digest(page) == MANIFEST["sha256"]


def test_a_damaged_copy_in_the_service_workers_cache_is_passed_by(visit_offline_ready):
    page = visit_offline_ready()
    page.evaluate(RECORD, {"change": "delete"})
    page.evaluate(CACHED, {"change": "damage"})
    visit_offline_ready()
    expect_origin(page, "downloaded", "kept on this device")


def test_the_manifest_and_the_model_belong_together():
    content = (MODEL / MANIFEST["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == MANIFEST["sha256"]
