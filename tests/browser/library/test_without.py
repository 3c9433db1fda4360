"""The library in browsers that lack a feature."""

import json

from playwright.sync_api import expect

from tests.browser.library.in_page import publish_adder, python
from tests.browser.library.test_models import stall_at_60_percent
from tests.browser.support import missing_features

KINDS = """async () => {
  const opened = indexedDB.open("offline-onnx");
  await new Promise((done) => { opened.onsuccess = done; });
  const stores = ["files", "chunks"], transaction = opened.result.transaction(stores);
  const all = stores.map((name) => transaction.objectStore(name).getAll());
  await new Promise((done) => { transaction.oncomplete = done; });
  opened.result.close();
  return all.map(({ result }) => [...new Set(result.map((each) => each.constructor.name))]);
}"""


def remove_feature(page, script):
    """Remove a feature from a running page; `script` is a snippet of `missing_features`."""
    page.evaluate(f"() => {{ {script} }}")


def test_models_are_stored_as_arrays_if_blobs_are_rejected(own_library, server, folder):
    assert python(own_library, 'await load(name="blobs")')[0] == "downloaded"
    remove_feature(own_library, missing_features.BLOBS_THROW)
    stall_at_60_percent(own_library, server, folder)
    assert own_library.evaluate(KINDS) == [["Blob"], ["Uint8Array"]]
    server.release_stuck.set()
    assert json.loads(own_library.evaluate("loading")) == ["downloaded", "1", None, [[2, 3]]]
    assert own_library.evaluate(KINDS) == [["Blob", "Uint8Array"], []]
    code = """
await models.copy("adder.json", "indexeddb://copy")
[(await load(source))[0] for source in ("adder.json", "indexeddb://copy", "indexeddb://blobs")]
"""
    assert python(own_library, code) == ["stored"] * 3


def test_models_load_without_locks_and_run_from_memory_without_indexeddb(own_library):
    remove_feature(own_library, missing_features.NO_LOCKS)
    assert python(own_library, "await load()")[0] == "downloaded"
    assert python(own_library, "await load()")[0] == "stored"
    remove_feature(own_library, missing_features.NO_ESTIMATE)
    remove_feature(own_library, missing_features.NO_INDEXEDDB)
    code = """
model = await models.load("adder.json")
[model.origin.value, model.is_stored, str(model.warning), (await storage_info()).quota]
"""
    assert python(own_library, code) == [
        "downloaded",
        False,
        "The page can't use the browser's storage (there is no IndexedDB): this may be a private "
        "window, or site data may be blocked. Allow this site to store data, or leave the private "
        "window. A model that is loaded by its http(s) address runs even if it can't be stored.",
        None,
    ]


def test_missing_storage_estimate_gives_unknown_usage_and_quota(own_library):
    remove_feature(own_library, "StorageManager.prototype.estimate = () => new Promise(() => {})")
    short_timeout = "from offline_onnx.browser import interop\ninterop.STORAGE_TIMEOUT = 0.1\n"
    code = """
info = await storage_info()
[info.usage, info.quota, info.room, info.persistent]
"""
    assert python(own_library, short_timeout + code) == [None, None, None, False]
    assert python(own_library, short_timeout + "await load()")[0] == "downloaded"
    for estimate in ("{}", "{usage: NaN, quota: Infinity}"):
        remove_feature(own_library, f"StorageManager.prototype.estimate = async () => ({estimate})")
        assert python(own_library, code) == [None, None, None, False]


FAILURES = """
async def failure(call):
    try:
        outcome = await call
    except OfflineModelError as error:
        return type(error).__name__, error.what
    return type(outcome.error).__name__, outcome.error.what
"""


def test_every_operation_fails_with_a_session_error_on_plain_http(own_library, folder):
    python(own_library, 'await load(name="one")')
    publish_adder(folder, 2)
    remove_feature(own_library, missing_features.NO_DIGESTS)
    code = """
[
    await failure(models.load("adder.json")),
    await failure(models.update("adder.json", name="one")),
    await failure(models.copy("adder.json", "indexeddb://two")),
    await failure(models.copy("indexeddb://one", "downloads://")),
    await failure(models.move("indexeddb://one", "indexeddb://two")),
]
""".replace("\n", " ")
    words = "Browsers let a page verify bytes only over https, or at localhost."
    assert python(own_library, FAILURES + code) == [["SessionError", words]] * 5


def test_page_shows_an_error_without_webassembly(page, server):
    page.add_init_script(missing_features.NO_WEBASSEMBLY)
    page.goto(server.address)
    words = "This browser can't run the page: WebAssembly is missing."
    expect(page.locator("[data-failure]")).to_contain_text(words)
