import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_onnx import (
    BadStatus,
    Evicted,
    IntegrityError,
    ManifestError,
    ModelStore,
    ModelUnavailable,
    NotStored,
    Origin,
    Sample,
    SelfTestFailed,
    SessionError,
    StoreError,
    StoreFull,
    StoreUnavailable,
    TensorSpec,
    Truncated,
    Unreachable,
)
from offline_onnx.integrity import no_progress
from offline_onnx.native import NativeMemory
from offline_onnx.storage.download import VersionWriter, download
from tests.unit.fakes import CHUNK, CountingRuntime, MemoryStore, Server, head_of, self_test, sha256

OLD, NEW = b"the old model", b"the new model!"
OFFLINE = Unreachable("digits.onnx", "offline")


def model_store(store, runtime=None, memory=None):
    return ModelStore(store, memory or NativeMemory(), runtime or CountingRuntime())


def load(store, server, progress=no_progress, runtime=None):
    return asyncio.run(model_store(store, runtime).load("digits", server, progress))


def with_stored(content, **fields):
    store = MemoryStore()
    load(store, Server(content, fields=fields))
    store.log.clear()
    return store


def test_the_first_load_downloads_and_stores():
    store, server = MemoryStore(), Server(NEW)
    model = load(store, server)
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.DOWNLOADED, None)
    assert store.stored() == NEW
    assert store.chunks == {}
    assert load(store, server).origin is Origin.STORED
    assert len(server.asked) == 1


def test_a_download_is_validated_before_it_becomes_current():
    store = MemoryStore()

    class Watching(CountingRuntime):
        async def open(self, content):
            assert store.stored_heads == {}
            return await super().open(content)

    runtime, server = Watching(), Server(NEW, fields={"self_test": self_test(3)})
    model = load(store, server, runtime=runtime)
    assert (model.origin, store.stored()) == (Origin.DOWNLOADED, NEW)
    assert runtime.opened == [model.session]
    assert (len(model.session.runs), model.session.released) == (1, False)


def test_a_stored_copy_is_not_validated_again():
    model = load(with_stored(NEW, self_test=self_test(3)), Server(NEW))
    assert (model.origin, model.session.runs) == (Origin.STORED, [])


UNFIT = Server(NEW, fields={"self_test": self_test(4)})


def test_a_first_model_that_fails_its_self_test_does_not_become_current():
    store, runtime = MemoryStore(), CountingRuntime()
    with pytest.raises(SelfTestFailed):
        load(store, UNFIT, runtime=runtime)
    assert runtime.opened[0].released
    assert store.stored_heads == {}
    mended = Server(NEW, fields={"self_test": self_test(3)})
    assert load(store, mended).origin is Origin.DOWNLOADED
    assert mended.asked == []  # its chunks were stored


def test_a_first_model_that_can_not_be_opened_does_not_become_current():
    store, refused = MemoryStore(), SessionError("an operator is not supported")
    with pytest.raises(SessionError, match="operator"):
        load(store, Server(NEW), runtime=CountingRuntime(refused))
    assert store.stored_heads == {}


def test_the_previous_version_is_opened_if_the_published_one_fails_its_self_test():
    store = with_stored(OLD)
    asyncio.run(save(store, b"the damaged one", previous=OLD))
    store.damage()
    model = load(store, UNFIT)
    assert (model.session.content, model.origin) == (OLD, Origin.STORED_OLDER)
    assert isinstance(model.warning, SelfTestFailed)


def test_the_stored_copy_needs_no_server():
    store = with_stored(NEW)
    server = Server(NEW, manifest_fault=OFFLINE)
    model = load(store, server)
    assert (model.session.content, model.origin) == (NEW, Origin.STORED)
    assert server.asked == []


def test_the_stored_copy_does_not_wait_for_a_newer_manifest():
    class Silent(Server):
        async def manifest(self):
            await asyncio.Event().wait()

    assert load(with_stored(OLD), Silent(NEW)).session.content == OLD


def progress_of(store, content):
    calls = []
    load(store, Server(content), lambda done, total: calls.append((done, total)))
    return calls


def test_progress_is_reported_for_every_chunk_that_arrives():
    assert progress_of(MemoryStore(), NEW) == [(4, 14), (8, 14), (12, 14), (14, 14)]


def test_progress_is_reported_while_the_stored_copy_is_verified():
    content = bytes(range(256)) * 2
    assert progress_of(with_stored(content), content) == [(256, 512), (512, 512)]


def test_a_damaged_copy_is_deleted_and_downloaded_again():
    store = with_stored(NEW)
    store.damage()
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin) == (NEW, Origin.REPAIRED)
    assert isinstance(model.warning, IntegrityError)
    assert store.stored() == NEW
    assert load(store, Server(NEW)).origin is Origin.STORED


@pytest.mark.parametrize("part", ["versions", "files"])
def test_a_copy_with_a_missing_record_is_downloaded_again(part):
    store = with_stored(NEW)
    getattr(store, part).clear()
    assert load(store, Server(NEW)).origin is Origin.REPAIRED
    assert store.stored() == NEW


@pytest.mark.parametrize("change", ["text", "json"])
def test_a_copy_with_a_changed_manifest_is_downloaded_again(change):
    store = with_stored(NEW)
    key = ("digits", sha256(NEW))
    version = store.versions[key]
    text = "{" if change == "json" else version.manifest.replace('"0"', '"8"')
    store.versions[key] = replace(version, manifest=text)
    model = load(store, Server(NEW))
    assert model.origin is Origin.REPAIRED
    assert model.manifest.labels[0] == "0"


MIB = 1 << 20
LARGE = (bytes(range(251)) * (2 * MIB // 251 + 1))[: 2 * MIB + 100]  # no two pieces are alike


def with_large():
    store = with_stored(LARGE, chunk_size=MIB)
    return store, ("digits", sha256(LARGE))


def test_a_version_with_large_chunks_is_verified_by_block_digests():
    store, key = with_large()
    assert len(store.versions[key].block_digests) == 64 * 5  # a SHA-256 for each 512 KiB
    calls = []
    loaded = load(store, Server(LARGE), lambda *bytes_: calls.append(bytes_))
    assert (loaded.origin, loaded.session.content) == (Origin.STORED, LARGE)
    assert calls == [(len(LARGE), len(LARGE))]


@given(place=st.integers(0, len(LARGE) - 1))
@settings(max_examples=20, deadline=None)
def test_block_digests_find_a_change_of_any_byte(place):
    store, key = with_large()
    store.files[key][place] ^= 1
    model = load(store, Server(LARGE, fields={"chunk_size": MIB}))
    assert model.origin is Origin.REPAIRED
    assert f"block {place // (MIB // 2) + 1} of 5" in str(model.warning)
    assert store.stored() == LARGE


@pytest.mark.parametrize("block_digests", ["", "0" * 64 * 5])
def test_a_copy_with_changed_block_digests_is_downloaded_again(block_digests):
    store, key = with_large()
    store.versions[key] = replace(store.versions[key], block_digests=block_digests)
    assert load(store, Server(LARGE, fields={"chunk_size": MIB})).origin is Origin.REPAIRED


def test_a_copy_with_block_digests_and_a_changed_manifest_is_downloaded_again():
    store, key = with_large()
    version = store.versions[key]
    store.versions[key] = replace(version, manifest=version.manifest.replace('"0"', '"8"'))
    assert load(store, Server(LARGE, fields={"chunk_size": MIB})).origin is Origin.REPAIRED


def test_an_incomplete_copy_is_not_opened():
    store = with_stored(NEW)
    key = ("digits", sha256(NEW))
    store.versions[key] = replace(store.versions[key], is_complete=False)
    assert load(store, Server(NEW)).origin is Origin.REPAIRED


def test_chunks_of_another_file_than_the_manifest_names_are_not_opened():
    class Mixed(Server):
        async def manifest(self):
            return replace(self.published, sha256=sha256(OLD)).to_json()

    store = MemoryStore()
    with pytest.raises(ModelUnavailable, match="the whole file"):
        load(store, Mixed(NEW))
    assert store.files == {}


def test_a_model_that_is_too_large_for_the_memory_is_an_error():
    class Small(NativeMemory):
        def allocate(self, size):
            raise SessionError(f"There is no memory for {size} bytes.")

    models = model_store(MemoryStore(), memory=Small())
    with pytest.raises(ModelUnavailable, match="no memory for 14 bytes"):
        asyncio.run(models.load("digits", Server(NEW)))


def test_a_truncated_copy_is_downloaded_again():
    store = with_stored(NEW)
    del store.files["digits", sha256(NEW)][-1]
    assert load(store, Server(NEW)).origin is Origin.REPAIRED


def test_a_copy_stored_under_another_digest_is_not_opened():
    store = with_stored(NEW)
    for table in (store.versions, store.files):
        table["digits", sha256(OLD)] = table["digits", sha256(NEW)]
    store.stored_heads["digits"] = head_of(OLD)
    assert load(store, Server(OLD)).session.content == OLD


def test_a_damaged_copy_is_deleted_even_without_a_server():
    store = with_stored(NEW)
    store.damage()
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_the_previous_version_is_opened_if_a_damaged_one_can_not_be_downloaded():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    model = load(store, Server(NEW, manifest_fault=OFFLINE))
    assert (model.session.content, model.origin, model.warning) == (
        OLD,
        Origin.STORED_OLDER,
        OFFLINE,
    )
    assert load(store, Server(NEW)).session.content == NEW


async def save(store, content, previous):
    server = Server(content, version="2.0.0")
    writer = VersionWriter("digits", server.published, store)
    await download(server, NativeMemory(), writer)
    await writer.commit(head_of(content, previous))


def test_a_previous_version_with_a_damaged_record_is_deleted():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["version"] = [IntegrityError("the store", "a record has no saved")]
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_a_tab_does_not_delete_what_another_has_repaired():
    store = with_stored(NEW)
    store.damage()
    read, repaired = asyncio.Event(), asyncio.Event()

    class Slow(NativeMemory):
        async def digests(self, content, spans):
            found = await super().digests(content, spans)
            read.set()
            await repaired.wait()
            return found

    async def tabs():
        offline = Server(NEW, manifest_fault=OFFLINE)
        late = model_store(store, memory=Slow())
        other = asyncio.create_task(late.load("digits", offline))
        await read.wait()
        model = await model_store(store).load("digits", Server(NEW))
        repaired.set()
        return model.origin, (await other).origin

    assert asyncio.run(tabs()) == (Origin.REPAIRED, Origin.STORED)
    assert store.stored() == NEW


def test_the_previous_version_is_opened_after_a_store_did_not_answer_at_first():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["current"] = [StoreError("no answer")]
    model = load(store, Server(NEW, manifest_fault=OFFLINE))
    assert (model.session.content, model.origin) == (OLD, Origin.STORED_OLDER)


@pytest.mark.parametrize("readable", [True, False])
def test_a_head_that_could_not_be_read_is_not_overwritten(readable):
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    fault = StoreError("no answer")
    store.faults["current"] = [fault, fault]
    store.faults["heads"] = [] if readable else [fault]
    model = load(store, Server(b"a third model"))
    assert model.origin is (Origin.DOWNLOADED if readable else Origin.NOT_STORED)
    expected = head_of(b"a third model", OLD) if readable else head_of(NEW, OLD)
    assert store.stored_heads["digits"] == expected


REFUSED = SessionError("an operator is not supported")


class RefusesOnce(CountingRuntime):
    async def open(self, content):
        self.fault, fault = None, self.fault
        if fault:
            raise fault
        return await super().open(content)


def test_a_stored_copy_that_can_not_be_opened_is_replaced_by_the_published_version():
    store = with_stored(OLD)
    model = load(store, Server(NEW), runtime=RefusesOnce(REFUSED))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.REPAIRED, REFUSED)
    assert load(store, Server(NEW)).session.content == NEW


@pytest.mark.parametrize("server", [Server(OLD), Server(OLD, manifest_fault=OFFLINE)])
def test_the_newest_version_stays_stored_if_it_can_not_be_opened(server):
    store = with_stored(OLD)
    with pytest.raises(SessionError, match="operator"):
        load(store, server, runtime=CountingRuntime(REFUSED))
    assert server.asked == []
    assert store.stored() == OLD


def test_a_self_test_with_values_that_do_not_fit_is_a_wrong_manifest():
    wrong = replace(self_test(3), inputs={"image": Sample((1, 28, 28, 1), (300,))})
    image = TensorSpec("image", "uint8", ("N", 28, 28, 1))
    server = Server(NEW, fields={"self_test": wrong, "inputs": (image,)})
    with pytest.raises(ModelUnavailable, match="no uint8"):
        load(MemoryStore(), server)


def test_a_warning_does_not_keep_the_bytes_in_memory():
    store = with_stored(NEW)
    store.damage()
    assert load(store, Server(NEW)).warning.__traceback__ is None


def test_an_eviction_is_distinguished_from_a_first_load():
    store = with_stored(NEW)
    for table in (store.stored_heads, store.versions, store.files):
        table.clear()
    model = load(store, Server(NEW))
    assert model.origin is Origin.RESTORED
    assert isinstance(model.warning, Evicted)


def test_a_cache_with_damaged_bytes_is_bypassed():
    store, server = MemoryStore(), Server(NEW, cached=b"damaged bytes!")
    assert load(store, server).origin is Origin.DOWNLOADED
    assert store.stored() == NEW
    assert [fresh for _, _, fresh in server.asked] == [False, True]


def test_chunks_before_a_damaged_one_stay_stored():
    store, server = MemoryStore(), Server(NEW, cached=NEW[:8] + b"####" + NEW[12:])
    load(store, server)
    assert store.put == 4


@pytest.mark.parametrize("fault", [StoreUnavailable("private mode"), StoreError("broken")])
def test_without_a_store_the_model_runs_from_memory(fault):
    store = MemoryStore()
    store.faults["current"] = [fault, fault]
    store.faults["free_bytes"] = [fault]
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.NOT_STORED, fault)


def test_a_record_in_another_format_is_replaced():
    store, damage = with_stored(NEW), IntegrityError("the store", "a record has another form")
    store.faults["current"] = [damage, damage]
    model = load(store, Server(NEW))
    assert (model.origin, model.warning) == (Origin.REPAIRED, damage)
    assert load(store, Server(NEW)).origin is Origin.STORED


def test_a_store_that_could_not_be_opened_is_not_used_again():
    store, fault = MemoryStore(), StoreUnavailable("no answer")
    store.faults["current"] = [fault]
    assert load(store, Server(NEW)).warning is fault
    assert store.log == ["current"]


@pytest.mark.parametrize("method", ["put_version", "put_chunks", "commit"])
def test_a_full_store_is_reported_and_nothing_is_left_in_it(method):
    store, full = MemoryStore(), StoreFull("quota")
    store.faults[method] = [full]
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.NOT_STORED, full)
    assert (store.chunks, store.versions, store.stored_heads) == ({}, {}, {})


def test_nothing_is_stored_of_a_model_that_can_not_fit():
    store = MemoryStore()
    store.free = 2 * len(NEW) - 1
    model = load(store, Server(NEW))
    assert model.origin is Origin.NOT_STORED
    assert isinstance(model.warning, StoreFull)
    assert "put_chunks" not in store.log
    store.free += 1
    assert load(store, Server(NEW)).origin is Origin.DOWNLOADED


@pytest.mark.parametrize(
    "server",
    [
        Server(NEW, manifest_fault=OFFLINE),
        Server(NEW, content_fault=OFFLINE),
        Server(NEW, content_fault=BadStatus("m.onnx", 404)),
        Server(NEW, manifest_fault=ManifestError("no manifest")),
        Server(NEW, sends=b"<html>log in</html>"),
        Server(NEW, cut_at=3),
    ],
)
def test_without_a_copy_and_a_download_the_model_is_unavailable(server):
    store = MemoryStore()
    with pytest.raises(ModelUnavailable) as caught:
        load(store, server)
    assert caught.value.__cause__ is not None
    assert str(caught.value.__cause__) in str(caught.value)
    assert store.stored_heads == {}


def test_an_interrupted_download_resumes_after_its_last_verified_chunk():
    store = MemoryStore()

    class GoesAway(Server):
        async def open(self, manifest, first, *, validator="", fresh=False):
            if self.asked:
                raise OFFLINE
            return await super().open(manifest, first, validator=validator, fresh=fresh)

    with pytest.raises(ModelUnavailable):
        load(store, GoesAway(NEW, cut_at=10))
    again = Server(NEW)
    assert load(store, again).session.content == NEW
    assert again.asked == [(2, "tag", False)]
    assert again.sent == len(NEW) - 2 * CHUNK


def test_a_server_without_ranges_starts_again_and_nothing_is_stored_twice():
    store, server = MemoryStore(), Server(NEW, cut_at=9)
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, cut_at=9, ranges=False))
    store.put = 0
    server = Server(NEW, ranges=False)
    assert load(store, server).session.content == NEW
    assert store.put == 2


def test_a_truncated_response_is_resumed_while_chunks_arrive():
    server = Server(NEW, cut_at=5)
    assert load(MemoryStore(), server).session.content == NEW
    assert [first for first, _, _ in server.asked] == [0, 1, 2, 3]


def test_a_damaged_chunk_of_an_interrupted_download_is_downloaded_again():
    store = MemoryStore()
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, sends=NEW[:10]))
    store.chunks["digits", sha256(NEW), 1][0] ^= 1
    server = Server(NEW)
    assert load(store, server).session.content == NEW
    assert server.asked[0][0] == 1


def test_ten_tabs_download_once():
    store, server = MemoryStore(), Server(NEW)

    async def tabs():
        tabs = [model_store(store) for _ in range(10)]
        return await asyncio.gather(*(tab.load("digits", server) for tab in tabs))

    models = asyncio.run(tabs())
    assert [model.session.content for model in models] == [NEW] * 10
    assert [model.origin for model in models].count(Origin.DOWNLOADED) == 1
    assert len(server.asked) == 1


def test_a_stored_model_is_loaded_by_name_alone():
    models = model_store(with_stored(NEW))
    assert asyncio.run(models.load_stored("digits")).session.content == NEW
    with pytest.raises(NotStored):
        asyncio.run(model_store(MemoryStore()).load_stored("digits"))


def test_a_model_loaded_unstored_is_not_stored():
    models = model_store(MemoryStore())
    model = asyncio.run(models.load_unstored(Server(NEW)))
    assert (model.session.content, model.origin) == (NEW, Origin.GIVEN)
    with pytest.raises(Truncated):
        asyncio.run(models.load_unstored(Server(NEW, cut_at=3)))
