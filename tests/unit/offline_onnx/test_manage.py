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
from tests.unit.fakes import CountingRuntime, MemoryStore, Server, head_of, run, sha256

ONE, TWO, THREE = b"the first model", b"the second model", b"the third model"


class Site:
    """A model store with the model ONE stored as "one", and the model TWO on a server."""

    def __init__(self):
        self.store = MemoryStore()
        self.server = Server(TWO)
        self.models = ModelStore(self.store, NativeMemory(), CountingRuntime())
        self.do("load", "one", Server(ONE))

    def do(self, method, *arguments):
        return run(getattr(self.models, method)(*arguments))

    def names(self):
        return sorted(self.do("list"))

    def stored(self, name):
        return self.models.stored_source(name)


@pytest.fixture
def site():
    return Site()


def test_the_list_has_manifest_date_and_sizes(site):
    (info,) = site.do("list").values()
    assert (info.manifest.name, info.size, info.previous) == ("digits", len(ONE), None)
    assert info.manifest_size == len(info.manifest.to_json())
    assert timedelta() <= datetime.now(UTC) - info.saved < timedelta(minutes=5)
    assert site.names() == ["one"]


def test_incomplete_and_damaged_models_are_not_listed(site):
    site.server.cut_at = 6
    site.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        site.do("copy", site.server, "two")
    assert site.names() == ["one"]
    site.store.versions.clear()
    assert site.names() == []


def test_a_model_is_removed_with_all_its_versions(site):
    site.do("copy", site.server, "one")
    assert site.do("remove", "one").size == len(TWO)
    assert (site.store.files, site.store.versions, site.names()) == ({}, {}, [])
    with pytest.raises(NotStored):
        site.do("remove", "one")


def test_loading_a_removed_model_is_a_first_load_and_no_eviction(site):
    site.do("remove", "one")
    assert site.do("load", "one", Server(ONE)).origin is Origin.DOWNLOADED


def test_a_copy_from_a_server_is_stored_and_verified(site):
    reported = []
    site.do("copy", site.server, "two", lambda *bytes_: reported.append(bytes_))
    assert site.names() == ["one", "two"]
    assert site.store.stored("two") == TWO
    assert reported[-1] == (len(TWO), len(TWO))


def test_a_copy_under_another_name_leaves_the_source(site):
    site.do("copy", site.stored("one"), "copy")
    assert site.store.stored("copy") == site.store.stored("one") == ONE


def test_a_copy_over_another_model_can_be_rolled_back(site):
    site.do("copy", site.server, "one")
    assert site.store.stored_heads["one"] == head_of(TWO, ONE)
    assert site.do("rollback", "one").sha256 == sha256(ONE)
    assert site.store.stored("one") == ONE


def test_a_copy_to_itself_changes_nothing(site):
    before = dict(site.store.files)
    site.do("copy", site.stored("one"), "one")
    site.do("move", "one", "one")
    assert site.store.files == before


def test_a_custom_source_is_copied_like_any_other(site):
    site.do("copy", Server(TWO), "two")
    assert site.store.stored("two") == TWO


def test_a_damaged_model_is_not_copied(site):
    site.store.damage("one")
    with pytest.raises(IntegrityError):
        site.do("copy", site.stored("one"), "copy")
    assert "copy" not in site.store.stored_heads


def test_a_move_gives_a_model_a_new_name(site):
    site.do("move", "one", "uno")
    assert site.names() == ["uno"]
    assert site.store.stored("uno") == ONE
    assert {name for name, _ in site.store.files} == {"uno"}


def test_a_copy_of_the_same_version_leaves_it_stored_if_the_storage_is_full(site):
    site.server.content = ONE
    site.store.faults["put_version"] = [StoreFull("quota")]
    with pytest.raises(StoreFull):
        site.do("copy", site.server, "one")
    assert site.store.stored("one") == ONE


def test_remove_deletes_the_chunks_of_an_interrupted_download(site):
    site.store.faults["commit"] = [StoreError("broken")]
    with pytest.raises(StoreError):
        site.do("copy", site.server, "two")
    assert site.store.chunks != {}
    with pytest.raises(NotStored):
        site.do("remove", "two")
    assert site.store.chunks == {}


@pytest.mark.parametrize("method", ["content", "put_version", "put_chunks", "commit", "remove"])
@pytest.mark.parametrize("fault", [StoreError("broken"), StoreFull("quota")])
def test_a_move_that_fails_anywhere_never_loses_the_model(site, method, fault):
    site.store.faults[method] = [fault]
    with pytest.raises(StoreError):
        site.do("move", "one", "uno")
    assert site.store.stored("one") == ONE
    site.store.faults.clear()
    site.do("move", "one", "uno")
    assert site.store.stored("uno") == ONE
    assert site.names() == ["uno"]


def test_a_move_to_a_damaged_copy_repairs_it(site):
    site.do("copy", site.stored("one"), "uno")
    site.store.damage("uno")
    site.do("move", "one", "uno")
    assert site.store.stored("uno") == ONE
    assert site.store.stored_heads == {"uno": head_of(ONE)}


def test_a_failed_copy_leaves_what_was_stored(site):
    site.server.content_fault = Unreachable("x", "offline")
    with pytest.raises(Unreachable):
        site.do("copy", site.server, "one")
    assert site.store.stored("one") == ONE


def test_a_model_is_fetched_without_being_stored(site):
    for source, content in ((site.stored("one"), ONE), (site.server, TWO)):
        manifest, found = site.do("fetch", source)
        assert (manifest.file, bytes(found)) == ("digits.onnx", content)
    assert site.names() == ["one"]


@pytest.mark.parametrize("address", ["one", "indexeddb://", "https://example.org/two.json"])
def test_an_address_of_another_kind_than_a_stored_model_is_named(address):
    with pytest.raises(AddressError, match="indexeddb://"):
        stored_name(address)


def test_a_model_that_is_not_stored_can_not_be_copied(site):
    with pytest.raises(NotStored, match="other"):
        site.do("copy", site.stored("other"), "two")


def test_an_update_of_another_tab_during_a_move_is_not_lost(site):
    async def move_and_update():
        copying, go = asyncio.Event(), asyncio.Event()

        class Slow(NativeMemory):
            async def digests(self, content, spans):
                copying.set()
                await go.wait()
                return await super().digests(content, spans)

        slow = ModelStore(site.store, Slow(), CountingRuntime())
        moving = asyncio.create_task(slow.move("one", "uno"))
        await copying.wait()
        updating = asyncio.create_task(site.models.update("one", Server(THREE)))
        for _ in range(100):  # without a lock the update ends now
            await asyncio.sleep(0)
        go.set()
        await moving
        return await updating

    update = run(move_and_update())
    stored = {bytes(content) for content in site.store.files.values()}
    assert THREE in stored or update.state is UpdateState.FAILED
    assert ONE in stored


def test_moves_in_opposite_directions_do_not_wait_for_each_other_for_ever(site):
    site.do("copy", site.server, "two")

    async def swap():
        moves = site.models.move("one", "two"), site.models.move("two", "one")
        await asyncio.wait_for(asyncio.gather(*moves, return_exceptions=True), 10)

    run(swap())
    assert len(site.names()) == 1


def test_a_copy_keeps_the_refused_versions_of_its_destination(site):
    site.do("update", "one", Server(TWO))
    site.do("rollback", "one")
    site.do("copy", Server(THREE), "one")
    assert site.store.stored_heads["one"] == head_of(THREE, ONE, refused=(TWO,))
    assert site.do("update", "one", Server(TWO)).state is UpdateState.DECLINED


def test_a_copy_of_a_refused_version_is_not_refused_any_more(site):
    site.do("update", "one", Server(TWO))
    site.do("rollback", "one")
    site.do("copy", Server(TWO), "one")
    assert site.store.stored_heads["one"] == head_of(TWO, ONE)
    assert site.do("update", "one", Server(TWO)).state is UpdateState.CURRENT
