"""In a page: models whose weights are in another file."""

import os

import pytest

from tests.browser.library.in_page import CHUNK, PRELUDE, count_records, run_python, visit
from tests.browser.library.test_load import HELPERS
from tests.browser.library.test_models import START_PYTHON
from tests.browser.support.drawing import wait_for_value
from tests.support.small_models import with_external_data, write_model

MODEL, DATA = "split.onnx", "split.onnx.data"
PADDING = 20 * CHUNK
OUTPUT = [[2, 3]]
"""The output of the model with the bias 1 for the input [[1, 2]]."""


def publish(folder, bias=1, padding=PADDING):
    """Write a model, its bias in another file, and its manifest; return the manifest.

    The files' Last-Modified differs for each bias.
    """
    content, external_data = with_external_data(bias, DATA, padding)
    for name in (MODEL, DATA, "split.json"):
        (folder / name).unlink(missing_ok=True)
    manifest = write_model(
        folder, content, "split", str(bias), chunk_size=CHUNK, external_data=external_data
    )
    for name in (MODEL, DATA):
        os.utime(folder / name, (1e9 + bias, 1e9 + bias))
    return manifest


@pytest.fixture(autouse=True)
def published(folder):
    """Write the model into the folder of the page; return its manifest."""
    return publish(folder)


def run(page, code):
    """Run Python with HELPERS in the page; return the last line's value."""
    return run_python(page, f"import offline_onnx\nADDRESS = {MODEL!r}\n{HELPERS}{code}")


def test_model_is_stored_with_its_weights_and_runs_without_a_server(
    library_page, server, published
):
    assert run_python(library_page, 'await load("split.json")') == ["downloaded", "1", None, OUTPUT]
    assert count_records(library_page) == {"heads": 1, "versions": 1, "files": 1, "chunks": 0}
    visit(library_page, server)
    server.faults.update(dict.fromkeys(("split.json", MODEL, DATA), "missing"))
    assert run_python(library_page, 'await load("split.json")') == ["stored", "1", None, OUTPUT]
    assert [len(server.requests_for(name)) for name in (MODEL, DATA)] == [1, 1]
    code = """
await models.move((await models.list()).popitem()[0], "indexeddb://moved")
await models.copy("indexeddb://moved", "indexeddb://copy")
infos = await models.list()
[sorted(infos), [info.size for info in infos.values()], await load("indexeddb://copy")]
"""
    names, sizes, loaded = run_python(library_page, code)
    assert names == ["indexeddb://copy", "indexeddb://moved"]
    assert sizes == [published.total_size] * 2
    assert loaded == ["stored", "1", None, OUTPUT]


# Loads the model and stores its progress, in bytes, in JavaScript's `done`.
LOAD_WITH_PROGRESS = """
import js
js.done = 0
def observe(done, total):
    js.done = done
json.dumps(await load("split.json", progress=observe))
"""


def test_interrupted_download_resumes_in_the_file_with_the_weights(library_page, server, published):
    server.faults[DATA] = ["stuck", None]
    library_page.evaluate(START_PYTHON, PRELUDE + LOAD_WITH_PROGRESS)
    model, data = published.files
    stored = data.size * 6 // 10 // CHUNK  # after 60 %, the fault "stuck" sends nothing more
    wait_for_value(
        lambda: library_page.evaluate("globalThis.done ?? 0"), model.size + stored * CHUNK
    )
    wait_for_value(lambda: count_records(library_page)["chunks"], 1 + stored)
    visit(library_page, server)
    assert (
        count_records(library_page)["files"] == 0
    )  # no file is stored before all files are complete
    assert run_python(library_page, 'await load("split.json")') == ["downloaded", "1", None, OUTPUT]
    headers = server.request_headers[f"/{DATA}"]
    assert headers["Range"] == f"bytes={stored * CHUNK}-"
    assert "If-Range" in headers
    assert len(server.requests_for(MODEL)) == 1


def test_damaged_weights_are_refused_and_other_weights_are_an_update(library_page, folder):
    damaged = bytearray((folder / DATA).read_bytes())
    damaged[-1] ^= 1
    (folder / DATA).write_bytes(damaged)
    code = "await failure(models.load('split.json'))"
    kind, cause, message = run(library_page, code)
    assert (kind, cause, DATA in message) == ("ModelUnavailable", "IntegrityError", True)
    publish(folder)
    assert run_python(library_page, 'await load("split.json")')[0] == "downloaded"
    publish(folder, 2)
    code = """
update = await models.update("split.json")
newer = await load("split.json")
back = await models.rollback((await models.list()).popitem()[0])
[update.state.value, newer, back.version, await load("split.json")]
"""
    assert run_python(library_page, code) == [
        "ready",
        ["stored", "2", None, [[3, 4]]],
        "1",
        ["stored", "1", None, OUTPUT],
    ]


def test_model_is_saved_to_disk_and_loaded_from_picked_files(library_page, folder, tmp_path):
    names = [MODEL, DATA, "split.json"]
    saved = {}
    library_page.on(
        "download", lambda download: saved.update({download.suggested_filename: download})
    )
    run_python(library_page, 'await models.copy("split.json", "downloads://")')
    # `evaluate` lets Playwright report the downloads.
    wait_for_value(lambda: (library_page.evaluate("0"), sorted(saved))[1], sorted(names))
    for name, download in saved.items():
        download.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    library_page.locator("#files").set_input_files([tmp_path / name for name in names])
    code = """
from js import document
files = FileSource(document.getElementById("files").files)
await load(files, name="picked")
"""
    assert run_python(library_page, code) == ["downloaded", "1", None, OUTPUT]
    library_page.locator("#files").set_input_files([tmp_path / MODEL, tmp_path / "split.json"])
    code = """
from js import document
await failure(models.load(FileSource(document.getElementById("files").files)))
"""
    kind, _, message = run(library_page, code)
    assert (kind, f"{DATA} can't be read (it is not among" in message) == ("FileUnreadable", True)


def test_isolated_runtime_opens_the_weights(own_library_page):
    code = """
isolated = BrowserModelStore(runtime=await isolated_runtime())
model = await isolated.load("split.json")
(await model.run({"x": [[1, 2]]}))["y"].tolist()
"""
    assert run_python(own_library_page, code) == OUTPUT


def test_model_without_a_manifest_is_loaded_and_updated_with_its_weights(
    library_page, server, folder
):
    (folder / "split.json").unlink()
    code = """
from offline_onnx.browser.onnx_files import load as loader
from offline_onnx import load
loaded = await answer()
await asyncio.gather(*loader._updates)
[*loaded, (await load(ADDRESS, only_if_stored=True)).manifest.files[1].file]
"""
    assert run(library_page, code) == ["downloaded", OUTPUT, None, DATA]
    assert count_records(library_page)["chunks"] == 0
    visit(library_page, server)
    assert run(library_page, code) == ["stored", OUTPUT, None, DATA]
    assert len(server.requests_for(DATA)) == 1
    _, external_data = with_external_data(2, DATA, PADDING)
    (folder / DATA).write_bytes(external_data[DATA])
    assert run(library_page, code)[:2] == ["stored", OUTPUT]
    assert run(library_page, code)[:2] == ["stored", [[3, 4]]]


def test_weights_without_a_manifest_are_requested_with_the_given_credentials(
    library_page, server, folder
):
    (folder / "split.json").unlink()
    library_page.evaluate("document.cookie = 'login=secret; path=/'")
    code = "from offline_onnx import load\nawait answer(credentials='omit')"
    assert run(library_page, code) == ["downloaded", OUTPUT, None]
    assert server.request_headers[f"/{DATA}"]["Cookie"] is None


# Downloads the files into Pyodide's file system, and opens the model there: first without and then
# with its weights.
OPEN_FILES_OF_PYODIDE = """
from pathlib import Path
from js import Uint8Array, fetch
from offline_onnx import InferenceSession, load
from pyodide.http import pyfetch
async def save(name):
    Path("/tmp", name).write_bytes(await (await pyfetch(name)).bytes())
await save(ADDRESS)
content = Path("/tmp", ADDRESS).read_bytes()
missing = [await failure(load("/tmp/" + ADDRESS)), await failure(InferenceSession.create(content))]
await save(ADDRESS + ".data")
model = await load("/tmp/" + ADDRESS)
session = await InferenceSession.create("/tmp/" + ADDRESS)
ran = (await model.run({"x": [[1, 2]]}))["y"].tolist()
[missing, ran, (await session.run(None, {"x": [[1, 2]]}))[0].tolist(), model.manifest.model_sha256]
"""


def test_files_of_pyodides_file_system_are_opened_with_their_weights(library_page, published):
    missing, *answers, digest = run(library_page, OPEN_FILES_OF_PYODIDE)
    for kind, _, message in missing:
        assert kind == "ExternalDataMissing"
        assert f"in other files, which are missing: {DATA}." in message
    assert answers == [OUTPUT] * 2
    assert digest == published.model_sha256


def test_manifest_that_does_not_name_the_weights_says_what_to_do(library_page, folder):
    text = (folder / "split.json").read_text("utf-8")
    (folder / "split.json").write_text(text.replace("external_data", "other_fields"), "utf-8")
    kind, _, message = run(library_page, "await failure(models.load('split.json'))")
    assert kind == "ExternalDataMissing"
    assert f"which are missing: {DATA}. Keep these files in the folder" in message
