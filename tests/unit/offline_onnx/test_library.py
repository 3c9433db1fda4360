from datetime import UTC, datetime, timedelta

import pytest

from offline_onnx import (
    AddressError,
    IntegrityError,
    Library,
    Loader,
    NotStored,
    Origin,
    StoreError,
    StoreFull,
    Unreachable,
)
from offline_onnx.native import NativeMemory
from tests.unit.fakes import CountingRuntime, MemoryStore, Server, head_of, run, sha256

ONE, TWO = b"the first model", b"the second model"
ADDRESS = "https://example.org/two.json"


class Shelf:
    """A library with one stored model, one on a server, and the files that were saved."""

    def __init__(self):
        self.store = MemoryStore()
        self.server = Server(TWO)
        self.saved = []
        self.library = Library(self.store, NativeMemory(), lambda _: self.server, self._save)
        run(Loader("one", self.store, NativeMemory(), CountingRuntime()).load(Server(ONE)))

    async def _save(self, manifest, content):
        self.saved.append((manifest.file, bytes(content)))

    def do(self, method, *arguments):
        return run(getattr(self.library, method)(*arguments))

    def names(self):
        return sorted(self.do("list"))


@pytest.fixture
def shelf():
    return Shelf()


def test_the_list_tells_what_is_stored_since_when_and_how_large(shelf):
    (info,) = shelf.do("list").values()
    assert (info.manifest.name, info.size, info.previous) == ("digits", len(ONE), None)
    assert info.manifest_size == len(info.manifest.to_json())
    assert timedelta() <= datetime.now(UTC) - info.saved < timedelta(minutes=5)
    assert shelf.names() == ["indexeddb://one"]


def test_what_is_not_whole_or_damaged_is_not_listed(shelf):
    shelf.server.cut_at = 6
    shelf.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        shelf.do("copy", ADDRESS, "indexeddb://two")
    assert shelf.names() == ["indexeddb://one"]
    shelf.store.versions.clear()
    assert shelf.names() == []


def test_a_model_is_removed_with_all_its_versions(shelf):
    shelf.do("copy", ADDRESS, "indexeddb://one")
    assert shelf.do("remove", "indexeddb://one").size == len(TWO)
    assert (shelf.store.files, shelf.store.versions, shelf.names()) == ({}, {}, [])
    with pytest.raises(NotStored):
        shelf.do("remove", "indexeddb://one")


def test_a_removed_model_is_a_first_visit_and_no_eviction(shelf):
    shelf.do("remove", "indexeddb://one")
    loader = Loader("one", shelf.store, NativeMemory(), CountingRuntime())
    assert run(loader.load(Server(ONE))).origin is Origin.DOWNLOADED


def test_a_copy_from_a_server_is_stored_and_verified(shelf):
    told = []
    shelf.do("copy", ADDRESS, "indexeddb://two", lambda *bytes_: told.append(bytes_))
    assert shelf.names() == ["indexeddb://one", "indexeddb://two"]
    assert shelf.store.stored("two") == TWO
    assert told[-1] == (len(TWO), len(TWO))


def test_a_copy_under_another_name_leaves_the_source(shelf):
    shelf.do("copy", "indexeddb://one", "indexeddb://copy")
    assert shelf.store.stored("copy") == shelf.store.stored("one") == ONE


def test_a_copy_over_another_model_can_be_rolled_back(shelf):
    shelf.do("copy", ADDRESS, "indexeddb://one")
    assert shelf.store.kept_heads["one"] == head_of(TWO, ONE)
    assert shelf.do("rollback", "indexeddb://one").sha256 == sha256(ONE)
    assert shelf.store.stored("one") == ONE


def test_a_copy_to_itself_changes_nothing(shelf):
    before = dict(shelf.store.files)
    shelf.do("copy", "indexeddb://one", "indexeddb://one")
    shelf.do("move", "indexeddb://one", "indexeddb://one")
    assert shelf.store.files == before


def test_a_custom_source_is_copied_like_any_other(shelf):
    shelf.do("copy", Server(TWO), "indexeddb://two")
    assert shelf.store.stored("two") == TWO


def test_a_damaged_model_is_not_copied(shelf):
    shelf.store.damage("one")
    with pytest.raises(IntegrityError):
        shelf.do("copy", "indexeddb://one", "indexeddb://copy")
    assert "copy" not in shelf.store.kept_heads


def test_a_move_is_a_new_name(shelf):
    shelf.do("move", "indexeddb://one", "indexeddb://uno")
    assert shelf.names() == ["indexeddb://uno"]
    assert shelf.store.stored("uno") == ONE
    assert {name for name, _ in shelf.store.files} == {"uno"}


def test_a_copy_of_what_is_there_already_leaves_it_there_if_the_storage_is_full(shelf):
    shelf.server.content = ONE
    shelf.store.faults["describe"] = [StoreFull("quota")]
    with pytest.raises(StoreFull):
        shelf.do("copy", ADDRESS, "indexeddb://one")
    assert shelf.store.stored("one") == ONE


def test_what_a_download_has_left_is_removed_though_no_model_is_stored(shelf):
    shelf.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        shelf.do("copy", ADDRESS, "indexeddb://two")
    assert shelf.store.chunks != {}
    with pytest.raises(NotStored):
        shelf.do("remove", "indexeddb://two")
    assert shelf.store.chunks == {}


@pytest.mark.parametrize("method", ["content", "describe", "put_chunks", "commit", "remove"])
@pytest.mark.parametrize("fault", [StoreError("broken"), StoreFull("quota")])
def test_a_move_that_fails_anywhere_never_loses_the_model(shelf, method, fault):
    shelf.store.faults[method] = [fault]
    with pytest.raises(StoreError):
        shelf.do("move", "indexeddb://one", "indexeddb://uno")
    assert shelf.store.stored("one") == ONE
    shelf.store.faults.clear()
    shelf.do("move", "indexeddb://one", "indexeddb://uno")
    assert shelf.store.stored("uno") == ONE
    assert shelf.names() == ["indexeddb://uno"]


def test_a_move_to_a_damaged_twin_repairs_it_and_never_loses_the_model(shelf):
    shelf.do("copy", "indexeddb://one", "indexeddb://uno")
    shelf.store.damage("uno")
    shelf.do("move", "indexeddb://one", "indexeddb://uno")
    assert shelf.store.stored("uno") == ONE
    assert shelf.store.kept_heads == {"uno": head_of(ONE)}


def test_a_copy_that_fails_leaves_what_was_there(shelf):
    shelf.server.content_fault = Unreachable(ADDRESS, "offline")
    with pytest.raises(Unreachable):
        shelf.do("copy", ADDRESS, "indexeddb://one")
    assert shelf.store.stored("one") == ONE


@pytest.mark.parametrize("source", ["indexeddb://one", ADDRESS])
def test_a_model_is_saved_to_disk(shelf, source):
    shelf.do("copy", source, "downloads://")
    content = ONE if source == "indexeddb://one" else TWO
    assert shelf.saved == [("digits.onnx", content)]
    assert shelf.names() == ["indexeddb://one"]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("remove", ["one"]),
        ("remove", ["indexeddb://"]),
        ("copy", ["indexeddb://one", ADDRESS]),
        ("move", [ADDRESS, "indexeddb://two"]),
        ("rollback", ["one"]),
    ],
)
def test_an_address_that_can_not_be_used_so_is_named(shelf, method, arguments):
    with pytest.raises(AddressError, match="indexeddb://"):
        shelf.do(method, *arguments)


def test_what_is_not_stored_can_not_be_copied(shelf):
    with pytest.raises(NotStored, match="other"):
        shelf.do("copy", "indexeddb://other", "indexeddb://two")
