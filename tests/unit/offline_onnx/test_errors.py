"""The messages and the tree of the errors."""

import re

import pytest

from offline_onnx import ModelUnavailable, OfflineModelError, errors
from offline_onnx.errors import (
    BadStatus,
    CaptivePortal,
    Evicted,
    FileUnreadable,
    IntegrityError,
    NotStored,
    StoreBlocked,
    StoreFull,
    StoreTooNew,
    StoreUnavailable,
    StoreUnreadable,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)

ADDRESS = "https://example.org/model.onnx"
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, OfflineModelError)
]
"""All classes of errors of the library."""
EXAMPLES = [
    Unreachable(ADDRESS, "offline"),
    FileUnreadable("digits.onnx", "it is missing"),
    BadStatus(ADDRESS, 503),
    CaptivePortal(ADDRESS),
    WrongType(ADDRESS, "image/png"),
    WrongLength(ADDRESS, 12, 13),
    WrongLength(ADDRESS, None, 13),
    Truncated(ADDRESS, 12, 13),
    IntegrityError(ADDRESS, "chunk 2 of 3"),
    Evicted("digits"),
    NotStored("digits"),
    StoreUnavailable("private window"),
    StoreBlocked(),
    StoreTooNew("version 3 is stored, this is version 2"),
    StoreFull("quota"),
    StoreUnreadable("NotReadableError"),
    ModelUnavailable(Unreachable(ADDRESS, "offline")),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_says_what_happened_where_and_what_to_do(error):
    """Errors of the store, except Evicted, have an empty address."""
    assert str(error) == f"{error.what} {error.remedy}"
    assert error.what.endswith(".")
    assert error.remedy.endswith(".")
    has_address = isinstance(error, Evicted) or not isinstance(error, errors.StoreError)
    assert bool(error.address) is has_address
    assert error.address in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_remedies_do_not_name_build_py(kind):
    assert "build.py" not in kind.remedy


@pytest.mark.parametrize("origin", ["the store", ADDRESS, "/models/digits.onnx"])
def test_integrity_error_does_not_say_that_anything_was_deleted(origin):
    # A stored copy may still be there, and a file on disk always is.
    assert not re.search("thrown|deleted|removed|discarded", str(IntegrityError(origin, "short")))


def test_every_error_class_has_its_own_remedy():
    for kind in KINDS:
        assert kind is OfflineModelError or kind.remedy != OfflineModelError.remedy, kind


def test_tree_in_the_docstring_matches_the_classes():
    bases_in_docstring, path = {}, []
    for line in errors.__doc__.splitlines():
        name = line.lstrip("│├└─ ").split(" ")[0]
        if name in vars(errors) and (depth := (len(line) - len(line.lstrip("│├└─ "))) // 4) >= 0:
            path[depth:] = [name]
            bases_in_docstring[name] = path[depth - 1] if depth else None
    bases = {kind.__name__: kind.__mro__[1].__name__ for kind in KINDS}
    assert bases_in_docstring == {**bases, "OfflineModelError": None}
