import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from offline_onnx import (
    AddressError,
    IntegrityError,
    ModelStore,
    NotStored,
    Origin,
    StoreError,
    StoreFull,
    Unreachable,
    UpdateState,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.source import stored_name
from tests.unit.fakes import CountingRuntime, FakeSource, MemoryStore, head_of, run, sha256

ONE, TWO, THREE = b"the first model", b"the second model", b"the third model"


class StoreAndSource:
    """A model store with the model ONE stored as "one", and the model TWO on a source."""

    def __init__(self):
        self.store = MemoryStore()
        self.source = FakeSource(TWO)
        self.models = ModelStore(self.store, NativeMemory(), CountingRuntime())
        self.call("load", "one", FakeSource(ONE))

    def call(self, method, *arguments):
        return run(getattr(self.models, method)(*arguments))

    def names(self):
        return sorted(self.call("list"))

    def stored(self, name):
        return self.models.stored_source(name)


@pytest.fixture
def stored_one():
    return StoreAndSource()


def test_list_has_manifest_date_and_sizes(stored_one):
    (info,) = stored_one.call("list").values()
    assert (info.manifest.name, info.size, info.previous) == ("digits", len(ONE), None)
    assert info.manifest_size == len(info.manifest.to_json())
    assert timedelta() <= datetime.now(UTC) - info.saved < timedelta(minutes=5)
    assert stored_one.names() == ["one"]


def test_incomplete_and_damaged_models_are_not_listed(stored_one):
    stored_one.source.cut_at = 6
    stored_one.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        stored_one.call("copy", stored_one.source, "two")
    assert stored_one.names() == ["one"]
    stored_one.store.versions.clear()
    assert stored_one.names() == []


def test_remove_deletes_all_versions(stored_one):
    stored_one.call("copy", stored_one.source, "one")
    assert stored_one.call("remove", "one").size == len(TWO)
    assert (stored_one.store.files, stored_one.store.versions, stored_one.names()) == ({}, {}, [])
    with pytest.raises(NotStored):
        stored_one.call("remove", "one")


def test_loading_a_removed_model_counts_as_a_first_load(stored_one):
    stored_one.call("remove", "one")
    assert stored_one.call("load", "one", FakeSource(ONE)).origin is Origin.DOWNLOADED


def test_copy_from_a_server_is_stored(stored_one):
    reported = []
    stored_one.call("copy", stored_one.source, "two", lambda *bytes_: reported.append(bytes_))
    assert stored_one.names() == ["one", "two"]
    assert stored_one.store.stored("two") == TWO
    assert reported[-1] == (len(TWO), len(TWO))


def test_copy_under_another_name_does_not_change_the_original(stored_one):
    stored_one.call("copy", stored_one.stored("one"), "copy")
    assert stored_one.store.stored("copy") == stored_one.store.stored("one") == ONE


def test_copy_over_another_model_can_be_rolled_back(stored_one):
    stored_one.call("copy", stored_one.source, "one")
    assert stored_one.store.stored_heads["one"] == head_of(TWO, ONE)
    assert stored_one.call("rollback", "one").sha256 == sha256(ONE)
    assert stored_one.store.stored("one") == ONE


def test_copy_and_move_to_the_same_name_change_nothing(stored_one):
    before = dict(stored_one.store.files)
    stored_one.call("copy", stored_one.stored("one"), "one")
    stored_one.call("move", "one", "one")
    assert stored_one.store.files == before


def test_copy_accepts_any_source(stored_one):
    stored_one.call("copy", FakeSource(TWO), "two")
    assert stored_one.store.stored("two") == TWO


def test_damaged_model_is_not_copied(stored_one):
    stored_one.store.damage("one")
    with pytest.raises(IntegrityError):
        stored_one.call("copy", stored_one.stored("one"), "copy")
    assert "copy" not in stored_one.store.stored_heads


def test_move_renames_a_model(stored_one):
    stored_one.call("move", "one", "uno")
    assert stored_one.names() == ["uno"]
    assert stored_one.store.stored("uno") == ONE
    assert {name for name, _ in stored_one.store.files} == {"uno"}


def test_failed_copy_of_the_stored_version_does_not_delete_it(stored_one):
    stored_one.source.content = ONE
    stored_one.store.faults["put_version"] = [StoreFull("quota")]
    with pytest.raises(StoreFull):
        stored_one.call("copy", stored_one.source, "one")
    assert stored_one.store.stored("one") == ONE


def test_remove_deletes_the_chunks_of_an_interrupted_download(stored_one):
    stored_one.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        stored_one.call("copy", stored_one.source, "two")
    assert stored_one.store.chunks != {}
    with pytest.raises(NotStored):
        stored_one.call("remove", "two")
    assert stored_one.store.chunks == {}


@pytest.mark.parametrize("method", ["content", "put_version", "put_chunks", "commit", "remove"])
@pytest.mark.parametrize("fault", [StoreError("broken"), StoreFull("quota")])
def test_failed_move_does_not_delete_the_model(stored_one, method, fault):
    stored_one.store.faults[method] = [fault]
    with pytest.raises(StoreError):
        stored_one.call("move", "one", "uno")
    assert stored_one.store.stored("one") == ONE
    stored_one.store.faults.clear()
    stored_one.call("move", "one", "uno")
    assert stored_one.store.stored("uno") == ONE
    assert stored_one.names() == ["uno"]


def test_move_to_a_damaged_copy_replaces_it(stored_one):
    stored_one.call("copy", stored_one.stored("one"), "uno")
    stored_one.store.damage("uno")
    stored_one.call("move", "one", "uno")
    assert stored_one.store.stored("uno") == ONE
    assert stored_one.store.stored_heads == {"uno": head_of(ONE)}


def test_failed_copy_does_not_change_the_stored_model(stored_one):
    stored_one.source.content_fault = Unreachable("x", "offline")
    with pytest.raises(Unreachable):
        stored_one.call("copy", stored_one.source, "one")
    assert stored_one.store.stored("one") == ONE


def test_fetch_does_not_store_the_model(stored_one):
    for source, content in ((stored_one.stored("one"), ONE), (stored_one.source, TWO)):
        manifest, found = stored_one.call("fetch", source)
        assert (manifest.file, bytes(found)) == ("digits.onnx", content)
    assert stored_one.names() == ["one"]


@pytest.mark.parametrize("address", ["one", "indexeddb://", "https://example.org/two.json"])
def test_stored_name_refuses_other_addresses(address):
    with pytest.raises(AddressError, match="indexeddb://"):
        stored_name(address)


def test_copy_raises_not_stored_for_an_unknown_name(stored_one):
    with pytest.raises(NotStored, match="other"):
        stored_one.call("copy", stored_one.stored("other"), "two")


def test_update_in_another_tab_during_a_move_is_not_lost(stored_one):
    async def move_and_update():
        copying, go = asyncio.Event(), asyncio.Event()

        class Slow(NativeMemory):
            async def digests(self, content, spans):
                copying.set()
                await go.wait()
                return await super().digests(content, spans)

        slow = ModelStore(stored_one.store, Slow(), CountingRuntime())
        moving = asyncio.create_task(slow.move("one", "uno"))
        await copying.wait()
        updating = asyncio.create_task(stored_one.models.update("one", FakeSource(THREE)))
        for _ in range(100):  # without a lock the update ends now
            await asyncio.sleep(0)
        go.set()
        await moving
        return await updating

    update = run(move_and_update())
    stored = {bytes(content) for content in stored_one.store.files.values()}
    assert THREE in stored or update.state is UpdateState.FAILED
    assert ONE in stored


def test_moves_in_opposite_directions_do_not_deadlock(stored_one):
    stored_one.call("copy", stored_one.source, "two")

    async def swap():
        moves = stored_one.models.move("one", "two"), stored_one.models.move("two", "one")
        await asyncio.wait_for(asyncio.gather(*moves, return_exceptions=True), 10)

    run(swap())
    assert len(stored_one.names()) == 1


def test_copy_preserves_the_refused_versions_of_its_destination(stored_one):
    stored_one.call("update", "one", FakeSource(TWO))
    stored_one.call("rollback", "one")
    stored_one.call("copy", FakeSource(THREE), "one")
    assert stored_one.store.stored_heads["one"] == head_of(THREE, ONE, refused=(TWO,))
    assert stored_one.call("update", "one", FakeSource(TWO)).state is UpdateState.DECLINED


def test_copy_of_a_refused_version_removes_its_refusal(stored_one):
    stored_one.call("update", "one", FakeSource(TWO))
    stored_one.call("rollback", "one")
    stored_one.call("copy", FakeSource(TWO), "one")
    assert stored_one.store.stored_heads["one"] == head_of(TWO, ONE)
    assert stored_one.call("update", "one", FakeSource(TWO)).state is UpdateState.CURRENT
