"""Download a file that has no manifest, and resume the download if it is interrupted.

Chunks are stored as they arrive, together with the validator of the server's file (its ETag or
date). So chunks of different revisions of the file are never joined.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from offline_onnx.errors import FetchError, IntegrityError, SessionError, StoreError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.integrity import MAX_DIGESTED
from offline_onnx.storage.download import VersionWriter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.store import Store


@dataclass(frozen=True)
class FileResponse[B]:
    """A server's response with a file, or with the end of a file.

    Attributes:
        start: the position of the first byte in the file.
        total: the size of the whole file in bytes; None if the server does not send it.
        validator: see `source.Download`.
        body: yields the bytes in order, in parts of any size.

    """

    start: int
    total: int | None
    validator: str
    body: AsyncGenerator[B]


class RemoteFile[B](Protocol):
    """A file on a server."""

    @property
    def address(self) -> str:
        """The URL of the file."""
        ...

    @property
    def name(self) -> str:
        """The name of the file, without folders."""
        ...

    def beside(self, name: str) -> RemoteFile[B]:
        """Return another file in the folder of this one."""
        ...

    async def validator(self) -> str:
        """Return the validator of the file that the server has now; "" if unknown."""
        ...

    async def begin(self, start: int, validator: str, *, fresh: bool) -> FileResponse[B]:
        """Begin to download the file.

        Args:
            start: the position of the first byte that is needed; the response may begin at 0.
            validator: the validator of the stored chunks. If the server's file has another one, the
                response begins at 0.
            fresh: bypass every cache.

        Raises:
            FetchError: the download failed. Iterating over the body may also raise FetchError.

        """
        ...


@dataclass
class FileDownload[B]:
    """Downloads one file.

    Attributes:
        file: the file.
        name: the name of the model, under which the chunks of the file are stored.
        store: stores the chunks.
        memory: allocates the bytes.
        progress: called with the number of bytes that have arrived and the size of the file, or 0
            if the size is unknown.
        validator: the validator of the server's file; "" if unknown.

    """

    file: RemoteFile[B]
    name: str
    store: Store[B]
    memory: Memory[B]
    progress: Progress
    validator: str
    _chunks: list[B] = field(default_factory=list)
    _writer: VersionWriter[B] = field(init=False)

    async def run(self, *, fresh: bool = False) -> B:
        """Download the file and return its bytes. Resume after each attempt that adds a chunk.

        Args:
            fresh: bypass every cache, and all stored chunks.

        Raises:
            FetchError: the file could not be downloaded. The chunks that have arrived stay stored,
                if the server sends a validator.
            SessionError: the file is too large, or there is not enough memory.

        """
        store = self.store if self.validator else None
        self._writer = VersionWriter(
            self.name, _placeholder_manifest(self.file.name, self.validator), store
        )
        try:
            if not fresh:
                await self._read_stored_chunks()
            while True:
                before = len(self._chunks)
                try:
                    return self._joined(await self._attempt(fresh=fresh))
                except FetchError:
                    if len(self._chunks) <= before:
                        raise
        finally:
            await self._writer.finish_writes()

    async def _read_stored_chunks(self) -> None:
        """Read the chunks that an interrupted download of the same file has stored."""
        if not self.validator:
            return
        key = self._writer.manifest.model_sha256
        try:
            while (chunk := await self.store.chunk(self.name, key, len(self._chunks))) is not None:
                if self.memory.length(chunk) != CHUNK_SIZE:
                    return
                self._chunks.append(chunk)
        except (IntegrityError, StoreError):
            return

    async def _attempt(self, *, fresh: bool) -> B:
        """Download the rest of the file. Return the bytes after the last whole chunk."""
        start = len(self._chunks) * CHUNK_SIZE if self.validator else 0
        try:
            response = await self.file.begin(start, self.validator, fresh=fresh)
        except FetchError:  # some servers refuse requests for ranges
            if not start:
                raise
            response = await self.file.begin(0, "", fresh=True)
        if response.total:
            check_size(self.file.name, response.total)
        if not response.start:
            self._chunks.clear()
        if response.validator != self.validator:  # the file has changed in the meantime
            self._writer.store, self.validator = None, response.validator
        if not self._chunks:
            self._writer.begin(0, self.validator)
        chunk, filled = self.memory.allocate(CHUNK_SIZE), 0
        async with aclosing(response.body) as body:
            async for part in body:
                length, copied = self.memory.length(part), 0
                while copied < length:
                    count = min(length - copied, CHUNK_SIZE - filled)
                    self.memory.write(chunk, filled, self.memory.part(part, copied, copied + count))
                    copied, filled = copied + count, filled + count
                    if filled == CHUNK_SIZE:
                        self._writer.write_chunk(len(self._chunks), chunk)
                        self._chunks.append(chunk)
                        chunk, filled = self.memory.allocate(CHUNK_SIZE), 0
                arrived = len(self._chunks) * CHUNK_SIZE + filled
                self.progress(arrived, response.total or 0)
        return self.memory.part(chunk, 0, filled)

    def _joined(self, rest: B) -> B:
        """Return the whole file: all chunks and the rest."""
        size = len(self._chunks) * CHUNK_SIZE + self.memory.length(rest)
        content = self.memory.allocate(size)
        for index, chunk in enumerate((*self._chunks, rest)):
            self.memory.write(content, index * CHUNK_SIZE, chunk)
        self._chunks.clear()
        return content


def check_size(name: str, size: int) -> None:
    """Raise SessionError if a file is too large to be loaded without a manifest."""
    if size > MAX_DIGESTED:
        raise SessionError(
            f"{name} has {size} bytes; without a manifest, a file may have at most {MAX_DIGESTED}. "
            "Write a manifest with `offline_onnx.describe`."
        )


def _placeholder_manifest(file: str, validator: str) -> Manifest:
    """Return a manifest in which the name and validator of a file replace the unknown digest."""
    return Manifest("", "", file, 0, f"validator:{file}:{validator}", CHUNK_SIZE, (), (), ())
