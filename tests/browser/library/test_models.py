"""The class `BrowserModelStore`, in a page with a real browser and a server."""

import json
import os
from dataclasses import replace

from playwright.sync_api import expect

from tests.browser.library.in_page import (
    CHUNK,
    KIB,
    MODEL,
    PADDING,
    PRELUDE,
    count_records,
    publish_adder,
    run_python,
    visit,
)
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support.small_models import adder, counter, write_model, zeros


def test_model_is_loaded_run_and_stored(library_page, server):
    assert run_python(library_page, "await load()") == ["downloaded", "1", None, [[2, 3]]]
    visit(library_page, server)
    assert run_python(library_page, "await load()") == ["stored", "1", None, [[2, 3]]]
    assert len(server.requests_for(MODEL)) == 1


def test_model_describes_its_inputs_and_outputs(library_page):
    code = """
model = await models.load("adder.json")
specs = [str(spec) for spec in (*model.get_inputs(), *model.get_outputs())]
[specs, list(model.labels), model.metadata]
"""
    assert run_python(library_page, code) == [["float32 (N, 2)", "float32 (N, 2)"], ["a", "b"], {}]
    code = """
model = await models.load("adder.json")
try:
    await model.run({"x": [1, 2, 3]})
except InputError as error:
    message = str(error)
message
"""
    assert "'x' should be float32 (N, 2); given: float32 (3)" in run_python(library_page, code)


def test_progress_is_in_bytes_for_downloads_and_stored_copies(library_page, folder):
    publish_adder(folder, 1, chunk_size=CHUNK // 2)
    size = (folder / MODEL).stat().st_size
    code = """
calls = []
await load(progress=lambda *bytes_: calls.append(bytes_))
calls
"""
    downloaded, stored = run_python(library_page, code), run_python(library_page, code)
    assert len(downloaded) == -(-size // (CHUNK // 2))
    assert len(stored) == 2
    for calls in (downloaded, stored):
        assert calls == sorted(calls)
        assert calls[-1] == [size, size]


def test_stored_models_are_listed_copied_moved_and_removed(library_page):
    code = """
await load(name="one")
await models.copy("indexeddb://one", "indexeddb://two")
await models.move("indexeddb://two", "indexeddb://three")
await models.copy("adder.json", "indexeddb://four")
await models.remove("indexeddb://four")
infos = await models.list()
ran = await load("indexeddb://three")
[sorted(infos), [(i.size, i.manifest.version, i.saved.year > 2000) for i in infos.values()], ran]
"""
    names, infos, ran = run_python(library_page, code)
    assert names == ["indexeddb://one", "indexeddb://three"]
    size = len(adder(1, PADDING))
    assert infos == [[size, "1", True]] * 2
    assert ran == ["stored", "1", None, [[2, 3]]]
    assert count_records(library_page)["chunks"] == 0
    assert count_records(library_page)["files"] == 2


def test_model_is_saved_to_disk_and_loaded_from_picked_files(library_page, tmp_path, folder):
    with (
        library_page.expect_download(lambda d: d.suggested_filename == MODEL) as first,
        library_page.expect_download(lambda d: d.suggested_filename == "adder.json") as second,
    ):
        run_python(library_page, 'await load(name="one")')
        run_python(library_page, 'await models.copy("indexeddb://one", "downloads://")')
    files = [tmp_path / MODEL, tmp_path / "adder.json"]
    for download, file in zip((first.value, second.value), files, strict=True):
        download.save_as(file)
    assert files[0].read_bytes() == (folder / MODEL).read_bytes()
    library_page.locator("#files").set_input_files(files)
    code = """
from js import document
files = FileSource(document.getElementById("files").files)
from_files = await load(files)
await models.copy(files, "indexeddb://picked")
[from_files, await load("indexeddb://picked")]
"""
    assert run_python(library_page, code) == [
        ["file", "1", None, [[2, 3]]],
        ["stored", "1", None, [[2, 3]]],
    ]


def test_picked_files_must_include_a_manifest_and_its_model(library_page, folder):
    code = """
from js import document
files = FileSource(document.getElementById("files").files)
try:
    await models.load(files)
except OfflineModelError as error:
    message = f"{type(error).__name__}: {error}"
message
"""
    library_page.locator("#files").set_input_files([folder / MODEL])
    assert run_python(library_page, code).startswith(
        "ManifestError: Exactly one of the picked files must be a .json file"
    )
    library_page.locator("#files").set_input_files([folder / "adder.json"])
    assert "adder.onnx can't be read (it is not among" in run_python(library_page, code)


def test_isolated_model_that_runs_too_long_is_terminated_and_the_page_goes_on(
    own_library_page, folder
):
    write_model(folder, counter(), "counter")
    code = """
isolated = BrowserModelStore(runtime=await isolated_runtime())
counter = await isolated.load("counter.json")
counted = (await counter.run({"times": 3}))["count"].values[0]
from js import window
window.keepTimeLimits = True  # not earlier: a busy machine may need long to open the model
try:
    await counter.run({"times": 10**15})
except SessionError as error:
    message = str(error)
[counted, message, await load()]
"""
    counted, message, other = run_python(own_library_page, code)
    assert counted == 3
    assert "no answer came for 3 seconds" in message
    assert other == ["downloaded", "1", None, [[2, 3]]]


def test_the_limits_of_isolated_models_can_be_chosen(own_library_page, folder):
    for name, content in (("zeros", zeros()), ("counter", counter())):
        write_model(folder, content, name)
    code = """
async def run(file, inputs, **limits):
    try:
        model = await BrowserModelStore(runtime=await isolated_runtime(**limits)).load(file)
        return [name + str(output.shape) for name, output in (await model.run(inputs)).items()]
    except SessionError as error:
        return error.what

async def refused(**limits):
    try:
        await isolated_runtime(**limits)
    except ValueError as error:
        return str(error)

from js import window
small, large = {"shape": [1000]}, {"shape": [20_000_000]}
found = [
    await run("zeros.json", small, memory=1 << 25),
    await run("zeros.json", large, memory=1 << 25),
    await run("zeros.json", large),
    await run("zeros.json", small, output=4000),
    await run("zeros.json", small, output=3999),
]
window.keepTimeLimits = True
found.append(await run("counter.json", {"times": 10**15}, timeout=0.25))
[found, [await refused(**{limit: 0}) for limit in ("timeout", "memory", "output")]]
"""
    found, refused = run_python(own_library_page, code)
    assert found[0] == found[3] == ["y(1000,)"]
    assert found[2] == ["y(20000000,)"]
    assert "not enough memory to run the model" in found[1]
    assert 'the output "y" has more than 3999 bytes' in found[4]
    assert "no answer came for 0.25 seconds" in found[5]
    assert [message.split(" is 0;")[0] for message in refused] == ["timeout", "memory", "output"]


def test_headers_and_credentials_are_sent(library_page, server):
    library_page.context.add_cookies([{"name": "who", "value": "me", "url": server.address}])
    code = """
models = BrowserModelStore(headers={"Authorization": "Bearer secret"}, credentials="%s")
await load()
"""
    run_python(library_page, code % "same-origin")
    assert [
        server.request_headers[path]["Authorization"] for path in ("/adder.json", "/adder.onnx")
    ] == ["Bearer secret"] * 2
    assert server.request_headers["/adder.onnx"]["Cookie"] == "who=me"
    run_python(library_page, "(await models.remove((await models.list()).popitem()[0])).size")
    run_python(library_page, code % "omit")
    assert "Cookie" not in server.request_headers["/adder.onnx"]


def test_load_accepts_a_custom_source(library_page):
    code = """
class RecordingSource:
    async def manifest(self):
        return await HttpSource(address).manifest()

    async def open(self, manifest, first, *, validator="", fresh=False):
        calls.append(first)
        return await HttpSource(address).open(manifest, first)

import js
address, calls = js.location.href + "adder.json", []
source = RecordingSource()
[await load(source, name="custom"), await load(source, name="custom"), calls]
"""
    downloaded, stored, calls = run_python(library_page, code)
    assert (downloaded[0], stored[0], calls) == ("downloaded", "stored", [0])


# Starts to run Python; the promise `loading` has its result.
START_PYTHON = "(code) => { globalThis.loading = pyodide.runPythonAsync(code); }"
# Loads the model, and stores its progress, in bytes, in JavaScript's `done`.
LOAD_WITH_PROGRESS = """
import js
js.done = 0
def observe(done, total):
    js.done = done
json.dumps(await load(progress=observe))
"""


def stall_at_60_percent(page, server, folder):
    """Start a load whose download stalls after 60 %; wait until the downloaded chunks are stored.

    Returns:
        The size of the whole file in bytes.
    """
    server.faults[MODEL] = ["stuck", None]
    page.evaluate(START_PYTHON, PRELUDE + LOAD_WITH_PROGRESS)
    size = (folder / MODEL).stat().st_size
    arrived = size * 6 // 10 // CHUNK
    wait_for_value(lambda: page.evaluate("globalThis.done ?? 0"), arrived * CHUNK)
    wait_for_value(lambda: count_records(page)["chunks"], arrived)
    return size


def test_interrupted_download_resumes_at_once(library_page, server, folder):
    size = stall_at_60_percent(library_page, server, folder)
    before = server.bytes_sent[f"/{MODEL}"]
    server.release_stuck.set()
    assert json.loads(library_page.evaluate("loading")) == ["downloaded", "1", None, [[2, 3]]]
    assert 0.35 * size < server.bytes_sent[f"/{MODEL}"] - before < 0.45 * size


def test_interrupted_download_resumes_after_a_reload(library_page, server, folder):
    size = stall_at_60_percent(library_page, server, folder)
    before = server.bytes_sent[f"/{MODEL}"]
    visit(library_page, server)
    assert run_python(library_page, "await load()") == ["downloaded", "1", None, [[2, 3]]]
    assert 0.35 * size < server.bytes_sent[f"/{MODEL}"] - before < 0.45 * size
    assert (
        server.request_headers[f"/{MODEL}"]["Range"] == f"bytes={size * 6 // 10 // CHUNK * CHUNK}-"
    )
    assert "If-Range" in server.request_headers[f"/{MODEL}"]


def test_interrupted_download_of_a_replaced_file_restarts(library_page, server, folder):
    size = stall_at_60_percent(library_page, server, folder)
    before = server.bytes_sent[f"/{MODEL}"]
    os.utime(folder / MODEL, (1e9, 1e9))
    visit(library_page, server)
    assert run_python(library_page, "await load()") == ["downloaded", "1", None, [[2, 3]]]
    assert server.bytes_sent[f"/{MODEL}"] - before == size


def test_tabs_that_load_a_model_at_once_download_it_once(own_library_page, server):
    tabs = [
        own_library_page,
        *(visit(own_library_page.context.new_page(), server) for _ in range(2)),
    ]
    gate = server.hold_responses(MODEL)
    for tab in tabs:
        tab.evaluate(START_PYTHON, PRELUDE + "json.dumps(await load())")
    gate.set()
    loaded = [json.loads(tab.evaluate("loading")) for tab in tabs]
    assert sorted(origin for origin, *_ in loaded) == ["downloaded"] + ["stored"] * 2
    assert all(values == [[2, 3]] for *_, values in loaded)
    assert len(server.requests_for(MODEL)) == 1


def test_update_is_downloaded_and_used_by_the_next_load(library_page, folder):
    run_python(library_page, "await load()")
    publish_adder(folder, 2)
    code = "await load_and_update()"
    assert run_python(library_page, code) == [["stored", "1", None, [[2, 3]]], ["ready", "2", None]]
    assert run_python(library_page, code) == [
        ["stored", "2", None, [[3, 4]]],
        ["current", "2", None],
    ]
    code = """
name = (await models.list()).popitem()[0]
back = await models.rollback(name)
[back.version, await load_and_update()]
"""
    assert run_python(library_page, code) == [
        "1",
        [["stored", "1", None, [[2, 3]]], ["rolled_back", "2", None]],
    ]


def test_update_does_not_change_an_open_model(library_page, folder):
    run_python(library_page, "await load()")
    publish_adder(folder, 2)
    code = """
checked = asyncio.Event()
model = await models.load("adder.json", on_update=lambda _: checked.set())
await checked.wait()
(info,) = (await models.list()).values()
[info.manifest.version, info.previous.version, summary(model, await model.run({"x": [[1, 2]]}))]
"""
    assert run_python(library_page, code) == ["2", "1", ["stored", "1", None, [[2, 3]]]]


def test_update_checks_for_a_newer_version_at_once(library_page, folder):
    run_python(library_page, "await load()")
    publish_adder(folder, 2)
    code = """
update = await models.update("adder.json")
[update.state.value, update.manifest.version, (await load())[1]]
"""
    assert run_python(library_page, code) == ["ready", "2", "2"]


def test_only_the_last_two_versions_of_a_model_stay_stored(library_page, folder):
    code = """
await load()
await models.copy("adder.json", "indexeddb://other")
[info.manifest.version for info in (await models.list()).values()]
"""
    assert run_python(library_page, code) == ["1", "1"]
    for version in (2, 3, 4):
        publish_adder(folder, version)
        assert (
            run_python(library_page, '(await models.update("adder.json")).state.value') == "ready"
        )
    assert count_records(library_page) == {"heads": 2, "versions": 3, "files": 3, "chunks": 0}
    assert run_python(library_page, "await load()")[1] == "4"
    code = """
await models.load("indexeddb://other")
[info.previous and info.previous.version for info in (await models.list()).values()]
"""
    assert sorted(run_python(library_page, code), key=str) == ["3", None]


def test_update_that_fails_its_self_test_is_refused(library_page, server, folder):
    run_python(library_page, "await load()")
    manifest = publish_adder(folder, 2)
    wrong = replace(manifest.self_test, outputs={"y": (0.0,)})
    text = replace(manifest, self_test=wrong).to_json()
    (folder / "adder.json").write_text(text, "utf-8")
    loaded, update = run_python(library_page, "await load_and_update()")
    assert (loaded[1], update) == ("1", ["self_test_failed", "2", "SelfTestFailed"])
    request_count = len(server.requests_for(MODEL))
    assert run_python(library_page, "await load_and_update()")[1] == ["self_test_failed", "2", None]
    assert len(server.requests_for(MODEL)) == request_count
    assert count_records(library_page) == {"heads": 1, "versions": 1, "files": 1, "chunks": 0}


def test_first_model_is_stored_only_after_its_wrong_manifest_is_corrected(
    library_page, server, folder
):
    right = (folder / "adder.json").read_text("utf-8")
    (folder / "adder.json").write_text(right.replace("float32", "float64"), "utf-8")
    code = """
try:
    outcome = await load()
except OfflineModelError as error:
    outcome = type(error).__name__
[outcome, await models.list()]
"""
    assert run_python(library_page, code) == ["SessionError", {}]
    (folder / "adder.json").write_text(right, "utf-8")
    assert run_python(library_page, "await load()") == ["downloaded", "1", None, [[2, 3]]]
    assert len(server.requests_for(MODEL)) == 1


def test_persistent_storage_is_requested_only_by_persist(own_library_page):
    own_library_page.evaluate("""() => {
      globalThis.persistRequests = 0;
      StorageManager.prototype.persist = async () => { persistRequests += 1; return true; };
    }""")
    run_python(own_library_page, "await load()")
    run_python(own_library_page, "await load_and_update()")
    assert own_library_page.evaluate("persistRequests") == 0
    assert run_python(own_library_page, "await persist()") is True
    assert own_library_page.evaluate("persistRequests") == 1
    own_library_page.evaluate("() => { StorageManager.prototype.persisted = async () => true; }")
    assert run_python(own_library_page, "await persist()") is True
    # The storage is persistent already, so there is no further request.
    assert own_library_page.evaluate("persistRequests") == 1


def test_usage_and_quota_are_reported(library_page):
    code = """
info = await storage_info()
[info.usage, info.quota, info.persistent]
"""
    usage, quota, persistent = run_python(library_page, code)
    assert 0 <= usage < quota
    assert persistent is False


# Opens an older version of the database and leaves it open, as a tab with an older page does.
OPEN_OLD_DATABASE = """() => new Promise((done) => {
  const opened = indexedDB.open("offline-onnx", 1);
  opened.onsuccess = () => { globalThis.held = opened.result; done(); };
})"""


def test_model_runs_from_memory_while_a_tab_has_an_older_database_open(own_library_page, server):
    own_library_page.evaluate("window.keepTimeLimits = true")
    old = own_library_page.context.new_page()
    old.goto(f"{server.address}index.html")
    old.evaluate(OPEN_OLD_DATABASE)
    assert run_python(own_library_page, "await load()") == [
        "downloaded",
        "1",
        "StoreBlocked",
        [[2, 3]],
    ]
    old.close()
    assert run_python(own_library_page, "await load()") == ["downloaded", "1", None, [[2, 3]]]
    assert run_python(own_library_page, "await load()") == ["stored", "1", None, [[2, 3]]]


def test_open_page_closes_its_database_for_a_newer_version(own_library_page):
    run_python(own_library_page, "await load()")
    own_library_page.evaluate("""() => new Promise((done, failed) => {
      const opened = indexedDB.open("offline-onnx", 3);
      opened.onsuccess = () => { opened.result.close(); done(); };
      opened.onblocked = () => failed(new Error("blocked"));
    })""")
    # The code of the page is older than the database now.
    assert run_python(own_library_page, "await load()") == [
        "downloaded",
        "1",
        "StoreTooNew",
        [[2, 3]],
    ]


MOVE_TO_DISK = """
await load(name="one")
try:
    await models.move("indexeddb://one", "downloads://")
except AddressError as error:
    message = str(error)
[message, list(await models.list())]
"""


def test_move_to_disk_is_refused(library_page):
    message, stored = run_python(library_page, MOVE_TO_DISK)
    assert "copy it, and remove it" in message
    assert stored == ["indexeddb://one"]


def test_address_of_a_wrong_kind_raises_address_error(library_page, subtests):
    for call in (
        'models.remove("one")',
        'models.rollback("one")',
        'models.copy("adder.json", "adder.json")',
        'models.move("adder.json", "indexeddb://two")',
        "models.update(HttpSource('adder.json'))",
    ):
        code = f"""
try:
    await {call}
except AddressError as error:
    kind = type(error).__name__
kind
"""
        with subtests.test(call):
            assert run_python(library_page, code) == "AddressError"


# Records the object URLs of the page in `objectUrls`, and whether each is valid or revoked.
RECORD_OBJECT_URLS = """() => {
  const { createObjectURL, revokeObjectURL } = URL;
  globalThis.objectUrls = {};
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    objectUrls[url] = "valid";
    return url;
  };
  URL.revokeObjectURL = (url) => {
    objectUrls[url] = "revoked";
    revokeObjectURL.call(URL, url);
  };
}"""


def test_object_urls_of_saved_files_are_revoked_after_a_delay(library_page):
    library_page.evaluate(RECORD_OBJECT_URLS)
    with library_page.expect_download(lambda d: d.suggested_filename == "adder.json"):
        run_python(library_page, 'await models.copy("adder.json", "downloads://")')
    assert list(library_page.evaluate("objectUrls").values()) == ["valid"] * 2
    shorter = "from offline_onnx.browser import files\nfiles.REVOKE_AFTER = 0.001\n"
    run_python(library_page, shorter + 'await models.copy("adder.json", "downloads://")')
    states = "() => Object.values(objectUrls)"
    wait_for_value(lambda: library_page.evaluate(states), ["valid"] * 2 + ["revoked"] * 2)


def test_large_model_is_not_copied_into_pythons_heap(library_page, folder):
    publish_adder(folder, 3, 16 * KIB * KIB, chunk_size=KIB * KIB)
    code = """
import gc, pyodide_js
before = pyodide_js._module.HEAP8.length
first, second = await load(), await load()
[first, second, pyodide_js._module.HEAP8.length - before]
"""
    first, second, growth = run_python(library_page, code)
    assert (first[0], second[0]) == ("downloaded", "stored")
    assert growth < KIB * KIB


def test_page_shows_the_error_if_its_python_fails(page, folder):
    (folder / "main.py").unlink()
    (folder / "main.py").write_text("1 / 0")
    server = SiteServer(folder)  # a new origin: for the old one, the browser has stored main.py
    page.goto(server.address)
    expect(page.locator("[data-failure]")).to_contain_text("ZeroDivisionError")
    server.stop()
