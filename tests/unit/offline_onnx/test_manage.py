"""List, copy, move, fetch and remove models."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from offline_onnx import OfflineModelError, Origin
from offline_onnx.errors import (
    AddressError,
    IntegrityError,
    NotStored,
    StoreError,
    StoreFull,
    Unreachable,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.model_store import ModelStore, UpdateState
from offline_onnx.storage.source import stored_name
from tests.unit.fakes import FakeRuntime, FakeSource, MemoryStore, head_of, run, sha256

ONE, TWO, THREE = b"the first model", b"the second model", b"the third model"


class StoreAndSource:
    """A model store and a source.

    Attributes:
        store: the store, with the model ONE stored as "one".
        source: the source of the model TWO.
        models: the ModelStore of `store`.
    """

    def __init__(self):
        self.store = MemoryStore()
        self.source = FakeSource(TWO)
        self.models = ModelStore(self.store, NativeMemory(), FakeRuntime())
        self.call("load", "one", FakeSource(ONE))

    def call(self, method, *arguments):
        """Call an async method of the ModelStore and return its result."""
        return run(getattr(self.models, method)(*arguments))

    def names(self):
        """Return the names of the stored models."""
        return sorted(self.call("list"))

    def stored_source(self, name):
        """Return a Source that delivers a stored model."""
        return self.models.stored_source(name)


@pytest.fixture
def setup():
    """Return a StoreAndSource."""
    return StoreAndSource()


def test_list_has_manifest_date_and_sizes(setup):
    (info,) = setup.call("list").values()
    assert (info.manifest.name, info.size, info.previous) == ("digits", len(ONE), None)
    assert info.manifest_size == len(info.manifest.to_json())
    assert timedelta() <= datetime.now(UTC) - info.saved < timedelta(minutes=5)
    assert setup.names() == ["one"]


def test_incomplete_and_damaged_models_are_not_listed(setup):
    setup.source.cut_at = 6
    setup.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        setup.call("copy", setup.source, "two")
    assert setup.names() == ["one"]
    setup.store.versions.clear()
    assert setup.names() == []


def test_remove_deletes_all_versions(setup):
    setup.call("copy", setup.source, "one")
    assert setup.call("remove", "one").size == len(TWO)
    assert (setup.store.files, setup.store.versions, setup.names()) == ({}, {}, [])
    with pytest.raises(NotStored):
        setup.call("remove", "one")


def test_loading_a_removed_model_counts_as_a_first_load(setup):
    setup.call("remove", "one")
    assert setup.call("load", "one", FakeSource(ONE)).origin is Origin.DOWNLOADED


def test_copy_from_a_server_is_stored(setup):
    reported = []
    setup.call("copy", setup.source, "two", lambda *bytes_: reported.append(bytes_))
    assert setup.names() == ["one", "two"]
    assert setup.store.stored("two") == TWO
    assert reported[-1] == (len(TWO), len(TWO))


def test_copy_under_another_name_does_not_change_the_original(setup):
    setup.call("copy", setup.stored_source("one"), "copy")
    assert setup.store.stored("copy") == setup.store.stored("one") == ONE


def test_copy_over_another_model_can_be_rolled_back(setup):
    setup.call("copy", setup.source, "one")
    assert setup.store.stored_heads["one"] == head_of(current=TWO, previous=ONE)
    assert setup.call("rollback", "one").sha256 == sha256(ONE)
    assert setup.store.stored("one") == ONE


def test_copy_and_move_to_the_same_name_change_nothing(setup):
    before = dict(setup.store.files)
    setup.call("copy", setup.stored_source("one"), "one")
    setup.call("move", "one", "one")
    assert setup.store.files == before


def test_copy_accepts_any_source(setup):
    setup.call("copy", FakeSource(TWO), "two")
    assert setup.store.stored("two") == TWO


def test_damaged_model_is_not_copied(setup):
    setup.store.damage("one")
    with pytest.raises(IntegrityError):
        setup.call("copy", setup.stored_source("one"), "copy")
    assert "copy" not in setup.store.stored_heads


def test_move_renames_a_model(setup):
    setup.call("move", "one", "uno")
    assert setup.names() == ["uno"]
    assert setup.store.stored("uno") == ONE
    assert {name for name, _ in setup.store.files} == {"uno"}


def test_failed_copy_of_the_stored_version_does_not_delete_it(setup):
    setup.source.content = ONE
    setup.store.faults["commit"] = [StoreFull("quota")]
    with pytest.raises(StoreFull):
        setup.call("copy", setup.source, "one")
    assert setup.store.stored("one") == ONE


@pytest.mark.parametrize("cut_at", [None, 4])
def test_remove_deletes_what_an_interrupted_download_has_stored(setup, cut_at):
    setup.source.cut_at, setup.source.ranges = cut_at, False
    setup.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(OfflineModelError):
        setup.call("copy", setup.source, "two")
    tables = (setup.store.chunks, setup.store.files)
    assert any(key[0] == "two" for table in tables for key in table)
    with pytest.raises(NotStored):
        setup.call("remove", "two")
    assert not any(key[0] == "two" for table in tables for key in table)


@pytest.mark.parametrize("method", ["content", "put_content", "commit", "remove"])
@pytest.mark.parametrize("fault", [StoreError("broken"), StoreFull("quota")])
def test_failed_move_does_not_delete_the_model(setup, method, fault):
    setup.store.faults[method] = [fault]
    with pytest.raises(StoreError):
        setup.call("move", "one", "uno")
    assert setup.store.stored("one") == ONE
    setup.store.faults.clear()
    setup.call("move", "one", "uno")
    assert setup.store.stored("uno") == ONE
    assert setup.names() == ["uno"]


def test_move_to_a_damaged_copy_replaces_it(setup):
    setup.call("copy", setup.stored_source("one"), "uno")
    setup.store.damage("uno")
    setup.call("move", "one", "uno")
    assert setup.store.stored("uno") == ONE
    assert setup.store.stored_heads == {"uno": head_of(current=ONE)}


def test_failed_copy_does_not_change_the_stored_model(setup):
    setup.source.content_fault = Unreachable("x", "offline")
    with pytest.raises(Unreachable):
        setup.call("copy", setup.source, "one")
    assert setup.store.stored("one") == ONE


def test_fetch_does_not_store_the_model(setup):
    for source, content in ((setup.stored_source("one"), ONE), (setup.source, TWO)):
        manifest, found = setup.call("fetch", source)
        assert (manifest.file, bytes(found)) == ("digits.onnx", content)
    assert setup.names() == ["one"]


@pytest.mark.parametrize("address", ["one", "indexeddb://", "https://example.org/two.json"])
def test_stored_name_refuses_addresses_that_name_no_stored_model(address):
    with pytest.raises(AddressError, match="indexeddb://"):
        stored_name(address)


def test_copy_raises_not_stored_for_an_unknown_name(setup):
    with pytest.raises(NotStored, match="other"):
        setup.call("copy", setup.stored_source("other"), "two")


def test_update_in_another_tab_during_a_move_is_stored_or_fails(setup):
    async def move_and_update():
        copying, go = asyncio.Event(), asyncio.Event()

        class Slow(NativeMemory):
            async def digests(self, content, spans):
                copying.set()
                await go.wait()
                return await super().digests(content, spans)

        slow = ModelStore(setup.store, Slow(), FakeRuntime())
        moving = asyncio.create_task(slow.move("one", "uno"))
        await copying.wait()
        updating = asyncio.create_task(setup.models.update("one", FakeSource(THREE)))
        for _ in range(100):  # without a lock, the update would finish in this loop
            await asyncio.sleep(0)
        go.set()
        await moving
        return await updating

    update = run(move_and_update())
    stored = {bytes(content) for content in setup.store.files.values()}
    assert THREE in stored or update.state is UpdateState.FAILED
    assert ONE in stored


def test_moves_in_opposite_directions_do_not_deadlock(setup):
    setup.call("copy", setup.source, "two")

    async def swap():
        moves = setup.models.move("one", "two"), setup.models.move("two", "one")
        await asyncio.wait_for(asyncio.gather(*moves, return_exceptions=True), 10)

    run(swap())
    assert len(setup.names()) == 1


def test_copy_preserves_the_refused_versions_of_its_destination(setup):
    setup.call("update", "one", FakeSource(TWO))
    setup.call("rollback", "one")
    setup.call("copy", FakeSource(THREE), "one")
    assert setup.store.stored_heads["one"] == head_of(current=THREE, previous=ONE, refused=(TWO,))
    assert setup.call("update", "one", FakeSource(TWO)).state is UpdateState.ROLLED_BACK


def test_copy_of_a_refused_version_removes_its_refusal(setup):
    setup.call("update", "one", FakeSource(TWO))
    setup.call("rollback", "one")
    setup.call("copy", FakeSource(TWO), "one")
    assert setup.store.stored_heads["one"] == head_of(current=TWO, previous=ONE)
    assert setup.call("update", "one", FakeSource(TWO)).state is UpdateState.CURRENT
