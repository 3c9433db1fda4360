"""What a server can do to a download, and what the library says of it."""

import pytest

from tests.browser.library.in_page import MODEL, PADDING, databases, python
from tests.support.small_models import adder

FAILURE = """
try:
    await models.load("adder.json")
except ModelUnavailable as error:
    cause = error.__cause__
    told = [type(cause).__name__, cause.what, cause.address]
told
"""


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("missing", "BadStatus", "was answered with status 404."),
        ("gone", "Unreachable", "can't be reached"),
        ("portal", "CaptivePortal", "was answered with a web page instead of the file."),
        ("untyped portal", "CaptivePortal", "was answered with a web page instead of the file."),
        ("other type", "WrongType", "was answered with application/json instead of the file."),
        ("longer", "WrongLength", "bytes, its manifest says"),
        ("shorter", "WrongLength", "bytes, its manifest says"),
        ("cut", "Truncated", "ended at"),
        ("changed", "IntegrityError", "is damaged, or is another file (chunk 1 of"),
    ],
)
def test_each_wrong_answer_is_told_apart(library, server, fault, kind, words):
    server.faults[MODEL] = fault
    found, what, address = python(library, FAILURE)
    assert (found, address.split("/")[-1].split("?")[0]) == (kind, MODEL)
    assert words in what
    assert databases(library)["heads"] == 0
    server.faults.clear()
    assert python(library, "await load()") == ["downloaded", "1", None, [[2, 3]]]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("missing", "BadStatus"),
        ("gone", "Unreachable"),
        ("portal", "CaptivePortal"),
        ("untyped portal", "CaptivePortal"),
        ("other type", "ManifestError"),
    ],
)
def test_a_wrong_answer_in_place_of_the_manifest_is_told_apart(library, server, fault, kind):
    server.faults["adder.json"] = fault
    assert python(library, FAILURE)[0] == kind
    server.faults.clear()
    assert python(library, "await load()")[0] == "downloaded"


def test_a_server_that_stands_still_is_given_up(library, server):
    server.hold(MODEL)
    code = "from offline_onnx.browser import response\nresponse.STALL = 0.5\n" + FAILURE
    found, what, _ = python(library, code)
    assert found == "Unreachable"
    assert "no answer for" in what


def test_a_manifest_of_another_build_than_the_file_is_told(library, folder):
    (folder / MODEL).unlink()
    (folder / MODEL).write_bytes(adder(2, PADDING))
    found, what, _ = python(library, FAILURE)
    assert found == "IntegrityError"
    assert "chunk" in what
