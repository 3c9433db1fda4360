"""The errors that the library raises for wrong responses of a server."""

import json

import pytest

from tests.browser.library.in_page import (
    CHUNK,
    MODEL,
    PADDING,
    count_records,
    publish_adder,
    run_python,
)
from tests.browser.library.test_models import stall_at_60_percent
from tests.support.small_models import adder
from tests.support.time_limits import TIMEOUT

MIB = 1 << 20
# Loads the model, which must fail; returns the cause of the error.
LOAD_AND_FAIL = """
try:
    await models.load("adder.json")
except ModelUnavailable as error:
    cause = error.__cause__
    failure = [type(cause).__name__, cause.what, cause.address]
failure
"""


WRONG_RESPONSES = {
    "missing": ("BadStatus", "with status 404."),
    "closed connection": ("Unreachable", "can't be reached"),
    "portal": ("CaptivePortal", "with a web page instead of the file."),
    "untyped portal": ("CaptivePortal", "with a web page instead of the file."),
    "other type": ("WrongType", "with application/json instead of the file."),
    "longer": ("WrongLength", "bytes, but its manifest says"),
    "shorter": ("WrongLength", "bytes, but its manifest says"),
    "cut": ("Truncated", "ended at"),
    "changed": ("IntegrityError", "is damaged or is another file (chunk 1 of"),
}
"""For each fault of a server: the error that it causes, and words of its message."""
WRONG_RESPONSES_FOR_MANIFEST = {
    "missing": "BadStatus",
    "closed connection": "Unreachable",
    "portal": "CaptivePortal",
    "untyped portal": "CaptivePortal",
    "other type": "ManifestError",
}
"""For each fault of a server's response with the manifest: the error that it causes."""
LOAD_AND_REMOVE = """
loaded = await load()
await models.remove((await models.list()).popitem()[0])
loaded
"""


def test_each_wrong_response_raises_its_own_error(library_page, server, subtests):
    for fault, (kind, words) in WRONG_RESPONSES.items():
        with subtests.test(fault):
            server.faults[MODEL] = fault
            found, what, address = run_python(library_page, LOAD_AND_FAIL)
            assert (found, address.split("/")[-1].split("?")[0]) == (kind, MODEL)
            assert words in what
            assert count_records(library_page)["heads"] == 0
            server.faults.clear()
            assert run_python(library_page, LOAD_AND_REMOVE) == ["downloaded", "1", None, [[2, 3]]]


def test_each_wrong_response_for_the_manifest_raises_its_own_error(library_page, server, subtests):
    for fault, kind in WRONG_RESPONSES_FOR_MANIFEST.items():
        with subtests.test(fault):
            server.faults["adder.json"] = fault
            assert run_python(library_page, LOAD_AND_FAIL)[0] == kind
            server.faults.clear()
            assert run_python(library_page, LOAD_AND_REMOVE)[0] == "downloaded"


def test_stalled_server_raises_unreachable(own_library_page, server):
    server.hold_responses(MODEL)
    code = "from offline_onnx.browser import http\nhttp.STALL_TIMEOUT = 0.5\n" + LOAD_AND_FAIL
    found, what, _ = run_python(own_library_page, code)
    assert found == "Unreachable"
    assert "no answer for" in what


def test_file_that_does_not_match_its_manifest_raises_integrity_error(library_page, folder):
    (folder / MODEL).unlink()
    (folder / MODEL).write_bytes(adder(2, PADDING))
    found, what, _ = run_python(library_page, LOAD_AND_FAIL)
    assert found == "IntegrityError"
    assert "chunk" in what


UNENDING_RESPONSES = {
    "unending 404": "BadStatus",
    "unending portal": "CaptivePortal",
    "unending other type": "WrongType",
    "unending range": "WrongType",
}
"""For each response whose body never ends: the error that it causes."""


def test_library_aborts_a_response_that_it_rejects(library_page, server, subtests):
    for path, faults in ((MODEL, UNENDING_RESPONSES), ("adder.json", ["unending 404"])):
        for fault in faults:
            with subtests.test(f"{fault}: {path}"):
                server.client_disconnected.clear()
                server.faults[path] = fault
                assert run_python(library_page, LOAD_AND_FAIL)[0] == UNENDING_RESPONSES[fault]
                assert server.client_disconnected.wait(TIMEOUT)
        server.faults.clear()


def test_library_aborts_a_response_with_status_416_and_requests_the_whole_file(
    library_page, server, folder
):
    stall_at_60_percent(library_page, server, folder)
    server.faults[MODEL] = ["unending 416", None]
    server.release_stuck.set()
    assert json.loads(library_page.evaluate("loading")) == ["downloaded", "1", None, [[2, 3]]]
    assert "Range" not in server.request_headers[f"/{MODEL}"]
    assert server.client_disconnected.wait(TIMEOUT)


def test_a_response_that_ends_after_its_last_byte_is_not_aborted(library_page, server):
    server.faults[MODEL] = "late end"
    with library_page.expect_request_finished(lambda request: request.url.endswith(MODEL)):
        assert run_python(library_page, LOAD_AND_REMOVE) == ["downloaded", "1", None, [[2, 3]]]
        server.release_stuck.set()


def test_a_response_that_is_longer_than_the_file_is_aborted(library_page, server):
    server.faults[MODEL] = "endless"
    assert run_python(library_page, LOAD_AND_REMOVE) == ["downloaded", "1", None, [[2, 3]]]
    assert server.client_disconnected.wait(TIMEOUT)


# Records the option `min` of each read of a response's body, in bytes, in `reads`; 0 for a read
# without this option. The argument says whether the browser can read into buffers.
WATCH_READERS = """(canFill) => {
  globalThis.reads = [];
  const getReader = ReadableStream.prototype.getReader;
  ReadableStream.prototype.getReader = function (options) {
    if (options?.mode === "byob" && !canFill) throw new TypeError("byob");
    const reader = getReader.call(this, options);
    const read = reader.read;
    reader.read = (...buffer) => {
      reads.push(buffer[1]?.min ?? 0);
      return read.apply(reader, buffer);
    };
    return reader;
  };
}"""


@pytest.mark.parametrize("can_fill", [True, False])
def test_body_is_read_into_the_buffers_of_chunks_if_the_browser_can(own_library_page, can_fill):
    own_library_page.evaluate(WATCH_READERS, can_fill)
    assert run_python(own_library_page, LOAD_AND_REMOVE) == ["downloaded", "1", None, [[2, 3]]]
    sizes = set(own_library_page.evaluate("reads"))
    assert sizes >= {1, CHUNK} if can_fill else sizes == {0}


def test_body_whose_chunks_are_too_large_for_buffers_is_read_without_buffers(
    own_library_page, folder
):
    publish_adder(folder, 1, padding=4 * MIB, chunk_size=3 * MIB)
    own_library_page.evaluate(WATCH_READERS, True)
    assert run_python(own_library_page, LOAD_AND_REMOVE) == ["downloaded", "1", None, [[2, 3]]]
    assert set(own_library_page.evaluate("reads")) == {0}
