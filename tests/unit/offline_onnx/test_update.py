import pytest

from offline_onnx import (
    Loader,
    ManifestError,
    NotStored,
    Origin,
    SelfTestFailed,
    StoreError,
    StoreFull,
    Unreachable,
    Updater,
    UpdateState,
)
from offline_onnx.native import NativeMemory
from offline_onnx.storage.update import rollback
from offline_onnx.storage.versions import REFUSED
from tests.unit.fakes import CountingRuntime, MemoryStore, Server, head_of, run, self_test, sha256

OLD, NEW, NEXT = b"the old model", b"the new model!", b"the one after that"


def load(store, server):
    return run(Loader("digits", store, NativeMemory(), CountingRuntime()).load(server))


def update(store, server, runtime=None):
    updater = Updater("digits", store, NativeMemory(), runtime or CountingRuntime())
    return run(updater.update(server))


@pytest.fixture
def store():
    store = MemoryStore()
    load(store, Server(OLD))
    return store


def test_the_published_version_is_current(store):
    server = Server(OLD)
    assert update(store, server).state is UpdateState.CURRENT
    assert server.asked == []


def test_a_newer_version_is_tried_out_then_put_in_place(store):
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
    assert store.kept_heads == {"digits": head_of(NEW, OLD)}
    model = load(store, Server(NEW, "2.0.0"))
    assert (model.session.content, model.origin) == (NEW, Origin.STORED)


def test_only_the_last_two_versions_are_kept(store):
    update(store, Server(NEW))
    update(store, Server(NEXT))
    assert {sha for _, sha in store.files} == {sha256(NEW), sha256(NEXT)}
    assert {sha for _, sha in store.versions} == {sha256(NEW), sha256(NEXT)}


def test_a_version_that_fails_its_self_test_leaves_no_trace_and_is_not_fetched_again(store):
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
def test_an_update_that_does_not_come_leaves_the_old_in_place(store, server, known):
    found = update(store, server)
    assert found.state is UpdateState.FAILED
    assert found.error is not None
    assert (found.manifest is not None) is known
    assert load(store, server).session.content == OLD


def test_an_update_that_was_cut_goes_on_later(store):
    class Cut(Server):
        async def open(self, *arguments, **keywords):
            if self.asked:
                raise Unreachable("x", "offline")
            return await super().open(*arguments, **keywords)

    assert update(store, Cut(NEW, cut_at=9)).state is UpdateState.FAILED
    server = Server(NEW)
    assert update(store, server).state is UpdateState.READY
    assert server.asked[0][0] == 2


def test_an_update_that_does_not_fit_leaves_the_old_in_place(store):
    store.free = 1
    found = update(store, Server(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, StoreFull)
    assert load(store, Server(NEW)).session.content == OLD


def test_labels_that_changed_without_the_file_are_taken_over(store):
    labels = tuple("abcdefghij")
    server = Server(OLD, fields={"labels": labels})
    assert update(store, server).state is UpdateState.CURRENT
    assert load(store, server).manifest.labels == labels
    assert server.asked == []


def test_a_manifest_that_does_not_fit_the_file_is_not_taken_over(store):
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
    store.faults["describe"] = [StoreFull("quota")]
    assert update(store, Server(OLD)).state is UpdateState.FAILED
    assert run(rollback(store, "digits")).sha256 == sha256(OLD)
    assert load(store, Server(OLD)).session.content == OLD


def test_what_went_wrong_does_not_hold_the_bytes(store):
    found = update(store, Server(NEW, cut_at=5, sends=NEW[:6]))
    assert found.state is UpdateState.FAILED
    assert found.error.__traceback__ is None


def test_a_manifest_of_other_chunks_is_not_taken_over(store):
    wrong = Server(OLD, fields={"chunks": (sha256(NEW),) * 4})
    assert update(store, wrong).state is UpdateState.FAILED
    assert load(store, wrong).origin is Origin.STORED


def test_a_manifest_of_smaller_chunks_is_taken_over(store):
    pieces = tuple(sha256(OLD[start : start + 2]) for start in range(0, len(OLD), 2))
    server = Server(OLD, fields={"chunks": pieces, "chunk_size": 2})
    assert update(store, server).state is UpdateState.CURRENT
    assert load(store, server).manifest.chunk_size == 2


def test_what_is_not_stored_can_not_be_updated():
    found = update(MemoryStore(), Server(NEW))
    assert found.state is UpdateState.FAILED
    assert isinstance(found.error, NotStored)


def test_a_rollback_goes_back_and_is_not_undone_by_the_next_update(store):
    update(store, Server(NEW))
    assert run(rollback(store, "digits")).sha256 == sha256(OLD)
    assert load(store, Server(NEW)).session.content == OLD
    assert update(store, Server(NEW)).state is UpdateState.DECLINED
    assert update(store, Server(NEXT)).state is UpdateState.READY
    assert store.stored() == NEXT


def test_a_rollback_can_be_rolled_back(store):
    update(store, Server(NEW))
    run(rollback(store, "digits"))
    run(rollback(store, "digits"))
    assert store.kept_heads["digits"] == head_of(NEW, OLD, refused=(OLD,))


def test_a_rollback_to_a_copy_that_is_lost_takes_what_is_published(store):
    update(store, Server(NEW))
    run(rollback(store, "digits"))
    store.damage()
    assert load(store, Server(NEW)).session.content == NEW
    assert store.kept_heads["digits"] == head_of(NEW)


def test_what_was_refused_stays_so_when_the_copy_is_repaired(store):
    update(store, Server(NEW))
    run(rollback(store, "digits"))
    store.damage()
    assert load(store, Server(OLD)).session.content == OLD
    assert update(store, Server(NEW)).state is UpdateState.DECLINED


def test_what_was_refused_stays_so_when_the_copy_could_not_be_read(store):
    update(store, Server(NEW))
    run(rollback(store, "digits"))
    store.faults["read"] = [StoreError("no answer"), StoreError("no answer")]
    model = load(store, Server(OLD))
    assert (model.session.content, model.origin) == (OLD, Origin.DOWNLOADED)
    assert store.kept_heads["digits"] == head_of(OLD, NEW, refused=(NEW,))


def test_what_was_gone_back_from_long_ago_is_forgotten(store):
    versions = [b"version %d" % number for number in range(REFUSED + 5)]
    for content in versions:
        assert update(store, Server(content)).state is UpdateState.READY
        run(rollback(store, "digits"))
    refused = store.kept_heads["digits"].refused
    assert refused == tuple(map(sha256, versions[-REFUSED:]))
    assert update(store, Server(versions[-1])).state is UpdateState.DECLINED


def test_without_a_previous_version_there_is_no_rollback(store):
    with pytest.raises(NotStored):
        run(rollback(store, "digits"))
    with pytest.raises(NotStored):
        run(rollback(MemoryStore(), "digits"))


def test_the_previous_version_published_again_needs_no_download(store):
    update(store, Server(NEW))
    server = Server(OLD)
    assert update(store, server).state is UpdateState.READY
    assert server.asked == []
    assert load(store, server).session.content == OLD
    assert store.kept_heads["digits"] == head_of(OLD, NEW)
