"""`load` and `InferenceSession` in a page. Most tests open a model's own file, not its manifest."""

import gzip
import hashlib
import os

import pytest

from tests.browser.library.in_page import (
    MODEL,
    PRELUDE,
    count_records,
    publish_adder,
    run_python,
    visit,
)
from tests.browser.library.test_models import START_PYTHON
from tests.browser.support.drawing import wait_for_value
from tests.support.small_models import adder, ort_format, with_external_data

CHUNK = 512 << 10
"""The size of the chunks of a file that is opened without a manifest, in bytes."""
# Python: `answer` loads and runs a model; `failure` returns a call's result or its error.
HELPERS = """
async def answer(address=ADDRESS, **options):
    model = await load(address, **options)
    values = (await model.run({"x": [[1, 2]]}))["y"].tolist()
    return [model.origin.value, values, model.warning and type(model.warning).__name__]

async def failure(call):
    try:
        return await call
    except OfflineModelError as error:
        return [type(error).__name__, type(error.__cause__).__name__, str(error)]
"""


def run(page, code, address=MODEL):
    """Run Python with HELPERS in the page; return the last line's value.

    In this Python, `load` is `offline_onnx.load`, and `ADDRESS` is the address of the model.
    """
    imports = f"from offline_onnx import load, InferenceSession\nADDRESS = {address!r}\n"
    return run_python(page, imports + HELPERS + code)


def publish(folder, bias, **options):
    """Write the model `adder` with this bias, and its manifest; return the manifest.

    The file's Last-Modified differs for each bias.
    """
    manifest = publish_adder(folder, bias, **options)
    os.utime(folder / MODEL, (1e9 + bias, 1e9 + bias))
    return manifest


def test_a_file_without_a_manifest_is_stored_and_opened_without_a_request(
    library_page, server, folder
):
    (folder / "adder.json").unlink()
    code = "await failure(load(ADDRESS, only_if_stored=True))"
    for address in (MODEL, "adder.json"):
        assert run(library_page, code, address)[0] == "NotStored"
        assert server.requests_for(address) == server.head_requests == []
    assert run(library_page, "await answer()") == ["downloaded", [[2, 3]], None]
    assert count_records(library_page) == {"heads": 1, "versions": 1, "files": 1, "chunks": 0}
    visit(library_page, server)
    server.head_requests.clear()
    assert run(library_page, "await answer(only_if_stored=True)") == ["stored", [[2, 3]], None]
    assert server.head_requests == []
    code = """
session = await InferenceSession.create(ADDRESS)
(info,) = (await models.list()).values()
[(await session.run(["y"], {"x": [[3, 4]]}))[0].tolist(), info.manifest.version]
"""
    digest = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    assert run(library_page, code) == [[[4, 5]], digest[:12]]
    assert server.requests_for(MODEL) == [f"/{MODEL}"]
    assert server.requests_for("adder.json") == []


# Starts a load, and stores its progress, in bytes, in JavaScript's `done`.
START_LOAD = """
import js
from offline_onnx import load
def observe(done, total):
    js.done = done
task = asyncio.create_task(load("adder.onnx", progress=observe))
"""
# Cancels this load, and returns the type of its outcome.
CANCEL_LOAD = """
import __main__
__main__.task.cancel()
(outcome,) = await asyncio.gather(__main__.task, return_exceptions=True)
type(outcome).__name__
"""


def test_a_cancelled_download_is_resumed_after_a_reload(library_page, server, folder):
    publish(folder, 1, padding=3 * CHUNK)
    size = (folder / MODEL).stat().st_size
    server.faults[MODEL] = ["stuck", None]
    library_page.evaluate(START_PYTHON, f"{PRELUDE}{START_LOAD}")
    wait_for_value(lambda: library_page.evaluate("globalThis.done ?? 0"), size * 6 // 10)
    wait_for_value(lambda: count_records(library_page)["chunks"], 1)
    assert run(library_page, CANCEL_LOAD) == "CancelledError"
    visit(library_page, server)
    before = server.bytes_sent[f"/{MODEL}"]
    assert run(library_page, "await answer()") == ["downloaded", [[2, 3]], None]
    assert server.request_headers[f"/{MODEL}"]["Range"] == f"bytes={CHUNK}-"
    assert server.bytes_sent[f"/{MODEL}"] - before == size - CHUNK
    assert count_records(library_page)["chunks"] == 0


# Loads the model, waits until the library has checked for an update, and runs the model.
LOAD_AND_WAIT_FOR_UPDATE = """
from offline_onnx.browser.onnx_files import load as loader
model = await load(ADDRESS)
await asyncio.gather(*loader._updates)
[model.origin.value, (await model.run({"x": [[1, 2]]}))["y"].tolist()]
"""


def test_a_changed_file_is_downloaded_in_the_background_and_opened_by_the_next_load(
    library_page, server, folder
):
    publish(folder, 1)
    old = run(library_page, "(await load(ADDRESS)).manifest.version")
    publish(folder, 2)
    assert run(library_page, LOAD_AND_WAIT_FOR_UPDATE) == ["stored", [[2, 3]]]
    assert run(library_page, "await answer()") == ["stored", [[3, 4]], None]
    request_count = len(server.requests_for(MODEL))
    assert run(library_page, "await answer(refresh=True)") == ["stored", [[3, 4]], None]
    assert len(server.requests_for(MODEL)) == request_count == 2
    info = "(await models.list()).popitem()[1]"
    assert run(library_page, f"{info}.previous.version") == old


def test_without_head_responses_only_a_refresh_downloads_the_file_again(
    library_page, server, folder
):
    server.refuses_head = True
    publish(folder, 1)
    assert run(library_page, "await answer()") == ["downloaded", [[2, 3]], None]
    assert run(library_page, LOAD_AND_WAIT_FOR_UPDATE) == ["stored", [[2, 3]]]
    assert len(server.head_requests) == 2
    assert len(server.requests_for(MODEL)) == 1
    publish(folder, 2)
    assert run(library_page, "await answer(refresh=True)") == ["stored", [[3, 4]], None]


def test_refresh_opens_the_changed_file_or_says_why_it_could_not(library_page, server, folder):
    publish(folder, 1)
    assert run(library_page, "await answer(refresh=True)") == ["downloaded", [[2, 3]], None]
    publish(folder, 2)
    server.faults[MODEL] = "missing"
    assert run(library_page, "await answer(refresh=True)") == ["stored", [[2, 3]], "BadStatus"]
    server.faults.clear()
    assert run(library_page, "await answer(refresh=True)") == ["stored", [[3, 4]], None]
    publish(folder, 3)
    assert run(library_page, "await answer(refresh=True)", "adder.json")[1] == [[4, 5]]
    publish(folder, 4)
    assert run(library_page, "await answer(refresh=True)", "adder.json")[1] == [[5, 6]]


@pytest.mark.parametrize("address", [MODEL, "adder.json"])
def test_a_model_must_have_the_wanted_sha256(library_page, folder, address):
    first = publish(folder, 1).sha256
    code = "await failure(answer(sha256={!r}))"
    kind, _, message = run(library_page, code.format("0" * 64), address)
    assert (kind, first in message) == ("IntegrityError", True)
    assert count_records(library_page)["heads"] == 0
    assert run(library_page, code.format(first.upper()), address) == ["downloaded", [[2, 3]], None]
    second = publish(folder, 2).sha256
    assert run(library_page, code.format(first), address) == ["stored", [[2, 3]], None]
    assert run(library_page, code.format(second), address) == ["stored", [[3, 4]], None]
    assert run(library_page, code.format(first), address)[0] == "IntegrityError"
    stored = "await answer(only_if_stored=True, sha256={!r})"
    assert run(library_page, stored.format(second), address) == ["stored", [[3, 4]], None]


WRONG_RESPONSES = {
    "missing": "BadStatus",
    "closed connection": "Unreachable",
    "portal": "CaptivePortal",
    "untyped portal": "CaptivePortal",
    "other type": "WrongType",
    "cut": "Truncated",
}


def test_each_wrong_response_raises_its_own_error(library_page, server, subtests):
    for fault, kind in WRONG_RESPONSES.items():
        with subtests.test(fault):
            server.faults[MODEL] = fault
            assert run(library_page, "await failure(load(ADDRESS))")[:2] == [
                "ModelUnavailable",
                kind,
            ]
            assert count_records(library_page)["heads"] == 0
    server.faults.clear()
    assert run(library_page, "await answer()") == ["downloaded", [[2, 3]], None]


def test_a_file_that_is_no_model_raises_session_error_and_is_not_stored(library_page, folder):
    (folder / MODEL).unlink()
    (folder / MODEL).write_bytes(b"not a model")
    assert run(library_page, "await failure(load(ADDRESS))")[0] == "SessionError"
    assert run(library_page, "await failure(InferenceSession.create(ADDRESS))")[0] == "SessionError"
    assert count_records(library_page)["heads"] == 0


def test_headers_are_sent_and_progress_only_goes_forward(library_page, server, folder):
    code = """
calls = []
options = {"headers": {"Authorization": "Bearer secret"}}
await load(ADDRESS, progress=lambda *call: calls.append(call), **options)
calls
"""
    size = (folder / MODEL).stat().st_size
    calls = run(library_page, code)
    assert calls == sorted(calls)
    assert len(set(map(tuple, calls))) == len(calls)
    assert calls[-1] == [size, size]
    for headers in (server.request_headers, server.head_headers):
        assert headers[f"/{MODEL}"]["Authorization"] == "Bearer secret"


def test_a_file_that_the_server_compresses_is_loaded_without_a_known_size(library_page, folder):
    content = (folder / MODEL).read_bytes()
    (folder / f"{MODEL}.gz").write_bytes(gzip.compress(content))
    code = """
totals = []
model = await load(ADDRESS, progress=lambda done, total: totals.append(total))
[totals[0], model.manifest.size]
"""
    assert run(library_page, code) == [0, len(content)]
    assert run(library_page, "await answer()") == ["stored", [[2, 3]], None]


def test_the_bytes_of_a_model_do_not_enter_the_heap_of_python(library_page, folder):
    size = 40 * CHUNK
    publish(folder, 1, padding=size)
    heap = "pyodide._module.HEAP8.length"
    run(library_page, "None")
    before = library_page.evaluate(heap)
    code = """
session = await InferenceSession.create(ADDRESS)
meta = session.get_modelmeta()
[await answer(), meta.graph_name, (await session.run(None, {"x": [[1, 2]]}))[0].tolist()]
"""
    assert run(library_page, code) == [["stored", [[2, 3]], None], "g", [[2, 3]]]
    assert library_page.evaluate(heap) - before < size / 8


def test_a_load_that_takes_too_long_is_given_up(library_page, server):
    server.faults[MODEL] = "stuck"
    kind, cause, message = run(library_page, "await failure(load(ADDRESS, timeout=0.5))")
    assert (kind, cause) == ("ModelUnavailable", "Unreachable")
    assert "within 0.5 s" in message
    server.faults.clear()
    assert run(library_page, "await answer(timeout=600)") == ["downloaded", [[2, 3]], None]


def test_a_model_is_warmed_up_and_released_and_run_sync_says_why_it_can_not_wait(library_page):
    code = """
async with await load(ADDRESS) as model:
    await model.warm_up()
    inside = (await model.run({"x": [[1, 2]]}))["y"].tolist()
session = await InferenceSession.create(ADDRESS)
# onnxruntime-web may give the number of the released session to the new one.
released = await failure(model.run({"x": [[1, 2]]}))
await model.release()
after = (await session.run(None, {"x": [[1, 2]]}))[0].tolist()
async def wait():
    return session.run_sync(None, {"x": [[1, 2]]})
[inside, released[0], after, await failure(wait())]
"""
    *answers, waited = run(library_page, code)
    assert answers == [[[2, 3]], "SessionError", [[2, 3]]]
    assert (waited[0], "await session.run" in waited[2]) == ("SessionError", True)


def test_model_in_the_format_of_onnxruntime_is_stored_and_runs(library_page, folder):
    (folder / "adder.ort").write_bytes(ort_format(adder(1)))
    assert run(library_page, "await answer()", "adder.ort") == ["downloaded", [[2, 3]], None]
    assert run(library_page, "await answer()", "adder.ort") == ["stored", [[2, 3]], None]
    code = "(await load(ADDRESS)).manifest.name"
    assert run(library_page, code, "adder.ort") == "adder"


# Counts the sessions that onnxruntime-web creates, in `sessions`.
COUNT_SESSIONS = """() => {
  const { InferenceSession } = pyodide.pyimport("onnxruntime_web");
  const { create } = InferenceSession;
  globalThis.sessions = 0;
  InferenceSession.create = (...args) => {
    sessions += 1;
    return create.apply(InferenceSession, args);
  };
}"""


def test_a_load_creates_one_session(own_library_page, folder, subtests):
    own_library_page.evaluate(COUNT_SESSIONS)
    publish(folder, 1)
    for name, code, origin in (
        ("first load", "await answer()", "downloaded"),
        ("stored copy", "await answer()", "stored"),
        ("first load of a manifest", "await answer(name='described')", "downloaded"),
        ("options", "await answer(name='other', options=SessionOptions())", "downloaded"),
    ):
        address = "adder.json" if "manifest" in name else MODEL
        own_library_page.evaluate("globalThis.sessions = 0")
        with subtests.test(name):
            assert run(own_library_page, code, address) == [origin, [[2, 3]], None]
            assert own_library_page.evaluate("sessions") == 1
    publish(folder, 2)
    own_library_page.evaluate("globalThis.sessions = 0")
    with subtests.test("an update in the background"):
        assert run(own_library_page, LOAD_AND_WAIT_FOR_UPDATE) == ["stored", [[2, 3]]]
        assert own_library_page.evaluate("sessions") == 2


def test_a_fixed_dimension_is_not_stored_in_the_manifest(library_page, folder):
    publish(folder, 1)
    code = """
options = SessionOptions()
options.add_free_dimension_override_by_name("N", 1)
[await answer(options=options), str((await load(ADDRESS)).get_inputs()[0])]
"""
    assert run(library_page, code) == [["downloaded", [[2, 3]], None], "float32 (N, 2)"]


def test_the_options_name_base_credentials_and_on_update_are_obeyed(library_page, server, folder):
    publish(folder, 1)
    library_page.evaluate("document.cookie = 'login=secret; path=/'")
    code = """
from js import location
updates = []
options = {"name": "mine", "base": f"{location.origin}/a/b/", "on_update": updates.append}
first = await answer("../../adder.onnx", credentials="omit", **options)
stored = list(await models.list())
again = await answer("../../adder.onnx", **options)
while not updates:
    await asyncio.sleep(0)
[first, stored, again, updates[0].state.value, await failure(load("a.onnx", base="models/"))]
"""
    *found, (kind, _, message) = run(library_page, code)
    assert found == [
        ["downloaded", [[2, 3]], None],
        ["indexeddb://mine"],
        ["stored", [[2, 3]], None],
        "current",
    ]
    assert (kind, "`load(..., base=...)`" in message) == ("BaseMissing", True)
    assert server.request_headers[f"/{MODEL}"]["Cookie"] is None
    assert server.head_headers[f"/{MODEL}"]["Cookie"] == "login=secret"


def test_a_feature_that_the_browser_lacks_is_a_warning_of_the_model(library_page, folder):
    publish(folder, 1)
    code = """
import warnings
options = SessionOptions(intra_op_num_threads=2)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    found = [await answer(providers=["webgpu", "wasm"]), await answer(options=options)]
    session = await InferenceSession.create(ADDRESS, options, ["cuda", "wasm"])
[found, session.get_providers(), sorted(str(warning.message) for warning in caught)]
"""
    found, used, messages = run(library_page, code)
    assert found == [
        ["downloaded", [[2, 3]], "ProviderUnavailable"],
        ["stored", [[2, 3]], "ThreadsUnavailable"],
    ]
    assert used == ["CPUExecutionProvider"]
    texts = ("provider WebGpuExecutionProvider", "provider cuda", "1 instead of 2 threads")
    assert [text for text in texts if text not in " ".join(messages)] == []


def test_weights_in_another_file_come_from_typed_arrays_or_bytes(library_page, folder):
    content, files = with_external_data(1, "bias.bin")
    weights = files["bias.bin"]
    (folder / MODEL).unlink()
    (folder / MODEL).write_bytes(content)
    code = f"""
from js import Uint8Array
weights = {weights!r}
js_weights = Uint8Array.new(len(weights))
js_weights.assign(weights)
found = []
for content in (js_weights, weights):
    options = SessionOptions()
    add = options.add_external_initializers_from_files_in_memory
    add(["bias.bin"], [content], [len(weights)])
    found.append(await answer(options=options))
[found, (await failure(load(ADDRESS)))[0]]
"""
    loaded = [["downloaded", [[2, 3]], None], ["stored", [[2, 3]], None]]
    assert run(library_page, code) == [loaded, "ExternalDataMissing"]


def test_a_model_opened_without_its_manifest_runs_in_the_isolated_runtime(library_page, folder):
    publish(folder, 1)
    code = """
runtime = await isolated_runtime()
options = SessionOptions(intra_op_num_threads=2)
names = [spec.name for spec in (await load(ADDRESS, runtime=runtime)).get_inputs()]
found = [await answer(runtime=runtime), await answer(runtime=runtime, options=options)]
[names, *found, await answer(runtime=runtime, providers=["webgpu"])]
"""
    assert run(library_page, code) == [
        ["x"],
        ["stored", [[2, 3]], None],
        ["stored", [[2, 3]], "ThreadsUnavailable"],
        ["stored", [[2, 3]], "ProviderUnavailable"],
    ]
