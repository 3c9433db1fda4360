"""Models that are too large for the memory, or that the browser can't read as a whole."""

import json

from onnx import TensorProto, helper

from tests.browser.library.in_page import MODEL, count_records, publish_adder, run_python
from tests.browser.library.test_load import run
from tests.support.small_models import onnx_model, write_model

FIVE_GIB = 5 << 30
"""More bytes than WebAssembly's memory can have, which is 4 GiB."""
FAIL_TO_READ_BLOBS = """() => {
  Blob.prototype.arrayBuffer = async () => {
    throw new DOMException("The requested file could not be read", "NotReadableError");
  };
}"""
"""JavaScript: make reading a Blob fail, as it does in Chromium if the Blob is too large."""


def failure(page, call):
    """Return the type and the message of the error that a call in the page raises."""
    kind, _, message = run(page, f"import js\nawait failure({call})")
    return kind, message


def test_copy_that_can_not_be_read_stays_stored_and_the_model_runs_from_memory(
    own_library_page, server
):
    run_python(own_library_page, "await load()")
    own_library_page.evaluate(FAIL_TO_READ_BLOBS)
    assert run_python(own_library_page, "await load()") == [
        "downloaded",
        "1",
        "StoreUnreadable",
        [[2, 3]],
    ]
    assert count_records(own_library_page) == {"heads": 1, "versions": 1, "files": 1, "chunks": 0}
    kind, message = failure(own_library_page, "models.load((await models.list()).popitem()[0])")
    assert (kind, "remove the model and load it again" in message) == ("StoreUnreadable", True)
    assert len(server.requests_for(MODEL)) == 2


def test_stored_copy_is_read_in_parts(own_library_page, folder):
    publish_adder(folder, 1)
    code = """
from offline_onnx.browser import database
database.MAX_READ = 100_001
[(await load())[0], await load()]
"""
    assert run_python(own_library_page, code) == ["downloaded", ["stored", "1", None, [[2, 3]]]]


def test_model_that_is_larger_than_any_memory_is_refused_before_its_download(
    library_page, server, folder
):
    manifest = json.loads((folder / "adder.json").read_text("utf-8"))
    del manifest["chunks"]
    (folder / "adder.json").write_text(json.dumps({**manifest, "size": FIVE_GIB}), "utf-8")
    kind, message = failure(library_page, "models.load('adder.json')")
    assert kind == "ModelUnavailable"
    assert f"The model has {FIVE_GIB} bytes" in message
    assert server.requests_for(MODEL) == []


FAILING_RUNTIME = """() => {
  const create = async () => { throw new Error("std::bad_alloc"); };
  globalThis.failingRuntime = { InferenceSession: { create } };
}"""


def test_stored_model_for_which_there_is_no_memory_is_not_downloaded_again(library_page, server):
    run_python(library_page, "await load()")
    library_page.evaluate(FAILING_RUNTIME)
    code = "BrowserModelStore(runtime=js.failingRuntime).load('adder.json')"
    kind, message = failure(library_page, code)
    assert (kind, "not enough memory to open the model" in message) == ("OutOfMemory", True)
    assert len(server.requests_for(MODEL)) == 1
    assert run_python(library_page, "await load()")[0] == "stored"


def test_output_that_is_larger_than_any_memory_raises_out_of_memory(library_page, folder):
    content = onnx_model(
        {"x": (TensorProto.FLOAT, [1, 1]), "shape": (TensorProto.INT64, [2])},
        {"y": (TensorProto.FLOAT, ["M", "N"])},
        helper.make_node("Expand", ["x", "shape"], ["y"]),
    )
    write_model(folder, content, "expand")
    shape = [FIVE_GIB // 4, 1]  # the output's values have 4 bytes each
    code = f"(await models.load('expand.json')).run({{'x': [[1]], 'shape': {shape}}})"
    kind, message = failure(library_page, code)
    assert (kind, "not enough memory to run the model" in message) == ("OutOfMemory", True)
