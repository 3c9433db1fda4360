"""The library in browsers that lack a feature."""

import json

from playwright.sync_api import expect

from tests.browser.library.in_page import publish_adder, run_python
from tests.browser.library.test_models import stall_at_60_percent
from tests.browser.support import missing_features

# Returns the JavaScript types of the values in the object stores "files" and "chunks".
STORED_TYPES = """async () => {
  const opened = indexedDB.open("offline-onnx");
  await new Promise((done) => { opened.onsuccess = done; });
  const stores = ["files", "chunks"], transaction = opened.result.transaction(stores);
  const all = stores.map((name) => transaction.objectStore(name).getAll());
  await new Promise((done) => { transaction.oncomplete = done; });
  opened.result.close();
  return all.map(({ result }) => [...new Set(result.map((each) => each.constructor.name))]);
}"""


def break_feature(page, script):
    """Remove or break a feature of the browser in a running page.

    Args:
        page: the page.
        script: JavaScript, such as that in `missing_features`.
    """
    page.evaluate(f"() => {{ {script} }}")


def test_models_are_stored_as_arrays_if_blobs_are_rejected(own_library_page, server, folder):
    assert run_python(own_library_page, 'await load(name="blobs")')[0] == "downloaded"
    break_feature(own_library_page, missing_features.BLOBS_THROW)
    stall_at_60_percent(own_library_page, server, folder)
    assert own_library_page.evaluate(STORED_TYPES) == [["Blob"], ["Uint8Array"]]
    server.release_stuck.set()
    assert json.loads(own_library_page.evaluate("loading")) == ["downloaded", "1", None, [[2, 3]]]
    assert own_library_page.evaluate(STORED_TYPES) == [["Blob", "Uint8Array"], []]
    code = """
await models.copy("adder.json", "indexeddb://copy")
[(await load(source))[0] for source in ("adder.json", "indexeddb://copy", "indexeddb://blobs")]
"""
    assert run_python(own_library_page, code) == ["stored"] * 3


def test_models_load_without_locks_and_run_from_memory_without_indexeddb(own_library_page):
    break_feature(own_library_page, missing_features.NO_LOCKS)
    assert run_python(own_library_page, "await load()")[0] == "downloaded"
    assert run_python(own_library_page, "await load()")[0] == "stored"
    break_feature(own_library_page, missing_features.NO_STORAGE_MANAGER)
    break_feature(own_library_page, missing_features.NO_INDEXEDDB)
    code = """
model = await models.load("adder.json")
[model.origin.value, model.is_stored, str(model.warning), (await storage_info()).quota]
"""
    assert run_python(own_library_page, code) == [
        "downloaded",
        False,
        "The page can't use the browser's storage (there is no IndexedDB): this may be a private "
        "window, or site data may be blocked. Allow this site to store data, or leave the private "
        "window. A model that is loaded by its http(s) address runs even if it can't be stored.",
        None,
    ]


def test_missing_storage_estimate_gives_unknown_usage_and_quota(own_library_page):
    break_feature(
        own_library_page, "StorageManager.prototype.estimate = () => new Promise(() => {})"
    )
    short_timeout = "from offline_onnx.browser import interop\ninterop.STORAGE_TIMEOUT = 0.1\n"
    code = """
info = await storage_info()
[info.usage, info.quota, info.room, info.persistent]
"""
    assert run_python(own_library_page, short_timeout + code) == [None, None, None, False]
    assert run_python(own_library_page, short_timeout + "await load()")[0] == "downloaded"
    for estimate in ("{}", "{usage: NaN, quota: Infinity}"):
        break_feature(
            own_library_page, f"StorageManager.prototype.estimate = async () => ({estimate})"
        )
        assert run_python(own_library_page, code) == [None, None, None, False]


# Python: `failure` returns the error that a call raises, or the error of the update it returns.
DEFINE_FAILURE = """
async def failure(call):
    try:
        outcome = await call
    except OfflineModelError as error:
        return type(error).__name__, error.what
    return type(outcome.error).__name__, outcome.error.what
"""


def test_operations_that_verify_bytes_raise_session_error_on_plain_http(own_library_page, folder):
    run_python(own_library_page, 'await load(name="one")')
    publish_adder(folder, 2)
    break_feature(own_library_page, missing_features.NO_DIGESTS)
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
    assert run_python(own_library_page, DEFINE_FAILURE + code) == [["SessionError", words]] * 5


def test_page_shows_an_error_without_webassembly(page, server):
    page.add_init_script(missing_features.NO_WEBASSEMBLY)
    page.goto(server.address)
    words = "This browser can't run the page: WebAssembly is missing."
    expect(page.locator("[data-failure]")).to_contain_text(words)
