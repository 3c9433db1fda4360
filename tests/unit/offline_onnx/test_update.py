import pytest

from offline_onnx import (
    ManifestError,
    ModelStore,
    NotStored,
    Origin,
    SelfTestFailed,
    StoreError,
    StoreFull,
    Unreachable,
    UpdateState,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.store import MOST_REFUSED
from tests.unit.fakes import CountingRuntime, MemoryStore, Server, head_of, run, self_test, sha256

OLD, NEW, NEXT = b"the old model", b"the new model!", b"the one after that"


def model_store(store, runtime=None):
    return ModelStore(store, NativeMemory(), runtime or CountingRuntime())


def load(store, server):
    return run(model_store(store).load("digits", server))


def update(store, server, runtime=None):
    return run(model_store(store, runtime).update("digits", server))


def rollback(store):
    return run(model_store(store).rollback("digits"))


@pytest.fixture
def store():
    store = MemoryStore()
    load(store, Server(OLD))
    return store


def test_the_published_version_is_current(store):
    server = Server(OLD)
    assert update(store, server).state is UpdateState.CURRENT
    assert server.asked == []


def test_a_newer_version_is_validated_then_becomes_current(store):
    class Watching(CountingRuntime):
        async def open(self, content):
            assert store.stored() == OLD  # not swapped yet
            return await super().open(content)

    runtime = Watching()
    server = Server(NEW, "2.0.0", fields={"self_test": self_test(3)})
    found = update(store, server, runtime)
    assert (found.state, found.manifest.version) == (UpdateState.READY, "2.0.0")
    (session,) = runtime.opened
    assert (session.content, len(session.runs), session.released) == (NEW, 1, True)
    assert store.stored_heads == {"digits": head_of(NEW, OLD)}
    model = load(store, Server(NEW, "2.0.0"))
    assert (model.session.content, model.origin) == (NEW, Origin.STORED)


def test_only_the_last_two_versions_stay_stored(store):
    update(store, Server(NEW))
    update(store, Server(NEXT))
    assert {sha for _, sha in store.files} == {sha256(NEW), sha256(NEXT)}
    assert {sha for _, sha in store.versions} == {sha256(NEW), sha256(NEXT)}


def test_a_version_that_fails_its_self_test_leaves_no_trace_and_is_not_downloaded_again(store):
    server, runtime = Server(NEW, fields={"self_test": self_test(4)}), CountingRuntime()
    found = update(store, server, runtime)
    assert found.state is UpdateState.REFUSED
    assert runtime.opened[0].released
    assert isinstance(found.error, SelfTestFailed)
    assert store.stored() == OLD
    assert (store.chunks, set(store.files)) == ({}, {("digits", sha256(OLD))})
    assert update(store, server).state is UpdateState.REFUSED
    assert len(server.asked) == 1
    mended = Server(NEW, fields={"self_test": self_test(3)})
    assert update(store, mended).state is UpdateState.READY
    assert update(store, Server(NEXT)).state is UpdateState.READY


@pytest.mark.parametrize(
    ("server", "known"),
    [
        (Server(NEW, manifest_fault=Unreachable("x", "offline")), False),
        (Server(NEW, manifest_fault=ManifestError("broken")), False),
        (Server(NEW, content_fault=Unreachable("x", "offline")), True),
        (Server(NEW, sends=b"<html>log in</html>"), True),
    ],
)
def test_a_failed_update_leaves_the_old_version(store, server, known):
    found = update(store, server)
    assert found.state is UpdateState.FAILED
    assert found.error is not None
    assert (found.manifest is not None) is known
    assert load(store, server).session.content == OLD


def test_an_interrupted_update_resumes_later(store):
    class Cut(Server):
        async def open(self, *arguments, **keywords):
            if self.asked:
                raise Unreachable("x", "offline")
            return await super().open(*arguments, **keywords)

    assert update(store, Cut(NEW, cut_at=9)).state is UpdateState.FAILED
    server = Server(NEW)
    assert update(store, server).state is UpdateState.READY
    assert server.asked[0][0] == 2


def test_an_update_that_does_not_fit_leaves_the_old_version(store):
    store.free = 1
    found = update(store, Server(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, StoreFull)
    assert load(store, Server(NEW)).session.content == OLD


def test_a_manifest_that_changed_without_the_file_is_stored(store):
    labels = tuple("abcdefghij")
    server = Server(OLD, fields={"labels": labels})
    assert update(store, server).state is UpdateState.CURRENT
    assert load(store, server).manifest.labels == labels
    assert server.asked == []


def test_a_manifest_that_does_not_match_the_file_is_refused(store):
    server = Server(OLD, fields={"labels": tuple("abcdefghij"), "self_test": self_test(4)})
    found = update(store, server)
    assert (found.state, type(found.error)) == (UpdateState.REFUSED, SelfTestFailed)
    assert load(store, server).manifest.labels == tuple("0123456789")
    runtime = CountingRuntime()
    assert update(store, server, runtime).state is UpdateState.REFUSED
    assert runtime.opened == []  # nor is it tried out on every visit
    server.fields["self_test"] = self_test(3)
    assert update(store, server).state is UpdateState.CURRENT
    assert load(store, server).manifest.labels == tuple("abcdefghij")


def test_the_previous_version_published_again_stays_stored_if_the_storage_is_full(store):
    update(store, Server(NEW))
    store.faults["put_version"] = [StoreFull("quota")]
    assert update(store, Server(OLD)).state is UpdateState.FAILED
    assert rollback(store).sha256 == sha256(OLD)
    assert load(store, Server(OLD)).session.content == OLD


def test_an_error_does_not_keep_the_bytes_in_memory(store):
    found = update(store, Server(NEW, cut_at=5, sends=NEW[:6]))
    assert found.state is UpdateState.FAILED
    assert found.error.__traceback__ is None


def test_a_manifest_with_other_chunks_is_not_stored(store):
    wrong = Server(OLD, fields={"chunks": (sha256(NEW),) * 4})
    assert update(store, wrong).state is UpdateState.FAILED
    assert load(store, wrong).origin is Origin.STORED


def test_a_manifest_with_smaller_chunks_is_stored(store):
    pieces = tuple(sha256(OLD[start : start + 2]) for start in range(0, len(OLD), 2))
    server = Server(OLD, fields={"chunks": pieces, "chunk_size": 2})
    assert update(store, server).state is UpdateState.CURRENT
    assert load(store, server).manifest.chunk_size == 2


def test_a_model_that_is_not_stored_can_not_be_updated():
    found = update(MemoryStore(), Server(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, NotStored)


def test_a_rollback_is_not_undone_by_the_next_update(store):
    update(store, Server(NEW))
    assert rollback(store).sha256 == sha256(OLD)
    assert load(store, Server(NEW)).session.content == OLD
    assert update(store, Server(NEW)).state is UpdateState.DECLINED
    assert update(store, Server(NEXT)).state is UpdateState.READY
    assert store.stored() == NEXT


def test_a_rollback_can_be_rolled_back(store):
    update(store, Server(NEW))
    rollback(store)
    rollback(store)
    assert store.stored_heads["digits"] == head_of(NEW, OLD, refused=(OLD,))


def test_after_a_rollback_to_a_damaged_copy_the_published_version_is_downloaded(store):
    update(store, Server(NEW))
    rollback(store)
    store.damage()
    assert load(store, Server(NEW)).session.content == NEW
    assert store.stored_heads["digits"] == head_of(NEW)


def test_a_refused_version_stays_refused_when_the_copy_is_repaired(store):
    update(store, Server(NEW))
    rollback(store)
    store.damage()
    assert load(store, Server(OLD)).session.content == OLD
    assert update(store, Server(NEW)).state is UpdateState.DECLINED


def test_a_refused_version_stays_refused_when_the_copy_could_not_be_read(store):
    update(store, Server(NEW))
    rollback(store)
    store.faults["read"] = [StoreError("no answer"), StoreError("no answer")]
    model = load(store, Server(OLD))
    assert (model.session.content, model.origin) == (OLD, Origin.DOWNLOADED)
    assert store.stored_heads["digits"] == head_of(OLD, NEW, refused=(NEW,))


def test_only_the_latest_refusals_are_remembered(store):
    versions = [b"version %d" % number for number in range(MOST_REFUSED + 5)]
    for content in versions:
        assert update(store, Server(content)).state is UpdateState.READY
        rollback(store)
    refused = store.stored_heads["digits"].refused
    assert refused == tuple(map(sha256, versions[-MOST_REFUSED:]))
    assert update(store, Server(versions[-1])).state is UpdateState.DECLINED


def test_without_a_previous_version_there_is_no_rollback(store):
    with pytest.raises(NotStored, match="No previous version is stored under 'digits'") as caught:
        rollback(store)
    assert caught.value.address == "digits"
    with pytest.raises(NotStored, match="No model is stored under 'digits'"):
        rollback(MemoryStore())


def test_the_previous_version_published_again_needs_no_download(store):
    update(store, Server(NEW))
    server = Server(OLD)
    assert update(store, server).state is UpdateState.READY
    assert server.asked == []
    assert load(store, server).session.content == OLD
    assert store.stored_heads["digits"] == head_of(OLD, NEW)
