"""What a developer's page is told where the browser lacks something, and what still runs."""

import json

from playwright.sync_api import expect

from tests.browser.library.in_page import python
from tests.browser.library.test_models import stuck_at_60_percent
from tests.browser.support import taken

KINDS = """async () => {
  const opened = indexedDB.open("offline-onnx");
  await new Promise((done) => { opened.onsuccess = done; });
  const stores = ["files", "chunks"], transaction = opened.result.transaction(stores);
  const all = stores.map((name) => transaction.objectStore(name).getAll());
  await new Promise((done) => { transaction.oncomplete = done; });
  opened.result.close();
  return all.map(({ result }) => [...new Set(result.map((each) => each.constructor.name))]);
}"""


def take(page, script):
    """Take something away from a page that runs."""
    page.evaluate(f"() => {{ {script} }}")


def test_where_blobs_are_refused_models_are_kept_as_arrays(library, server, folder):
    assert python(library, 'await load(name="blobs")')[0] == "downloaded"
    take(library, taken.BLOBS_THROW)
    stuck_at_60_percent(library, server, folder)
    assert library.evaluate(KINDS) == [["Blob"], ["Uint8Array"]]
    server.unstick.set()
    assert json.loads(library.evaluate("loading")) == ["downloaded", "1", None, [[2, 3]]]
    assert library.evaluate(KINDS) == [["Blob", "Uint8Array"], []]
    code = """
await models.copy("adder.json", "indexeddb://copy")
[(await load(source))[0] for source in ("adder.json", "indexeddb://copy", "indexeddb://blobs")]
"""
    assert python(library, code) == ["stored"] * 3


def test_without_locks_it_works_and_without_indexeddb_from_memory(library):
    take(library, taken.NO_LOCKS)
    assert python(library, "await load()")[0] == "downloaded"
    assert python(library, "await load()")[0] == "stored"
    take(library, taken.NO_ESTIMATE)
    take(library, taken.NO_INDEXEDDB)
    code = """
model = await models.load("adder.json")
[model.origin.value, str(model.warning), (await storage_info()).quota]
"""
    assert python(library, code) == [
        "not_stored",
        "This browser gives the page no storage (there is no IndexedDB): private window, blocked "
        "site data, or switched off. The model still runs from memory. Allow site data to keep it.",
        None,
    ]


def test_without_webassembly_a_page_says_so(page, server):
    page.add_init_script(taken.NO_WEBASSEMBLY)
    page.goto(server.address)
    words = "This browser can't run the page: WebAssembly is missing."
    expect(page.locator("[data-failure]")).to_contain_text(words)
