"""Load models: download, validate, store, verify and repair them."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_onnx import ModelUnavailable, Origin
from offline_onnx.errors import (
    BadStatus,
    Evicted,
    IntegrityError,
    ManifestError,
    NotStored,
    OutOfMemory,
    SelfTestFailed,
    SessionError,
    StoreError,
    StoreFull,
    StoreUnavailable,
    StoreUnreadable,
    Truncated,
    Unreachable,
)
from offline_onnx.inference.manifest import CHUNK_SIZE
from offline_onnx.inference.self_test import Sample
from offline_onnx.inference.tensor import TensorSpec
from offline_onnx.integrity import no_progress
from offline_onnx.native import NativeMemory
from offline_onnx.storage import download as download_module
from offline_onnx.storage.download import VersionWriter, download
from offline_onnx.storage.model_store import ModelStore
from tests.support.time_limits import TIMEOUT
from tests.unit.fakes import (
    CHUNK,
    FakeRuntime,
    FakeSource,
    MemoryStore,
    SlowSource,
    head_of,
    self_test,
    sha256,
    was_repaired,
)

OLD, NEW = b"the old model", b"the new model!"
OFFLINE = Unreachable("digits.onnx", "offline")


def model_store(store, runtime=None, memory=None):
    """Return a ModelStore, by default with native memory and a FakeRuntime."""
    return ModelStore(store, memory or NativeMemory(), runtime or FakeRuntime())


def load(store, source, progress=no_progress, runtime=None):
    return asyncio.run(model_store(store, runtime).load("digits", source, progress))


def with_stored(content, **fields):
    """Return a store that contains a model; `fields` are fields of its manifest."""
    store = MemoryStore()
    load(store, FakeSource(content, fields=fields))
    store.calls.clear()
    return store


def test_first_load_downloads_and_stores_the_model():
    store, source = MemoryStore(), FakeSource(NEW)
    model = load(store, source)
    assert (model.session.content, model.origin, model.warning) == (NEW, Origin.DOWNLOADED, None)
    assert store.stored() == NEW
    assert store.chunks == {}
    assert load(store, source).origin is Origin.STORED
    assert len(source.requests) == 1


def test_download_is_validated_before_it_becomes_current():
    store = MemoryStore()

    class Watching(FakeRuntime):
        async def open(self, content, external_data):
            assert store.stored_heads == {}
            return await super().open(content, external_data)

    runtime, source = Watching(), FakeSource(NEW, fields={"self_test": self_test(3)})
    model = load(store, source, runtime=runtime)
    assert (model.origin, store.stored()) == (Origin.DOWNLOADED, NEW)
    assert runtime.opened == [model.session]
    assert (len(model.session.runs), model.session.released) == (1, False)


def test_stored_copy_is_not_validated_again():
    model = load(with_stored(NEW, self_test=self_test(3)), FakeSource(NEW))
    assert (model.origin, model.session.runs) == (Origin.STORED, [])


FAILING_SELF_TEST = FakeSource(NEW, fields={"self_test": self_test(4)})


def test_first_model_does_not_become_current_if_its_self_test_fails():
    store, runtime = MemoryStore(), FakeRuntime()
    with pytest.raises(SelfTestFailed):
        load(store, FAILING_SELF_TEST, runtime=runtime)
    assert runtime.opened[0].released
    assert store.stored_heads == {}
    corrected = FakeSource(NEW, fields={"self_test": self_test(3)})
    assert load(store, corrected).origin is Origin.DOWNLOADED
    assert corrected.requests == []  # the chunks were already stored


def test_first_model_does_not_become_current_if_it_can_not_be_opened():
    store, refused = MemoryStore(), SessionError("an operator is not supported")
    with pytest.raises(SessionError, match="operator"):
        load(store, FakeSource(NEW), runtime=FakeRuntime(refused))
    assert store.stored_heads == {}


def test_previous_version_is_opened_if_the_published_one_fails_its_self_test():
    store = with_stored(OLD)
    asyncio.run(save(store, b"the damaged one", previous=OLD))
    store.damage()
    model = load(store, FAILING_SELF_TEST)
    assert (model.session.content, model.origin) == (OLD, Origin.STORED)
    assert isinstance(model.warning, SelfTestFailed)


def test_stored_copy_is_opened_without_a_server():
    store = with_stored(NEW)
    source = FakeSource(NEW, manifest_fault=OFFLINE)
    model = load(store, source)
    assert (model.session.content, model.origin) == (NEW, Origin.STORED)
    assert source.requests == []


def test_stored_copy_is_opened_before_the_manifest_is_downloaded():
    class Silent(FakeSource):
        async def manifest(self):
            await asyncio.Event().wait()

    assert load(with_stored(OLD), Silent(NEW)).session.content == OLD


def progress_of(store, content):
    """Load a model and return the arguments of each call of `progress`."""
    calls = []
    load(store, FakeSource(content), lambda done, total: calls.append((done, total)))
    return calls


def test_progress_is_reported_for_every_downloaded_chunk():
    assert progress_of(MemoryStore(), NEW) == [(4, 14), (8, 14), (12, 14), (14, 14)]


def test_progress_is_reported_while_the_stored_copy_is_verified():
    content = bytes(range(256)) * 2
    assert progress_of(with_stored(content), content) == [(256, 512), (512, 512)]


def test_damaged_copy_is_replaced_by_a_download():
    store = with_stored(NEW)
    store.damage()
    model = load(store, FakeSource(NEW))
    assert (model.session.content, was_repaired(model)) == (NEW, True)
    assert isinstance(model.warning, IntegrityError)
    assert store.stored() == NEW
    assert load(store, FakeSource(NEW)).origin is Origin.STORED


@pytest.mark.parametrize("part", ["versions", "files"])
def test_copy_whose_record_or_content_is_missing_is_downloaded_again(part):
    store = with_stored(NEW)
    getattr(store, part).clear()
    assert was_repaired(load(store, FakeSource(NEW)))
    assert store.stored() == NEW


@pytest.mark.parametrize("change", ["label", "syntax"])
def test_copy_with_a_changed_manifest_is_downloaded_again(change):
    store = with_stored(NEW)
    key = ("digits", sha256(NEW))
    version = store.versions[key]
    text = "{" if change == "syntax" else version.manifest.replace('"0"', '"8"')
    store.versions[key] = replace(version, manifest=text)
    model = load(store, FakeSource(NEW))
    assert was_repaired(model)
    assert model.manifest.labels[0] == "0"


MIB = 1 << 20
LARGE = (bytes(range(251)) * (2 * MIB // 251 + 1))[: 2 * MIB + 100]  # all blocks differ


def with_large():
    """Return a store that contains the model LARGE, and the key of its version."""
    store = with_stored(LARGE, chunk_size=MIB)
    return store, ("digits", sha256(LARGE))


def test_version_with_large_chunks_is_verified_by_block_digests():
    store, key = with_large()
    assert len(store.versions[key].block_digests) == 64 * 5  # a SHA-256 for each 512 KiB
    calls = []
    loaded = load(store, FakeSource(LARGE), lambda *bytes_: calls.append(bytes_))
    assert (loaded.origin, loaded.session.content) == (Origin.STORED, LARGE)
    assert calls == [(len(LARGE), len(LARGE))]


@given(place=st.integers(0, len(LARGE) - 1))
@settings(max_examples=20, deadline=None)
def test_block_digests_detect_a_change_of_any_byte(place):
    store, key = with_large()
    store.files[key][place] ^= 1
    model = load(store, FakeSource(LARGE, fields={"chunk_size": MIB}))
    assert was_repaired(model)
    assert f"block {place // (MIB // 2) + 1} of 5" in str(model.warning)
    assert store.stored() == LARGE


@pytest.mark.parametrize("block_digests", ["", "0" * 64 * 5])
def test_copy_with_changed_block_digests_is_downloaded_again(block_digests):
    store, key = with_large()
    store.versions[key] = replace(store.versions[key], block_digests=block_digests)
    assert was_repaired(load(store, FakeSource(LARGE, fields={"chunk_size": MIB})))


def test_copy_with_block_digests_and_a_changed_manifest_is_downloaded_again():
    store, key = with_large()
    version = store.versions[key]
    store.versions[key] = replace(version, manifest=version.manifest.replace('"0"', '"8"'))
    assert was_repaired(load(store, FakeSource(LARGE, fields={"chunk_size": MIB})))


def test_incomplete_copy_is_not_opened():
    store = with_stored(NEW)
    key = ("digits", sha256(NEW))
    store.versions[key] = replace(store.versions[key], is_complete=False)
    assert was_repaired(load(store, FakeSource(NEW)))


def test_file_is_not_opened_if_only_its_chunks_match_the_manifest():
    class Mixed(FakeSource):
        async def manifest(self):
            return replace(self.published, sha256=sha256(OLD)).to_json()

    store = MemoryStore()
    with pytest.raises(ModelUnavailable, match="the whole file"):
        load(store, Mixed(NEW))
    assert store.files == {}


def test_model_that_does_not_fit_into_memory_is_unavailable():
    class Small(NativeMemory):
        def allocate(self, size):
            raise SessionError(f"There is no memory for {size} bytes.")

    models = model_store(MemoryStore(), memory=Small())
    with pytest.raises(ModelUnavailable, match="no memory for 14 bytes"):
        asyncio.run(models.load("digits", FakeSource(NEW)))


def test_truncated_copy_is_downloaded_again():
    store = with_stored(NEW)
    del store.files["digits", sha256(NEW)][-1]
    assert was_repaired(load(store, FakeSource(NEW)))


def test_copy_stored_under_another_digest_is_not_opened():
    store = with_stored(NEW)
    for table in (store.versions, store.files):
        table["digits", sha256(OLD)] = table["digits", sha256(NEW)]
    store.stored_heads["digits"] = head_of(current=OLD)
    assert load(store, FakeSource(OLD)).session.content == OLD


def test_damaged_copy_is_deleted_even_without_a_server():
    store = with_stored(NEW)
    store.damage()
    with pytest.raises(ModelUnavailable):
        load(store, FakeSource(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_previous_version_is_opened_if_the_damaged_one_can_not_be_downloaded():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    model = load(store, FakeSource(NEW, manifest_fault=OFFLINE))
    assert (model.session.content, model.origin, model.warning) == (
        OLD,
        Origin.STORED,
        OFFLINE,
    )
    assert load(store, FakeSource(NEW)).session.content == NEW


async def save(store, content, previous):
    """Store a model as the current version of "digits", with a previous version."""
    source = FakeSource(content, version="2.0.0")
    writer = VersionWriter("digits", source.published, store)
    await download(source, NativeMemory(), writer)
    await writer.commit(head_of(current=content, previous=previous))


def test_previous_version_with_a_damaged_record_is_deleted():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["version"] = [IntegrityError("the store", "a record has no field 'saved'")]
    with pytest.raises(ModelUnavailable):
        load(store, FakeSource(NEW, manifest_fault=OFFLINE))
    assert store.files == {}


def test_tab_does_not_delete_a_copy_that_another_tab_has_repaired():
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
        offline = FakeSource(NEW, manifest_fault=OFFLINE)
        late = model_store(store, memory=Slow())
        other = asyncio.create_task(late.load("digits", offline))
        await read.wait()
        model = await model_store(store).load("digits", FakeSource(NEW))
        repaired.set()
        return model.origin, (await other).origin

    assert asyncio.run(tabs()) == (Origin.DOWNLOADED, Origin.STORED)
    assert store.stored() == NEW


def test_previous_version_is_opened_if_the_store_fails_once():
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    store.damage()
    store.faults["current"] = [StoreError("no answer")]
    model = load(store, FakeSource(NEW, manifest_fault=OFFLINE))
    assert (model.session.content, model.origin, model.warning) == (OLD, Origin.STORED, OFFLINE)


@pytest.mark.parametrize("can_read_heads", [True, False])
def test_head_is_overwritten_only_if_it_can_be_read(can_read_heads):
    store = with_stored(OLD)
    asyncio.run(save(store, NEW, previous=OLD))
    fault = StoreError("no answer")
    store.faults["current"] = [fault, fault]
    store.faults["heads"] = [] if can_read_heads else [fault]
    model = load(store, FakeSource(b"a third model"))
    assert (model.origin, model.is_stored) == (Origin.DOWNLOADED, can_read_heads)
    current = b"a third model" if can_read_heads else NEW
    assert store.stored_heads["digits"] == head_of(current, previous=OLD)


UNSUPPORTED = SessionError("an operator is not supported")


class FailsOnce(FakeRuntime):
    """A runtime whose first `open` raises `fault`."""

    async def open(self, content, external_data):
        self.fault, fault = None, self.fault
        if fault:
            raise fault
        return await super().open(content, external_data)


def test_copy_that_can_not_be_read_stays_stored_and_the_model_runs_from_memory():
    store = with_stored(OLD)
    unreadable = StoreUnreadable("NotReadableError")
    store.faults["read"] = [unreadable] * 2
    store.faults["content"] = [unreadable]
    model = load(store, FakeSource(OLD))
    assert (model.session.content, model.origin, model.is_stored) == (OLD, Origin.DOWNLOADED, False)
    assert model.warning is unreadable
    assert not {"discard", "put_version", "put_chunks", "commit"} & set(store.calls)
    assert load(store, FakeSource(OLD)).origin is Origin.STORED


def test_copy_that_can_not_be_read_is_replaced_by_a_newer_version():
    store = with_stored(OLD)
    store.faults["read"] = [StoreUnreadable("NotReadableError")] * 2
    assert load(store, FakeSource(NEW)).is_stored
    assert store.stored() == NEW


def test_model_for_which_there_is_no_memory_is_not_downloaded_again():
    store, source = with_stored(OLD), FakeSource(NEW)
    with pytest.raises(OutOfMemory):
        load(store, source, runtime=FakeRuntime(OutOfMemory("There is no memory.")))
    assert source.requests == []
    assert store.stored() == OLD


def test_unusable_copy_is_replaced_by_the_published_version():
    store = with_stored(OLD)
    model = load(store, FakeSource(NEW), runtime=FailsOnce(UNSUPPORTED))
    assert (model.session.content, was_repaired(model)) == (NEW, True)
    assert model.warning is UNSUPPORTED
    assert load(store, FakeSource(NEW)).session.content == NEW


@pytest.mark.parametrize("source", [FakeSource(OLD), FakeSource(OLD, manifest_fault=OFFLINE)])
def test_newest_version_stays_stored_if_it_can_not_be_opened(source):
    store = with_stored(OLD)
    with pytest.raises(SessionError, match="operator"):
        load(store, source, runtime=FakeRuntime(UNSUPPORTED))
    assert source.requests == []
    assert store.stored() == OLD


def test_model_is_unavailable_if_the_self_test_values_do_not_fit_the_dtype():
    wrong = replace(self_test(3), inputs={"image": Sample((1, 28, 28, 1), (300,))})
    image = TensorSpec("image", "uint8", ("N", 28, 28, 1))
    source = FakeSource(NEW, fields={"self_test": wrong, "inputs": (image,)})
    with pytest.raises(ModelUnavailable, match="can't be stored as uint8"):
        load(MemoryStore(), source)


def test_warning_has_no_traceback():
    store = with_stored(NEW)
    store.damage()
    assert load(store, FakeSource(NEW)).warning.__traceback__ is None


def test_evicted_model_is_restored_with_a_warning():
    store = with_stored(NEW)
    for table in (store.stored_heads, store.versions, store.files):
        table.clear()
    model = load(store, FakeSource(NEW))
    assert (model.origin, model.is_stored) == (Origin.DOWNLOADED, True)
    assert isinstance(model.warning, Evicted)


def test_damaged_cache_is_bypassed():
    store, source = MemoryStore(), FakeSource(NEW, cached=b"damaged bytes!")
    assert load(store, source).origin is Origin.DOWNLOADED
    assert store.stored() == NEW
    assert [fresh for _, _, fresh in source.requests] == [False, True]


@pytest.mark.usefixtures("without_delay")
def test_chunks_before_a_damaged_chunk_are_stored_once():
    store = MemoryStore()
    load(store, SlowSource(NEW, cached=NEW[:8] + b"####" + NEW[12:], store=store))
    assert store.chunks_written <= 4
    assert (store.stored(), store.chunks) == (NEW, {})


@pytest.fixture
def without_delay(monkeypatch):
    """Store the chunks of each download at once, as those of a download that has become slow."""
    monkeypatch.setattr(download_module, "WRITE_DELAY", 0)


def test_a_fast_download_is_stored_as_one_file():
    store = MemoryStore()
    assert load(store, FakeSource(NEW)).origin is Origin.DOWNLOADED
    assert store.chunks_written == 0
    assert store.stored() == NEW


def test_chunks_of_a_fast_download_are_copied_once_for_the_store():
    copied = []

    class Watching(MemoryStore):
        def staged(self, content):
            copied.append(bytes(content))
            return super().staged(content)

    store = Watching()
    load(store, FakeSource(NEW))
    assert copied == [NEW[start : start + CHUNK] for start in range(0, len(NEW), CHUNK)]
    assert store.stored() == NEW


def test_chunks_that_arrive_together_are_digested_together():
    batches = []

    class Watching(NativeMemory):
        async def digests(self, content, spans):
            batches.append(len(spans))
            return await super().digests(content, spans)

    asyncio.run(model_store(MemoryStore(), memory=Watching()).load("digits", FakeSource(NEW)))
    assert batches == [4, 1]  # all chunks, and the whole file


def test_whole_file_is_verified_while_it_is_written():
    events, digested = [], asyncio.Event()

    class WatchingStore(MemoryStore):
        async def put_content(self, *arguments):
            events.append("write")
            await asyncio.wait_for(digested.wait(), TIMEOUT)
            await super().put_content(*arguments)
            events.append("written")

    class WatchingMemory(NativeMemory):
        async def digests(self, content, spans):
            events.append(f"digest {len(spans)}")
            if len(spans) == 1:  # the whole file
                digested.set()
            return await super().digests(content, spans)

    asyncio.run(
        model_store(WatchingStore(), memory=WatchingMemory()).load("digits", FakeSource(NEW))
    )
    assert events == ["digest 4", "write", "digest 1", "written"]


def test_first_load_does_not_look_for_stored_chunks():
    store = MemoryStore()
    load(store, FakeSource(NEW))
    assert store.calls == ["current", "current", "free_bytes", "put_content", "commit", "set_head"]


def test_default_chunks_need_no_block_digests():
    store = with_stored(LARGE, chunk_size=CHUNK_SIZE)
    assert store.versions["digits", sha256(LARGE)].block_digests == ""


def test_a_download_that_was_not_committed_is_verified_and_not_repeated():
    store, source = MemoryStore(), FakeSource(NEW)
    store.faults["commit"] = [StoreError("the tab was closed")]
    assert not load(store, source).is_stored
    assert load(store, source).origin is Origin.DOWNLOADED
    assert len(source.requests) == 1
    assert load(store, source).origin is Origin.STORED


def test_a_damaged_download_that_was_not_committed_is_repeated():
    store, source = MemoryStore(), FakeSource(NEW)
    store.faults["commit"] = [StoreError("the tab was closed")]
    load(store, source)
    store.files["digits", sha256(NEW)][0] ^= 1
    assert load(store, source).session.content == NEW
    assert len(source.requests) == 2
    assert store.stored() == NEW


@pytest.mark.parametrize("fault", [StoreUnavailable("private mode"), StoreError("broken")])
def test_model_runs_from_memory_if_the_store_fails(fault):
    store = MemoryStore()
    store.faults["current"] = [fault, fault]
    store.faults["free_bytes"] = [fault]
    model = load(store, FakeSource(NEW))
    assert (model.session.content, model.is_stored, model.warning) == (NEW, False, fault)


def test_record_of_an_unknown_format_is_replaced():
    store, damage = with_stored(NEW), IntegrityError("the store", "a record has another form")
    store.faults["current"] = [damage, damage]
    model = load(store, FakeSource(NEW))
    assert (was_repaired(model), model.warning) == (True, damage)
    assert load(store, FakeSource(NEW)).origin is Origin.STORED


def test_unavailable_store_is_not_used_again_in_a_load():
    store, fault = MemoryStore(), StoreUnavailable("no answer")
    store.faults["current"] = [fault]
    assert load(store, FakeSource(NEW)).warning is fault
    assert store.calls == ["current"]


@pytest.mark.usefixtures("without_delay")
@pytest.mark.parametrize("method", ["put_version", "put_chunks", "put_content", "commit"])
def test_full_store_is_reported_and_its_chunks_are_deleted(method):
    store, full = MemoryStore(), StoreFull("quota")
    store.faults[method] = [full]
    model = load(store, SlowSource(NEW, store=store))
    assert (model.session.content, model.is_stored, model.warning) == (NEW, False, full)
    assert (store.chunks, store.versions, store.stored_heads) == ({}, {}, {})


def test_model_that_does_not_fit_into_the_free_space_is_not_stored():
    store = MemoryStore()
    store.free = 2 * len(NEW) - 1
    model = load(store, FakeSource(NEW))
    assert not model.is_stored
    assert isinstance(model.warning, StoreFull)
    assert "put_content" not in store.calls
    store.free += 1
    assert load(store, FakeSource(NEW)).origin is Origin.DOWNLOADED


@pytest.mark.parametrize(
    "source",
    [
        FakeSource(NEW, manifest_fault=OFFLINE),
        FakeSource(NEW, content_fault=OFFLINE),
        FakeSource(NEW, content_fault=BadStatus("m.onnx", 404)),
        FakeSource(NEW, manifest_fault=ManifestError("no manifest")),
        FakeSource(NEW, sends=b"<html>log in</html>"),
        FakeSource(NEW, cut_at=3),
    ],
)
def test_model_is_unavailable_if_it_is_not_stored_and_the_download_fails(source):
    store = MemoryStore()
    with pytest.raises(ModelUnavailable) as caught:
        load(store, source)
    assert caught.value.__cause__ is not None
    assert str(caught.value.__cause__) in str(caught.value)
    assert store.stored_heads == {}


def test_interrupted_download_resumes_after_its_last_verified_chunk():
    store = MemoryStore()

    class GoesAway(FakeSource):
        async def open(self, manifest, first, *, validator="", fresh=False):
            if self.requests:
                raise OFFLINE
            return await super().open(manifest, first, validator=validator, fresh=fresh)

    with pytest.raises(ModelUnavailable):
        load(store, GoesAway(NEW, cut_at=10))
    again = FakeSource(NEW)
    assert load(store, again).session.content == NEW
    assert again.requests == [(2, "tag", False)]
    assert again.bytes_sent == len(NEW) - 2 * CHUNK


@pytest.mark.usefixtures("without_delay")
def test_download_without_ranges_restarts_and_stores_only_missing_chunks():
    store = MemoryStore()
    with pytest.raises(ModelUnavailable):
        load(store, FakeSource(NEW, cut_at=9, ranges=False))
    assert store.chunks_written == 2
    source = SlowSource(NEW, ranges=False, store=store)
    assert load(store, source).session.content == NEW
    assert store.chunks_written <= len(source.published.chunks)


def test_truncated_response_is_resumed_while_chunks_arrive():
    source = FakeSource(NEW, cut_at=5)
    assert load(MemoryStore(), source).session.content == NEW
    assert [first for first, _, _ in source.requests] == [0, 1, 2, 3]


def test_damaged_chunk_of_an_interrupted_download_is_downloaded_again():
    store = MemoryStore()
    with pytest.raises(ModelUnavailable):
        load(store, FakeSource(NEW, sends=NEW[:10]))
    store.chunks["digits", sha256(NEW), 1][0] ^= 1
    source = FakeSource(NEW)
    assert load(store, source).session.content == NEW
    first_chunk, *_ = source.requests[0]
    assert first_chunk == 1


def test_ten_tabs_download_once():
    store, source = MemoryStore(), FakeSource(NEW)

    async def tabs():
        tabs = [model_store(store) for _ in range(10)]
        return await asyncio.gather(*(tab.load("digits", source) for tab in tabs))

    models = asyncio.run(tabs())
    assert [model.session.content for model in models] == [NEW] * 10
    assert [model.origin for model in models].count(Origin.DOWNLOADED) == 1
    assert len(source.requests) == 1


def test_load_stored_opens_a_model_by_its_name():
    models = model_store(with_stored(NEW))
    assert asyncio.run(models.load_stored("digits")).session.content == NEW
    with pytest.raises(NotStored):
        asyncio.run(model_store(MemoryStore()).load_stored("digits"))


def test_load_unstored_does_not_store_the_model():
    models = model_store(MemoryStore())
    model = asyncio.run(models.load_unstored(FakeSource(NEW)))
    assert (model.session.content, model.origin) == (NEW, Origin.FILE)
    with pytest.raises(Truncated):
        asyncio.run(models.load_unstored(FakeSource(NEW, cut_at=3)))
