"""Test doubles of the library's protocols, with faults to switch on."""

import asyncio
import hashlib
from array import array
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from offline_onnx import (
    CurrentVersion,
    Download,
    Head,
    Manifest,
    Model,
    Origin,
    Sample,
    SelfTest,
    StoreError,
    Tensor,
    TensorSpec,
    Truncated,
)

CHUNK = 4


def run(coroutine):
    """Run a coroutine for a fixture: Playwright's event loop may run in its thread."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, coroutine).result()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def manifest_of(content, version="1.0.0", chunk_size=CHUNK, **fields):
    starts = range(0, len(content), chunk_size)
    return Manifest(
        **{
            "name": "digits",
            "version": version,
            "file": "digits.onnx",
            "size": len(content),
            "sha256": sha256(content),
            "chunk_size": chunk_size,
            "chunks": tuple(sha256(content[s : s + chunk_size]) for s in starts),
            "inputs": (TensorSpec("image", "float32", ("N", 28, 28, 1)),),
            "outputs": (TensorSpec("probabilities", "float32", ("N", 10)),),
            "labels": tuple("0123456789"),
            "metadata": {"mnist_test_accuracy": 0.99},
            **fields,
        }
    )


def model_of(session, origin=Origin.STORED, warning=None):
    return Model(manifest_of(b"model"), session, origin, warning)


class MemoryStore:
    """A store in memory. faults: the errors that the next calls of a method raise, by its name."""

    def __init__(self):
        self.stored_heads = {}
        self.versions = {}
        self.files = {}
        self.chunks = {}
        self.notes = set()
        self.faults = defaultdict(list)
        self.free = None
        self.locks = defaultdict(asyncio.Lock)
        self.log = []
        self.put = 0

    def _called(self, method):
        self.log.append(method)
        if self.faults[method]:
            raise self.faults[method].pop(0)

    @asynccontextmanager
    async def lock(self, name):
        async with self.locks[name]:
            yield

    async def free_bytes(self):
        self._called("free_bytes")
        return self.free

    async def was_stored(self, name):
        return name in self.notes

    async def current(self, name):
        self._called("current")
        head = self.stored_heads.get(name)
        key = (name, head and head.current)
        return head and CurrentVersion(head, self.versions.get(key), lambda: self._file(key))

    async def heads(self):
        self._called("heads")
        return dict(self.stored_heads)

    async def set_head(self, name, head):
        self._called("set_head")
        self.stored_heads[name] = head
        self._drop(name, lambda sha: sha not in (head.current, head.previous))

    async def version(self, name, sha):
        self._called("version")
        return self.versions.get((name, sha))

    async def put_version(self, name, sha, version):
        self._called("put_version")
        self.versions[name, sha] = version

    async def content(self, name, sha):
        self._called("content")
        return self.files.get((name, sha))

    async def _file(self, key):
        self._called("read")
        return self.files.get(key)

    async def chunk(self, name, sha, index):
        self._called("chunk")
        return self.chunks.get((name, sha, index))

    async def put_chunks(self, name, sha, chunks):
        self._called("put_chunks")
        self.put += len(chunks)
        for index, chunk in chunks.items():
            self.chunks[name, sha, index] = bytearray(chunk)

    async def commit(self, name, sha, version, head):
        self._called("commit")
        keys = sorted(key for key in self.chunks if key[:2] == (name, sha))
        if sum(len(self.chunks[key]) for key in keys) != version.read().size:
            raise StoreError("the rest is gone")
        self.files[name, sha] = bytearray(b"".join(self.chunks.pop(key) for key in keys))
        self.versions[name, sha] = version
        self.notes.add(name)
        await self.set_head(name, head)

    async def discard(self, name, sha):
        self._called("discard")
        self._drop(name, lambda other: other == sha)

    async def remove(self, name):
        self._called("remove")
        self.stored_heads.pop(name, None)
        self.notes.discard(name)
        self._drop(name, lambda _: True)

    def _drop(self, name, which):
        for table in (self.versions, self.files, self.chunks):
            for key in [key for key in table if key[0] == name and which(key[1])]:
                del table[key]

    def damage(self, name="digits"):
        """Change one byte of the current version."""
        self.files[name, self.stored_heads[name].current][0] ^= 1

    def stored(self, name="digits"):
        """Return the bytes of the current version."""
        return bytes(self.files[name, self.stored_heads[name].current])


class CountingSession:
    """Answers each image with the label that its first pixel times ten gives."""

    def __init__(self, content=b""):
        self.content = content
        self.runs = []
        self.released = False

    async def run(self, inputs, outputs=None):
        image = inputs["image"]
        self.runs.append(image.shape)
        answers = array("f")
        for i in range(image.shape[0]):
            label = round(image.values[i * 784] * 10)
            answers.extend(0.91 if j == label else 0.01 for j in range(10))
        return {"probabilities": Tensor(answers, (image.shape[0], 10))}

    async def release(self):
        self.released = True


def self_test(label):
    """Return a self-test that CountingSession passes if the label is 3."""
    answer = tuple(0.91 if j == label else 0.01 for j in range(10))
    return SelfTest({"image": Sample((1, 28, 28, 1), (0.3,))}, {"probabilities": answer}, 0.001)


@dataclass
class CountingRuntime:
    """Opens a CountingSession on any bytes. fault: raised instead. opened: all sessions."""

    fault: Exception | None = None
    opened: list = field(default_factory=list)

    async def open(self, content):
        if self.fault:
            raise self.fault
        self.opened.append(CountingSession(content))
        return self.opened[-1]


@dataclass
class Server:
    """A source that can fail.

    manifest_fault, content_fault: raised on a request. sends: other bytes than the published ones.
    cached: what it sends unless the request is fresh. cut_at: bytes after which a response ends.
    """

    content: bytes
    version: str = "1.0.0"
    manifest_fault: Exception | None = None
    content_fault: Exception | None = None
    sends: bytes | None = None
    cached: bytes | None = None
    cut_at: int | None = None
    ranges: bool = True
    fields: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    sent: int = 0

    @property
    def published(self):
        return manifest_of(self.content, self.version, **self.fields)

    async def manifest(self):
        if self.manifest_fault:
            raise self.manifest_fault
        return self.published.to_json()

    async def open(self, manifest, first, *, validator="", fresh=False):
        self.asked.append((first, validator, fresh))
        if self.content_fault:
            raise self.content_fault
        body = self.content if self.sends is None else self.sends
        if self.cached is not None and not fresh:
            body = self.cached
        first = first if self.ranges else 0
        return Download(first, "tag", self._chunks(manifest, first, body))

    async def _chunks(self, manifest, first, body):
        start = manifest.span(first)[0]
        stop = len(body) if self.cut_at is None else min(len(body), start + self.cut_at)
        for index in range(first, len(manifest.chunks)):
            begin, end = manifest.span(index)
            self.sent += max(0, min(end, stop) - begin)
            if end > stop:
                raise Truncated("digits.onnx", stop, manifest.size)
            yield bytearray(body[begin:end])


def head_of(content, previous=None, refused=()):
    return Head(sha256(content), previous and sha256(previous), tuple(map(sha256, refused)))
