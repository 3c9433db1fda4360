"""Update stored models and roll them back.

A published version is not downloaded if it has failed its self-test (`SELF_TEST_FAILED`) or was
rolled back (`ROLLED_BACK`). `Head.refused` holds the latest MAX_REFUSED digests: the SHA-256 of a
version that was rolled back, or of a manifest whose self-test failed.
"""

import pytest

from offline_onnx import Origin
from offline_onnx.errors import (
    ManifestError,
    NotStored,
    SelfTestFailed,
    StoreError,
    StoreFull,
    Unreachable,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.model_store import ModelStore, UpdateState
from offline_onnx.storage.store import MAX_REFUSED
from tests.unit.fakes import (
    FakeRuntime,
    FakeSource,
    MemoryStore,
    head_of,
    run,
    self_test,
    sha256,
)

OLD, NEW, NEXT = b"the old model", b"the new model!", b"the one after that"


def model_store(store, runtime=None):
    return ModelStore(store, NativeMemory(), runtime or FakeRuntime())


def load(store, source):
    return run(model_store(store).load("digits", source))


def update(store, source, runtime=None):
    return run(model_store(store, runtime).update("digits", source))


def rollback(store):
    return run(model_store(store).rollback("digits"))


@pytest.fixture
def store():
    """Return a store that contains the model OLD."""
    store = MemoryStore()
    load(store, FakeSource(OLD))
    return store


def test_update_downloads_nothing_if_the_published_version_is_current(store):
    source = FakeSource(OLD)
    assert update(store, source).state is UpdateState.CURRENT
    assert source.requests == []


def test_newer_version_is_validated_before_it_becomes_current(store):
    class Watching(FakeRuntime):
        async def open(self, content, external_data):
            assert store.stored() == OLD  # not replaced yet
            return await super().open(content, external_data)

    runtime = Watching()
    source = FakeSource(NEW, "2.0.0", fields={"self_test": self_test(3)})
    found = update(store, source, runtime)
    assert (found.state, found.manifest.version) == (UpdateState.READY, "2.0.0")
    (session,) = runtime.opened
    assert (session.content, len(session.runs), session.released) == (NEW, 1, True)
    assert store.stored_heads == {"digits": head_of(current=NEW, previous=OLD)}
    model = load(store, FakeSource(NEW, "2.0.0"))
    assert (model.session.content, model.origin) == (NEW, Origin.STORED)


def test_only_the_last_two_versions_stay_stored(store):
    update(store, FakeSource(NEW))
    update(store, FakeSource(NEXT))
    assert {sha for _, sha in store.files} == {sha256(NEW), sha256(NEXT)}
    assert {sha for _, sha in store.versions} == {sha256(NEW), sha256(NEXT)}


def test_version_that_fails_its_self_test_is_deleted_and_not_downloaded_again(store):
    source, runtime = FakeSource(NEW, fields={"self_test": self_test(4)}), FakeRuntime()
    found = update(store, source, runtime)
    assert found.state is UpdateState.SELF_TEST_FAILED
    assert runtime.opened[0].released
    assert isinstance(found.error, SelfTestFailed)
    assert store.stored() == OLD
    assert (store.chunks, set(store.files)) == ({}, {("digits", sha256(OLD))})
    assert update(store, source).state is UpdateState.SELF_TEST_FAILED
    assert len(source.requests) == 1
    corrected = FakeSource(NEW, fields={"self_test": self_test(3)})
    assert update(store, corrected).state is UpdateState.READY
    assert update(store, FakeSource(NEXT)).state is UpdateState.READY


@pytest.mark.parametrize(
    ("source", "has_manifest"),
    [
        (FakeSource(NEW, manifest_fault=Unreachable("x", "offline")), False),
        (FakeSource(NEW, manifest_fault=ManifestError("broken")), False),
        (FakeSource(NEW, content_fault=Unreachable("x", "offline")), True),
        (FakeSource(NEW, sends=b"<html>log in</html>"), True),
    ],
)
def test_failed_update_does_not_change_the_stored_version(store, source, has_manifest):
    found = update(store, source)
    assert found.state is UpdateState.FAILED
    assert found.error is not None
    assert (found.manifest is not None) is has_manifest
    assert load(store, source).session.content == OLD


def test_interrupted_update_resumes_at_the_next_update(store):
    class Cut(FakeSource):
        async def open(self, *arguments, **keywords):
            if self.requests:
                raise Unreachable("x", "offline")
            return await super().open(*arguments, **keywords)

    assert update(store, Cut(NEW, cut_at=9)).state is UpdateState.FAILED
    source = FakeSource(NEW)
    assert update(store, source).state is UpdateState.READY
    first_chunk, *_ = source.requests[0]
    assert first_chunk == 2  # two whole chunks of 4 bytes were within the first 9 bytes


def test_update_that_does_not_fit_does_not_change_the_stored_version(store):
    store.free = 1
    found = update(store, FakeSource(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, StoreFull)
    assert load(store, FakeSource(NEW)).session.content == OLD


def test_changed_manifest_of_the_same_file_is_stored(store):
    labels = tuple("abcdefghij")
    source = FakeSource(OLD, fields={"labels": labels})
    assert update(store, source).state is UpdateState.CURRENT
    assert load(store, source).manifest.labels == labels
    assert source.requests == []


def test_changed_manifest_is_refused_if_its_self_test_fails(store):
    source = FakeSource(OLD, fields={"labels": tuple("abcdefghij"), "self_test": self_test(4)})
    found = update(store, source)
    assert (found.state, type(found.error)) == (UpdateState.SELF_TEST_FAILED, SelfTestFailed)
    assert load(store, source).manifest.labels == tuple("0123456789")
    runtime = FakeRuntime()
    assert update(store, source, runtime).state is UpdateState.SELF_TEST_FAILED
    assert runtime.opened == []  # the self-test is not run again at every update
    source.fields["self_test"] = self_test(3)
    assert update(store, source).state is UpdateState.CURRENT
    assert load(store, source).manifest.labels == tuple("abcdefghij")


def test_previous_version_published_again_stays_stored_if_the_storage_is_full(store):
    update(store, FakeSource(NEW))
    store.faults["commit"] = [StoreFull("quota")]
    assert update(store, FakeSource(OLD)).state is UpdateState.FAILED
    assert rollback(store).sha256 == sha256(OLD)
    assert load(store, FakeSource(OLD)).session.content == OLD


def test_update_error_has_no_traceback(store):
    found = update(store, FakeSource(NEW, cut_at=5, sends=NEW[:6]))
    assert found.state is UpdateState.FAILED
    assert found.error.__traceback__ is None


def test_changed_manifest_with_wrong_chunk_digests_is_not_stored(store):
    wrong = FakeSource(OLD, fields={"chunks": (sha256(NEW),) * 4})
    assert update(store, wrong).state is UpdateState.FAILED
    assert load(store, wrong).origin is Origin.STORED


def test_changed_manifest_with_smaller_chunks_is_stored(store):
    digests = tuple(sha256(OLD[start : start + 2]) for start in range(0, len(OLD), 2))
    source = FakeSource(OLD, fields={"chunks": digests, "chunk_size": 2})
    assert update(store, source).state is UpdateState.CURRENT
    assert load(store, source).manifest.chunk_size == 2


def test_update_of_a_model_that_is_not_stored_fails():
    found = update(MemoryStore(), FakeSource(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, NotStored)


def test_rollback_is_not_undone_by_the_next_update(store):
    update(store, FakeSource(NEW))
    assert rollback(store).sha256 == sha256(OLD)
    assert load(store, FakeSource(NEW)).session.content == OLD
    assert update(store, FakeSource(NEW)).state is UpdateState.ROLLED_BACK
    assert update(store, FakeSource(NEXT)).state is UpdateState.READY
    assert store.stored() == NEXT


def test_rollback_can_be_rolled_back(store):
    update(store, FakeSource(NEW))
    rollback(store)
    rollback(store)
    assert store.stored_heads["digits"] == head_of(current=NEW, previous=OLD, refused=(OLD,))


def test_published_version_is_downloaded_after_a_rollback_to_a_damaged_copy(store):
    update(store, FakeSource(NEW))
    rollback(store)
    store.damage()
    assert load(store, FakeSource(NEW)).session.content == NEW
    assert store.stored_heads["digits"] == head_of(current=NEW)


def test_version_that_was_rolled_back_stays_refused_if_the_copy_is_repaired(store):
    update(store, FakeSource(NEW))
    rollback(store)
    store.damage()
    assert load(store, FakeSource(OLD)).session.content == OLD
    assert update(store, FakeSource(NEW)).state is UpdateState.ROLLED_BACK


def test_version_that_was_rolled_back_stays_refused_if_the_copy_can_not_be_read(store):
    update(store, FakeSource(NEW))
    rollback(store)
    store.faults["read"] = [StoreError("no answer"), StoreError("no answer")]
    model = load(store, FakeSource(OLD))
    assert (model.session.content, model.origin) == (OLD, Origin.DOWNLOADED)
    assert store.stored_heads["digits"] == head_of(current=OLD, previous=NEW, refused=(NEW,))


def test_only_the_latest_versions_that_were_rolled_back_stay_refused(store):
    versions = [b"version %d" % number for number in range(MAX_REFUSED + 5)]
    for content in versions:
        assert update(store, FakeSource(content)).state is UpdateState.READY
        rollback(store)
    refused = store.stored_heads["digits"].refused
    assert refused == tuple(map(sha256, versions[-MAX_REFUSED:]))
    assert update(store, FakeSource(versions[-1])).state is UpdateState.ROLLED_BACK


def test_rollback_without_a_previous_version_raises_not_stored(store):
    with pytest.raises(NotStored, match="No previous version is stored under 'digits'") as caught:
        rollback(store)
    assert caught.value.address == "digits"
    with pytest.raises(NotStored, match="No model is stored under 'digits'"):
        rollback(MemoryStore())


def test_previous_version_published_again_is_not_downloaded(store):
    update(store, FakeSource(NEW))
    source = FakeSource(OLD)
    assert update(store, source).state is UpdateState.READY
    assert source.requests == []
    assert load(store, source).session.content == OLD
    assert store.stored_heads["digits"] == head_of(current=OLD, previous=NEW)
