"""Fake stores, sessions, runtimes and sources for tests; they can raise errors on request."""

import asyncio
import hashlib
from array import array
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from offline_onnx import Manifest, Model, Origin, Tensor
from offline_onnx.errors import StoreError, Truncated
from offline_onnx.inference.model_file import ModelFile
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import TensorSpec
from offline_onnx.storage.source import Download
from offline_onnx.storage.store import CurrentVersion, Head

CHUNK = 4
"""Default size of a chunk in bytes."""


def run(coroutine):
    """Run a coroutine in a new thread.

    Playwright's event loop may run in the current one, and `asyncio.run` fails where a loop is
    running.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def sha256(content):
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def manifest_of(content, version="1.0.0", chunk_size=CHUNK, **fields):
    """Return a Manifest for the bytes of a model, like that of the digits model.

    Args:
        content: the bytes of the model; any bytes will do.
        version: the version in the manifest.
        chunk_size: the size of the chunks in bytes.
        fields: fields of the manifest that replace the default ones.
    """
    return Manifest(
        **{
            "name": "digits",
            "version": version,
            **asdict(model_file("digits.onnx", content, chunk_size)),
            "inputs": (TensorSpec("image", "float32", ("N", 28, 28, 1)),),
            "outputs": (TensorSpec("probabilities", "float32", ("N", 10)),),
            "labels": tuple("0123456789"),
            "metadata": {"mnist_test_accuracy": 0.99},
            **fields,
        }
    )


def model_file(name, content, chunk_size=CHUNK):
    """Return the ModelFile of a file's bytes."""
    starts = range(0, len(content), chunk_size)
    chunks = tuple(sha256(content[s : s + chunk_size]) for s in starts)
    return ModelFile(name, len(content), sha256(content), chunk_size, chunks)


def model_of(session, origin=Origin.STORED, warning=None, *, is_stored=False):
    """Return a Model that runs a session."""
    return Model(manifest_of(b"model"), session, origin, is_stored, warning)


def was_repaired(model):
    """Return whether a download has replaced a stored copy that could not be used."""
    is_error = model.warning is not None and not isinstance(model.warning, StoreError)
    return model.origin is Origin.DOWNLOADED and model.is_stored and is_error


class MemoryStore:
    """A Store in memory.

    Attributes:
        stored_heads: the Head of each model, by the model's name.
        versions: the records of versions, by (name, SHA-256).
        files: the bytes of complete versions, by (name, SHA-256).
        chunks: the chunks of incomplete versions, by (name, SHA-256, index).
        ever_stored: the names of all models that were stored, except those that `remove` removed.
        faults: the errors that the next calls raise, by the method's name as in `calls`. Each call
            raises one of them, in order.
        free: the free space in bytes; None if unknown.
        locks: the lock of each model, by the model's name.
        calls: the names of the methods that were called, in order, except `lock`, `was_stored` and
            `staged`; "read" for `CurrentVersion.read`.
        chunks_written: the number of chunks that were stored.
    """

    def __init__(self):
        self.stored_heads = {}
        self.versions = {}
        self.files = {}
        self.chunks = {}
        self.ever_stored = set()
        self.faults = defaultdict(list)
        self.free = None
        self.locks = defaultdict(asyncio.Lock)
        self.calls = []
        self.chunks_written = 0

    def _record_call(self, method):
        """Record a call, and raise the next error in `faults`, if there is one."""
        self.calls.append(method)
        if self.faults[method]:
            raise self.faults[method].pop(0)

    @asynccontextmanager
    async def lock(self, name):
        async with self.locks[name]:
            yield

    async def free_bytes(self):
        self._record_call("free_bytes")
        return self.free

    async def was_stored(self, name):
        return name in self.ever_stored

    async def current(self, name):
        self._record_call("current")
        head = self.stored_heads.get(name)
        key = (name, head and head.current)
        if not head and not any(stored == name for stored, _ in self.versions):
            return None
        return CurrentVersion(head, self.versions.get(key), lambda: self._file(key))

    async def heads(self):
        self._record_call("heads")
        return dict(self.stored_heads)

    async def set_head(self, name, head):
        self._record_call("set_head")
        self.stored_heads[name] = head
        self._drop(name, lambda sha: sha not in (head.current, head.previous))

    async def version(self, name, sha):
        self._record_call("version")
        return self.versions.get((name, sha))

    async def put_version(self, name, sha, version):
        self._record_call("put_version")
        self.versions[name, sha] = version

    async def content(self, name, sha):
        self._record_call("content")
        return self.files.get((name, sha))

    async def _file(self, key):
        self._record_call("read")
        return self.files.get(key)

    async def chunk(self, name, sha, index):
        self._record_call("chunk")
        return self.chunks.get((name, sha, index))

    def staged(self, content):
        return bytearray(content)

    async def put_chunks(self, name, sha, chunks):
        self._record_call("put_chunks")
        self.chunks_written += len(chunks)
        for index, chunk in chunks.items():
            self.chunks[name, sha, index] = chunk

    async def put_content(self, name, sha, version, parts):
        self._record_call("put_content")
        self.versions[name, sha] = version
        self.files[name, sha] = bytearray(b"".join(parts))

    async def commit(self, name, sha, version, head):
        self._record_call("commit")
        if len(self.files[name, sha]) != version.read().total_size:
            raise StoreError("bytes are missing")
        for key in [key for key in self.chunks if key[:2] == (name, sha)]:
            del self.chunks[key]
        self.versions[name, sha] = version
        self.ever_stored.add(name)
        await self.set_head(name, head)

    async def discard(self, name, sha):
        self._record_call("discard")
        self._drop(name, lambda other: other == sha)

    async def remove(self, name):
        self._record_call("remove")
        self.stored_heads.pop(name, None)
        self.ever_stored.discard(name)
        self._drop(name, lambda _: True)

    def _drop(self, name, matches):
        """Delete the versions of a model for whose SHA-256 `matches` returns true."""
        for table in (self.versions, self.files, self.chunks):
            for key in [key for key in table if key[0] == name and matches(key[1])]:
                del table[key]

    def damage(self, name="digits"):
        """Change one byte of the current version."""
        self.files[name, self.stored_heads[name].current][0] ^= 1

    def stored(self, name="digits"):
        """Return the bytes of the current version."""
        return bytes(self.files[name, self.stored_heads[name].current])


class FakeSession:
    """A Session that records its runs.

    It reads an image as the image's first pixel times ten, rounded, with a probability of 0.91.

    Attributes:
        content: the bytes of the `.onnx` file.
        external_data: the bytes of each file with external data, by name.
        runs: the shape of the input in each run.
        released: whether the session was released.
    """

    def __init__(self, content=b"", external_data=None):
        self.content = content
        self.external_data = external_data or {}
        self.runs = []
        self.released = False

    async def run(self, inputs, outputs=None):
        images = inputs["image"]
        self.runs.append(images.shape)
        probabilities = array("f")
        for i in range(images.shape[0]):
            label = round(images.values[i * 784] * 10)
            probabilities.extend(0.91 if j == label else 0.01 for j in range(10))
        return {"probabilities": Tensor(probabilities, (images.shape[0], 10))}

    async def release(self):
        self.released = True


def self_test(label):
    """Return a SelfTest that expects a label; a FakeSession passes it if the label is 3."""
    expected = tuple(0.91 if j == label else 0.01 for j in range(10))
    return SelfTest({"image": Sample((1, 28, 28, 1), (0.3,))}, {"probabilities": expected}, 0.001)


@dataclass
class FakeRuntime:
    """A Runtime that opens a FakeSession for any bytes, and records the opened sessions.

    Attributes:
        fault: an error that `open` raises.
        opened: the sessions that were opened.
    """

    fault: Exception | None = None
    opened: list = field(default_factory=list)

    async def open(self, content, external_data):
        if self.fault:
            raise self.fault
        self.opened.append(FakeSession(content, external_data))
        return self.opened[-1]


@dataclass
class FakeSource:
    """A Source of a model that behaves like a server and can have faults.

    Attributes:
        content: the bytes of the published `.onnx` file.
        external_data: the bytes of each published file with external data, by name.
        version: the version in the manifest.
        manifest_fault: an error that `manifest` raises.
        content_fault: an error that `open` raises.
        sends: bytes that are sent instead of those of all files, as a wrong server would.
        cached: bytes that are sent instead of those of all files, unless the request is `fresh`, as
            a cache would.
        cut_at: the number of bytes after which each response ends.
        ranges: whether a download can begin at any chunk. If not, it begins at the first chunk of
            the file, as from a server that does not support range requests.
        fields: fields of the manifest that replace the default ones.
        requests: the arguments (first, validator, fresh) of each call of `open`.
        bytes_sent: the number of bytes sent in all responses.
    """

    content: bytes
    version: str = "1.0.0"
    external_data: dict = field(default_factory=dict)
    manifest_fault: Exception | None = None
    content_fault: Exception | None = None
    sends: bytes | None = None
    cached: bytes | None = None
    cut_at: int | None = None
    ranges: bool = True
    fields: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    bytes_sent: int = 0

    @property
    def published(self):
        """The manifest of the published model."""
        files = (model_file(name, content) for name, content in self.external_data.items())
        return manifest_of(
            self.content, self.version, **{"external_data": tuple(files), **self.fields}
        )

    async def manifest(self):
        if self.manifest_fault:
            raise self.manifest_fault
        return self.published.to_json()

    async def open(self, manifest, first, *, validator="", fresh=False):
        self.requests.append((first, validator, fresh))
        if self.content_fault:
            raise self.content_fault
        published = b"".join((self.content, *self.external_data.values()))
        body = published if self.sends is None else self.sends
        if self.cached is not None and not fresh:
            body = self.cached
        first = first if self.ranges else manifest.file_of(first)[1]
        return Download(first, "tag", self._chunks(manifest, first, body))

    async def _chunks(self, manifest, first, body):
        start = manifest.digests.span(first)[0]
        stop = len(body) if self.cut_at is None else min(len(body), start + self.cut_at)
        file, begin_of_file = manifest.file_of(first)
        for index in range(first, begin_of_file + len(manifest.files[file].chunks)):
            begin, end = manifest.digests.span(index)
            self.bytes_sent += max(0, min(end, stop) - begin)
            if end > stop:
                raise Truncated("digits.onnx", stop, manifest.size)
            yield bytearray(body[begin:end])


@dataclass
class SlowSource(FakeSource):
    """A FakeSource that sends a chunk only when all correct chunks before it are stored.

    Attributes:
        store: the store of the model "digits". The waiting ends when a version is discarded from
            it, as after a fault.
    """

    store: MemoryStore = field(default_factory=MemoryStore)

    async def _chunks(self, manifest, first, body):
        index = first
        async for chunk in super()._chunks(manifest, first, body):
            yield chunk
            start, stop = manifest.digests.span(index)
            key = ("digits", manifest.sha256, index)
            while chunk == self.content[start:stop] and key not in self.store.chunks:
                if "discard" in self.store.calls:
                    break
                await asyncio.sleep(0)
            index += 1


def head_of(current, previous=None, refused=()):
    """Return the Head of a model. The arguments are contents of versions, not digests."""
    return Head(sha256(current), previous and sha256(previous), tuple(map(sha256, refused)))
