"""Files without a manifest: download, resume, describe, store and update them."""

import asyncio
from dataclasses import dataclass, field

import pytest

from offline_onnx import ModelUnavailable, Origin
from offline_onnx.errors import (
    BadStatus,
    IntegrityError,
    SessionError,
    StoreFull,
    Truncated,
    Unreachable,
)
from offline_onnx.inference.tensor import TensorSpec
from offline_onnx.integrity import no_progress
from offline_onnx.native import NativeMemory
from offline_onnx.storage import file_download, without_manifest
from offline_onnx.storage.file_download import FileResponse
from offline_onnx.storage.model_store import ModelStore, UpdateState
from offline_onnx.storage.pinned import PinnedSource
from offline_onnx.storage.without_manifest import Description, SourceWithoutManifest, manifest_of
from tests.unit.fakes import (
    CHUNK,
    FakeRuntime,
    FakeSource,
    MemoryStore,
    model_file,
    sha256,
    was_repaired,
)

ADDRESS = "https://example.org/digits.onnx"
OLD, NEW = b"the old model", b"the new model!"
IMAGE = TensorSpec("image", "float32", ("N", 28, 28, 1))
DESCRIPTION = Description((IMAGE,), (TensorSpec("y", "float32", None),), {"by": "tests"})


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Make the chunks of files without a manifest small."""
    for module in (file_download, without_manifest):
        monkeypatch.setattr(module, "CHUNK_SIZE", CHUNK)


@dataclass
class FakeFile:
    """A RemoteFile that can have faults.

    Attributes:
        content: the bytes of the file.
        tag: its validator; "" if the server sends none.
        cut_at: the number of bytes after which each response ends.
        stall_at: the number of bytes after which the first response stalls.
        ranges: whether a response can begin in the middle.
        range_error: an error for each request of a range.
        fault: an error for each request.
        requests: the arguments (start, validator) of each request.
        stalled: set when the response stalls.
        address: the address of the file.
        name: its name.
        others: the files in the same folder, by name.
    """

    content: bytes
    tag: str = '"1"'
    cut_at: int | None = None
    stall_at: int | None = None
    ranges: bool = True
    range_error: Exception | None = None
    fault: Exception | None = None
    requests: list = field(default_factory=list)
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ADDRESS
    name: str = "digits.onnx"
    others: dict = field(default_factory=dict)

    def beside(self, name):
        return self.others[name]

    async def validator(self):
        if self.fault:
            raise self.fault
        return self.tag

    async def begin(self, start, validator, *, fresh):
        self.requests.append((start, validator if start else ""))
        if self.fault or (start and self.range_error):
            raise self.fault or self.range_error
        start = start if self.ranges and validator == self.tag else 0
        return FileResponse(start, len(self.content), self.tag, self._pieces(start))

    async def _pieces(self, start):
        size = len(self.content)
        stop = size if self.cut_at is None else min(size, start + self.cut_at)
        for position in range(start, stop, 3):
            if self.stall_at is not None and position >= self.stall_at:
                self.stalled.set()
                await asyncio.Event().wait()
            yield bytearray(self.content[position : min(position + 3, stop)])
        if stop < size:
            raise Truncated(ADDRESS, stop, size)


def source_of(file, store, pin="", progress=no_progress):
    async def describe(_content, _external_data):
        return DESCRIPTION

    def external_files(_content):
        return list(file.others)

    memory = NativeMemory()
    return SourceWithoutManifest(
        file, "digits", store, memory, external_files, describe, pin, progress
    )


def model_store(store):
    return ModelStore(store, NativeMemory(), FakeRuntime())


def load(file, store, pin=""):
    return asyncio.run(model_store(store).load("digits", source_of(file, store, pin)))


def interrupt_load(file, store):
    """Cancel a load while its download stalls; return the number of stored chunks."""

    async def run():
        task = asyncio.create_task(model_store(store).load("digits", source_of(file, store)))
        await file.stalled.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    return len(store.chunks)


def test_a_file_is_downloaded_described_and_stored():
    store, file = MemoryStore(), FakeFile(NEW)
    model = load(file, store)
    assert (model.origin, model.session.content) == (Origin.DOWNLOADED, NEW)
    manifest = model.manifest
    assert (manifest.name, manifest.file, manifest.size) == ("digits", "digits.onnx", len(NEW))
    assert (manifest.sha256, manifest.version) == (sha256(NEW), sha256(NEW)[:12])
    assert manifest.chunks == tuple(sha256(NEW[at : at + CHUNK]) for at in range(0, len(NEW), 4))
    assert (manifest.inputs, manifest.metadata) == ((IMAGE,), {"by": "tests"})
    assert store.stored() == NEW
    assert store.chunks == {}
    assert list(store.versions) == [("digits", sha256(NEW))]
    assert load(FakeFile(OLD, fault=Unreachable(ADDRESS, "down")), store).origin is Origin.STORED
    assert file.requests == [(0, "")]


def test_the_bytes_of_a_file_are_described_and_run_without_a_copy():
    described, runtime = [], FakeRuntime()

    async def describe(content, _external_data):
        described.append(content)
        return DESCRIPTION

    file, memory = FakeFile(NEW), NativeMemory()
    source = SourceWithoutManifest(file, "digits", MemoryStore(), memory, lambda _: [], describe)
    store = ModelStore(MemoryStore(), NativeMemory(), runtime)
    model = asyncio.run(store.load("digits", source))
    assert model.session.content is described[0]
    assert len(runtime.opened) == len(described) == 1


def test_long_metadata_is_left_out():
    long = Description(DESCRIPTION.inputs, DESCRIPTION.outputs, {"names": "x" * (1 << 20)})
    assert manifest_of([model_file("m.onnx", NEW)], long).metadata == {}


@pytest.mark.parametrize("size", [3, 4, 5, 8, 1000])
def test_files_of_any_size_arrive_whole(size):
    content = bytes(number % 251 for number in range(size))
    assert load(FakeFile(content), MemoryStore()).session.content == content


def test_a_download_that_ends_early_resumes_while_chunks_arrive():
    store, file = MemoryStore(), FakeFile(NEW, cut_at=6)
    assert load(file, store).session.content == NEW
    assert file.requests == [(0, ""), (4, '"1"'), (8, '"1"')]
    with pytest.raises(ModelUnavailable) as raised:
        load(FakeFile(NEW, cut_at=3), MemoryStore())
    assert isinstance(raised.value.__cause__, Truncated)


def test_a_cancelled_download_is_resumed_by_the_next_load():
    store = MemoryStore()
    assert interrupt_load(FakeFile(NEW, stall_at=9), store) == 2
    assert store.stored_heads == {}
    file = FakeFile(NEW)
    assert load(file, store).session.content == NEW
    assert file.requests == [(8, '"1"')]
    assert store.chunks == {}
    assert len(store.versions) == 1


@pytest.mark.parametrize("tag", ['"2"', ""])
def test_a_cancelled_download_of_a_replaced_file_starts_again(tag):
    store = MemoryStore()
    interrupt_load(FakeFile(OLD, stall_at=9), store)
    file = FakeFile(NEW, tag=tag)
    assert load(file, store).session.content == NEW
    assert file.requests == [(0, "")]


@pytest.mark.parametrize(
    ("fields", "requests"),
    [
        ({"ranges": False}, [(8, '"1"')]),
        ({"range_error": BadStatus(ADDRESS, 416)}, [(8, '"1"'), (0, "")]),
        ({"range_error": Unreachable(ADDRESS, "preflight")}, [(8, '"1"'), (0, "")]),
    ],
)
def test_a_server_that_sends_no_ranges_sends_the_whole_file(fields, requests):
    store = MemoryStore()
    interrupt_load(FakeFile(NEW, stall_at=9), store)
    file = FakeFile(NEW, **fields)
    assert load(file, store).session.content == NEW
    assert file.requests == requests


def test_without_a_validator_no_chunk_of_an_incomplete_file_is_stored():
    store = MemoryStore()
    file = FakeFile(NEW, tag="", cut_at=6)
    with pytest.raises(ModelUnavailable):
        load(file, store)
    assert (store.chunks, store.versions) == ({}, {})
    assert file.requests == [(0, ""), (0, "")]


def test_a_file_runs_from_memory_if_the_storage_is_full():
    store = MemoryStore()
    store.faults["put_chunks"] = store.faults["put_content"] = [StoreFull("quota")] * 9
    model = load(FakeFile(NEW), store)
    assert (model.is_stored, model.session.content) == (False, NEW)
    assert isinstance(model.warning, StoreFull)
    assert store.chunks == {}


def test_a_damaged_stored_copy_is_downloaded_again():
    store, file = MemoryStore(), FakeFile(NEW)
    load(file, store)
    store.damage()
    model = load(file, store)
    assert (was_repaired(model), model.session.content) == (True, NEW)
    assert store.stored() == NEW


def update(file, store):
    return asyncio.run(model_store(store).update("digits", source_of(file, store)))


def test_an_update_is_downloaded_only_if_the_validator_has_changed():
    store, file = MemoryStore(), FakeFile(OLD)
    load(file, store)
    assert update(file, store).state is UpdateState.CURRENT
    assert len(file.requests) == 1
    new = FakeFile(NEW, tag='"2"')
    assert update(new, store).state is UpdateState.READY
    assert load(new, store).session.content == NEW
    failed = update(FakeFile(OLD, fault=Unreachable(ADDRESS, "down")), store)
    assert (failed.state, type(failed.error)) == (UpdateState.FAILED, Unreachable)


def test_a_file_with_another_sha256_than_the_wanted_one_is_refused():
    store = MemoryStore()
    with pytest.raises(ModelUnavailable) as raised:
        load(FakeFile(NEW), store, pin=sha256(OLD))
    assert isinstance(raised.value.__cause__, IntegrityError)
    assert sha256(NEW) in str(raised.value)
    assert store.stored_heads == {}
    assert load(FakeFile(NEW), store, pin=sha256(NEW)).origin is Origin.DOWNLOADED


def test_a_manifest_with_another_sha256_than_the_wanted_one_is_refused():
    source = FakeSource(NEW)
    right = PinnedSource(source, sha256(NEW), ADDRESS)
    assert asyncio.run(right.manifest()) == source.published.to_json()
    wrong = PinnedSource(source, sha256(OLD), ADDRESS)
    with pytest.raises(IntegrityError, match=sha256(NEW)):
        asyncio.run(wrong.manifest())


def test_progress_is_reported_in_bytes():
    calls = []
    source = source_of(FakeFile(NEW), MemoryStore(), progress=lambda *call: calls.append(call))
    asyncio.run(source.manifest())
    assert calls[-1] == (len(NEW), len(NEW))
    assert calls == sorted(calls)


def with_data(data, tag='"d"', **fields):
    """Return a FakeFile that has a file with external data beside it."""
    return FakeFile(NEW, others={"w.data": FakeFile(data, tag, name="w.data", **fields)})


def test_files_with_external_data_are_downloaded_and_stored_with_the_model():
    store, file = MemoryStore(), with_data(b"some weights")
    calls = []
    source = source_of(file, store, progress=lambda *call: calls.append(call))
    model = asyncio.run(model_store(store).load("digits", source))
    assert model.session.content == NEW
    assert model.session.external_data == {"w.data": b"some weights"}
    assert [each.file for each in model.manifest.files] == ["digits.onnx", "w.data"]
    assert store.stored() == NEW + b"some weights"
    assert calls == sorted(calls)
    assert calls[-1] == (len(NEW) + 12,) * 2
    stored = load(with_data(b"", fault=Unreachable(ADDRESS, "down")), store)
    assert (stored.origin, stored.session.external_data) == (
        Origin.STORED,
        {"w.data": b"some weights"},
    )


def test_chunks_of_files_with_the_same_validator_are_not_mixed():
    store = MemoryStore()
    file = with_data(b"some weights", tag='"1"', stall_at=9)
    file.stalled = file.others["w.data"].stalled
    assert interrupt_load(file, store) == 5
    file = with_data(b"some weights", tag='"1"')
    model = load(file, store)
    assert model.session.external_data == {"w.data": b"some weights"}
    assert file.requests == [(12, '"1"')]
    assert file.others["w.data"].requests == [(8, '"1"')]
    assert (len(store.versions), store.chunks) == (1, {})


def test_other_weights_are_an_update_though_the_onnx_file_is_the_same():
    store = MemoryStore()
    load(with_data(b"some weights"), store)
    assert update(with_data(b"some weights"), store).state is UpdateState.CURRENT
    assert update(with_data(b"new weights", tag='"e"'), store).state is UpdateState.READY
    file = with_data(b"new weights", tag='"e"')
    assert load(file, store).session.external_data == {"w.data": b"new weights"}


def test_the_wanted_sha256_is_that_of_all_files():
    store = MemoryStore()
    digest = load(with_data(b"some weights"), store).manifest.model_sha256
    for pin in (sha256(NEW), digest):
        file = with_data(b"other weights")
        with pytest.raises(ModelUnavailable, match="has the SHA-256"):
            load(file, MemoryStore(), pin=pin)
    assert load(with_data(b"some weights"), MemoryStore(), pin=digest).manifest.sha256 == sha256(
        NEW
    )


def test_a_file_that_is_too_large_without_a_manifest_is_refused_before_its_download(monkeypatch):
    monkeypatch.setattr(file_download, "MAX_DIGESTED", 5)
    file = FakeFile(NEW)
    with pytest.raises(ModelUnavailable, match="Write a manifest") as raised:
        load(file, MemoryStore())
    assert isinstance(raised.value.__cause__, SessionError)
