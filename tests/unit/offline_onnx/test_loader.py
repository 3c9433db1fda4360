import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_onnx import (
    BadStatus,
    Evicted,
    IntegrityError,
    Loader,
    ManifestError,
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
    Version,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.download import fetch
from offline_onnx.storage.loader import load_given
from offline_onnx.storage.parts import silent
from offline_onnx.storage.saving import Saving
from tests.unit.fakes import CHUNK, CountingRuntime, MemoryStore, Server, head_of, self_test, sha256

OLD, NEW = b"the old model", b"the new model!"
OFFLINE = Unreachable("digits.onnx", "offline")


def load(store, server, progress=silent, runtime=None):
    loader = Loader("digits", store, NativeMemory(), runtime or CountingRuntime(), progress)
    return asyncio.run(loader.load(server))


def with_stored(content, **fields):
    store = MemoryStore()
    load(store, Server(content, fields=fields))
    store.log.clear()
    return store


def test_the_first_visit_downloads_and_saves():
    store, server = MemoryStore(), Server(NEW)
    model = load(store, server)
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.DOWNLOADED, None)
    assert store.stored() == NEW
    assert store.chunks == {}
    assert load(store, server).origin is Origin.STORED
    assert len(server.asked) == 1


def test_a_download_is_tried_out_before_it_is_put_in_use():
    store = MemoryStore()

    class Watching(CountingRuntime):
        async def open(self, content):
            assert store.kept_heads == {}
            return await super().open(content)

    runtime, server = Watching(), Server(NEW, fields={"self_test": self_test(3)})
    model = load(store, server, runtime=runtime)
    assert (model.origin, store.stored()) == (Origin.DOWNLOADED, NEW)
    assert runtime.opened == [model.session]
    assert (len(model.session.runs), model.session.released) == (1, False)


def test_a_stored_copy_has_passed_its_self_test_and_is_not_tried_out_again():
    model = load(with_stored(NEW, self_test=self_test(3)), Server(NEW))
    assert (model.origin, model.session.runs) == (Origin.STORED, [])


UNFIT = Server(NEW, fields={"self_test": self_test(4)})


def test_a_first_model_that_fails_its_self_test_is_not_put_in_use():
    store, runtime = MemoryStore(), CountingRuntime()
    with pytest.raises(SelfTestFailed):
        load(store, UNFIT, runtime=runtime)
    assert runtime.opened[0].released
    assert store.kept_heads == {}
    mended = Server(NEW, fields={"self_test": self_test(3)})
    assert load(store, mended).origin is Origin.DOWNLOADED
    assert mended.asked == []  # its chunks were stored


def test_a_first_model_that_can_not_be_opened_is_not_put_in_use():
    store, refused = MemoryStore(), SessionError("an operator is not supported")
    with pytest.raises(SessionError, match="operator"):
        load(store, Server(NEW), runtime=CountingRuntime(refused))
    assert store.kept_heads == {}


def test_the_previous_version_helps_out_if_what_is_published_fails_its_self_test():
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


def told(store, content):
    calls = []
    load(store, Server(content), lambda done, total: calls.append((done, total)))
    return calls


def test_progress_is_told_for_every_chunk_that_arrives():
    assert told(MemoryStore(), NEW) == [(4, 14), (8, 14), (12, 14), (14, 14)]


def test_progress_is_told_for_the_stored_copy_as_it_is_verified():
    content = bytes(range(256)) * 2
    assert told(with_stored(content), content) == [(256, 512), (512, 512)]


def test_a_damaged_copy_is_thrown_away_and_fetched_again():
    store = with_stored(NEW)
    store.damage()
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin) == (NEW, Origin.REPAIRED)
    assert isinstance(model.warning, IntegrityError)
    assert store.stored() == NEW
    assert load(store, Server(NEW)).origin is Origin.STORED


@pytest.mark.parametrize("part", ["versions", "files"])
def test_a_copy_of_which_a_part_is_gone_is_fetched_again(part):
    store = with_stored(NEW)
    getattr(store, part).clear()
    assert load(store, Server(NEW)).origin is Origin.REPAIRED
    assert store.stored() == NEW


@pytest.mark.parametrize("change", ["text", "json"])
def test_a_copy_with_a_changed_manifest_is_fetched_again(change):
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


def test_a_version_of_large_chunks_is_sealed_and_read_by_its_seal():
    store, key = with_large()
    assert len(store.versions[key].seal) == 64 * 5  # a SHA-256 for each 512 KiB
    calls = []
    loaded = load(store, Server(LARGE), lambda *bytes_: calls.append(bytes_))
    assert (loaded.origin, loaded.session.content) == (Origin.STORED, LARGE)
    assert calls == [(len(LARGE), len(LARGE))]


@given(place=st.integers(0, len(LARGE) - 1))
@settings(max_examples=20, deadline=None)
def test_a_sealed_copy_is_thrown_away_whichever_byte_is_changed(place):
    store, key = with_large()
    store.files[key][place] ^= 1
    model = load(store, Server(LARGE, fields={"chunk_size": MIB}))
    assert model.origin is Origin.REPAIRED
    assert f"piece {place // (MIB // 2) + 1} of 5" in str(model.warning)
    assert store.stored() == LARGE


@pytest.mark.parametrize("seal", ["", "0" * 64 * 5])
def test_a_copy_with_a_changed_seal_is_thrown_away(seal):
    store, key = with_large()
    store.versions[key] = replace(store.versions[key], seal=seal)
    assert load(store, Server(LARGE, fields={"chunk_size": MIB})).origin is Origin.REPAIRED


def test_a_sealed_copy_with_a_changed_manifest_is_thrown_away():
    store, key = with_large()
    version = store.versions[key]
    store.versions[key] = replace(version, manifest=version.manifest.replace('"0"', '"8"'))
    assert load(store, Server(LARGE, fields={"chunk_size": MIB})).origin is Origin.REPAIRED


@pytest.mark.parametrize("damage", [0, 1])
@pytest.mark.parametrize("seal", ["", "0" * 64])
def test_a_copy_without_a_seal_or_with_one_of_other_pieces_is_read_by_its_chunks(seal, damage):
    store, key = with_large()
    version = store.versions[key]
    store.versions[key] = Version.of(version.read(), version.saved, whole=True, seal=seal)
    store.files[key][MIB] ^= damage
    model = load(store, Server(LARGE, fields={"chunk_size": MIB}))
    assert model.origin is (Origin.REPAIRED if damage else Origin.STORED)


def test_a_copy_that_was_never_finished_is_not_run():
    store = with_stored(NEW)
    key = ("digits", sha256(NEW))
    store.versions[key] = replace(store.versions[key], whole=False)
    assert load(store, Server(NEW)).origin is Origin.REPAIRED


def test_chunks_of_another_file_than_the_manifest_names_are_not_run():
    class Mixed(Server):
        async def manifest(self):
            return replace(self.published, sha256=sha256(OLD)).to_json()

    store = MemoryStore()
    with pytest.raises(ModelUnavailable, match="the whole file"):
        load(store, Mixed(NEW))
    assert store.files == {}


def test_a_model_that_no_memory_can_hold_is_told():
    class Small(NativeMemory):
        def allocate(self, size):
            raise SessionError(f"There is no memory for {size} bytes.")

    loader = Loader("digits", MemoryStore(), Small(), CountingRuntime())
    with pytest.raises(ModelUnavailable, match="no memory for 14 bytes"):
        asyncio.run(loader.load(Server(NEW)))


def test_a_copy_that_is_cut_is_fetched_again():
    store = with_stored(NEW)
    del store.files["digits", sha256(NEW)][-1]
    assert load(store, Server(NEW)).origin is Origin.REPAIRED


def test_a_copy_stored_under_another_digest_is_not_run():
    store = with_stored(NEW)
    for table in (store.versions, store.files):
        table["digits", sha256(OLD)] = table["digits", sha256(NEW)]
    store.kept_heads["digits"] = head_of(OLD)
    assert load(store, Server(OLD)).session.content == OLD


def test_a_damaged_copy_is_thrown_away_even_without_a_server():
    store = with_stored(NEW)
    store.damage()
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_the_previous_version_helps_out_if_the_damaged_one_can_not_be_fetched():
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
    saving = Saving("digits", server.published, store)
    await fetch(server, NativeMemory(), saving)
    await saving.commit(head_of(content, previous))


def test_a_previous_version_with_a_damaged_record_is_thrown_away():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["version"] = [IntegrityError("the store", "a record has no saved")]
    with pytest.raises(ModelUnavailable):
        load(store, Server(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_a_tab_that_finds_the_damage_late_leaves_alone_what_another_has_repaired():
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
        late = Loader("digits", store, Slow(), CountingRuntime())
        other = asyncio.create_task(late.load(offline))
        await read.wait()
        model = await Loader("digits", store, NativeMemory(), CountingRuntime()).load(Server(NEW))
        repaired.set()
        return model.origin, (await other).origin

    assert asyncio.run(tabs()) == (Origin.REPAIRED, Origin.STORED)
    assert store.stored() == NEW


def test_a_store_that_does_not_answer_at_first_still_has_the_previous_version():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["in_use"] = [StoreError("no answer")]
    model = load(store, Server(NEW, manifest_fault=OFFLINE))
    assert (model.session.content, model.origin) == (OLD, Origin.STORED_OLDER)


@pytest.mark.parametrize("readable", [True, False])
def test_a_head_that_could_not_be_read_is_not_overwritten(readable):
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    fault = StoreError("no answer")
    store.faults["in_use"] = [fault, fault]
    store.faults["heads"] = [] if readable else [fault]
    model = load(store, Server(b"a third model"))
    assert model.origin is (Origin.DOWNLOADED if readable else Origin.NOT_STORED)
    expected = head_of(b"a third model", OLD) if readable else head_of(NEW, OLD)
    assert store.kept_heads["digits"] == expected


REFUSED = SessionError("an operator is not supported")


class RefusesOnce(CountingRuntime):
    async def open(self, content):
        self.fault, fault = None, self.fault
        if fault:
            raise fault
        return await super().open(content)


def test_a_stored_copy_that_can_not_be_opened_is_replaced_by_what_is_published():
    store = with_stored(OLD)
    model = load(store, Server(NEW), runtime=RefusesOnce(REFUSED))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.REPAIRED, REFUSED)
    assert load(store, Server(NEW)).session.content == NEW


@pytest.mark.parametrize("server", [Server(OLD), Server(OLD, manifest_fault=OFFLINE)])
def test_a_stored_copy_that_can_not_be_opened_and_is_the_newest_says_so_and_stays(server):
    store = with_stored(OLD)
    with pytest.raises(SessionError, match="operator"):
        load(store, server, runtime=CountingRuntime(REFUSED))
    assert server.asked == []
    assert store.stored() == OLD


def test_a_self_test_that_can_not_be_made_is_a_wrong_manifest():
    wrong = replace(self_test(3), inputs={"image": Sample((1, 28, 28, 1), (300,))})
    image = TensorSpec("image", "uint8", ("N", 28, 28, 1))
    server = Server(NEW, fields={"self_test": wrong, "inputs": (image,)})
    with pytest.raises(ModelUnavailable, match="no uint8"):
        load(MemoryStore(), server)


def test_what_went_wrong_does_not_hold_the_bytes():
    store = with_stored(NEW)
    store.damage()
    assert load(store, Server(NEW)).warning.__traceback__ is None


def test_an_eviction_is_told_from_a_first_visit():
    store = with_stored(NEW)
    for table in (store.kept_heads, store.versions, store.files):
        table.clear()
    model = load(store, Server(NEW))
    assert model.origin is Origin.RESTORED
    assert isinstance(model.warning, Evicted)


def test_a_cache_that_gives_damaged_bytes_is_passed_by():
    store, server = MemoryStore(), Server(NEW, cached=b"damaged bytes!")
    assert load(store, server).origin is Origin.DOWNLOADED
    assert store.stored() == NEW
    assert [fresh for _, _, fresh in server.asked] == [False, True]


def test_damage_in_the_middle_keeps_what_came_before_it():
    store, server = MemoryStore(), Server(NEW, cached=NEW[:8] + b"####" + NEW[12:])
    load(store, server)
    assert store.put == 4


@pytest.mark.parametrize("fault", [StoreUnavailable("private mode"), StoreError("broken")])
def test_without_a_store_the_model_runs_from_memory(fault):
    store = MemoryStore()
    store.faults["in_use"] = [fault, fault]
    store.faults["room"] = [fault]
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.NOT_STORED, fault)


def test_a_store_that_finds_another_form_than_it_wrote_is_written_anew():
    store, damage = with_stored(NEW), IntegrityError("the store", "a record has another form")
    store.faults["in_use"] = [damage, damage]
    model = load(store, Server(NEW))
    assert (model.origin, model.warning) == (Origin.REPAIRED, damage)
    assert load(store, Server(NEW)).origin is Origin.STORED


def test_a_store_that_could_not_be_opened_is_not_asked_again():
    store, fault = MemoryStore(), StoreUnavailable("no answer")
    store.faults["in_use"] = [fault]
    assert load(store, Server(NEW)).warning is fault
    assert store.log == ["in_use"]


@pytest.mark.parametrize("method", ["describe", "put_chunks", "commit"])
def test_a_full_store_is_told_and_nothing_is_left_in_it(method):
    store, full = MemoryStore(), StoreFull("quota")
    store.faults[method] = [full]
    model = load(store, Server(NEW))
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.NOT_STORED, full)
    assert (store.chunks, store.versions, store.kept_heads) == ({}, {}, {})


def test_what_can_not_fit_is_not_begun():
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
def test_only_no_copy_and_no_download_is_an_error(server):
    store = MemoryStore()
    with pytest.raises(ModelUnavailable) as caught:
        load(store, server)
    assert caught.value.__cause__ is not None
    assert str(caught.value.__cause__) in str(caught.value)
    assert store.kept_heads == {}


def test_an_interrupted_download_goes_on_from_its_last_verified_chunk():
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


def test_an_answer_that_ends_early_is_gone_on_with_as_long_as_chunks_come():
    server = Server(NEW, cut_at=5)
    assert load(MemoryStore(), server).session.content == NEW
    assert [first for first, _, _ in server.asked] == [0, 1, 2, 3]


def test_a_damaged_chunk_of_an_interrupted_download_is_fetched_again():
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
        loaders = [Loader("digits", store, NativeMemory(), CountingRuntime()) for _ in range(10)]
        return await asyncio.gather(*(loader.load(server) for loader in loaders))

    models = asyncio.run(tabs())
    assert [model.session.content for model in models] == [NEW] * 10
    assert [model.origin for model in models].count(Origin.DOWNLOADED) == 1
    assert len(server.asked) == 1


def test_a_stored_model_is_loaded_by_name_alone():
    loader = Loader("digits", with_stored(NEW), NativeMemory(), CountingRuntime())
    assert asyncio.run(loader.stored()).session.content == NEW
    with pytest.raises(NotStored):
        asyncio.run(Loader("digits", MemoryStore(), NativeMemory(), CountingRuntime()).stored())


def test_a_source_that_is_handed_in_is_not_stored():
    model = asyncio.run(load_given(Server(NEW), NativeMemory(), CountingRuntime()))
    assert (model.session.content, model.origin) == (NEW, Origin.GIVEN)
    with pytest.raises(Truncated):
        asyncio.run(load_given(Server(NEW, cut_at=3), NativeMemory(), CountingRuntime()))
