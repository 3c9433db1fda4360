"""Download a version chunk by chunk: verify each on arrival, store it at once, resume later.

A stored chunk stays stored whatever happens next, so a download that is cut off, or a tab that is
closed, loses only what was in transit.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    CaptivePortal,
    FetchError,
    IntegrityError,
    StoreError,
    StoreFull,
    Truncated,
    WrongLength,
    WrongType,
)
from offline_onnx.integrity import (
    digest_blocks,
    no_progress,
    verify,
    verify_chunk,
    verify_whole,
)
from offline_onnx.storage.store import Version

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.source import Source
    from offline_onnx.storage.store import Head, Store

_MAYBE_CACHED = (IntegrityError, CaptivePortal, WrongType, WrongLength, Truncated)
"""Errors that a damaged cache may cause: the file is requested once more, past all caches."""


async def download[B](
    source: Source[B],
    memory: Memory[B],
    writer: VersionWriter[B],
    progress: Progress = no_progress,
) -> B:
    """Download a version and return all of its bytes, verified.

    Args:
        source: where it comes from.
        memory: allocates and digests the bytes.
        writer: has the manifest, and stores the chunks as they arrive. What it finds stored is
            not downloaded again.
        progress: called with the bytes that are verified so far, and with their total.

    Raises:
        FetchError: a file could not be downloaded.
        IntegrityError: the bytes are not those that the manifest describes.
        SessionError: there is not enough memory.

    """
    running = _Download(source, memory, writer, progress)
    try:
        return await running.run()
    finally:
        await writer.settle()


@dataclass
class _Download[B]:
    """A version on its way from its source into memory and, through `writer`, into the store."""

    source: Source[B]
    memory: Memory[B]
    writer: VersionWriter[B]
    progress: Progress
    content: B = field(init=False)
    _arrived: set[int] = field(default_factory=set)
    _bytes: int = 0

    async def run(self) -> B:
        manifest = self._manifest
        if not await self._read_complete():
            await self._download_missing()
            if manifest.chunks != (manifest.sha256,):
                # A damaged manifest may list the chunks of another file.
                await verify_whole(manifest.sha256, self.memory, self.content, manifest.file)
        self.writer.block_digests = await digest_blocks(manifest.digests, self.memory, self.content)
        return self.content

    async def _read_complete(self) -> bool:
        """Read the version if all of it is stored and sound, as the previous one may be."""
        content = await self.writer.stored_content()
        if content is None:
            return False
        try:
            await verify(self._manifest.digests, self.memory, content, "the store", self.progress)
        except IntegrityError:
            return False
        self.content = content
        return True

    async def _download_missing(self) -> None:
        """Download what is not stored yet.

        Resume while every attempt adds a chunk. After an attempt that adds none or brings another
        file, a damaged cache or a server that ignores ranges may be the reason: then request the
        whole file once more, past both.
        """
        self.content = self.memory.allocate(self._manifest.size)
        await self._read_stored_chunks()
        if self._missing():
            await self.writer.reserve(self._manifest.size - self._bytes)
        fresh = False
        while self._missing():
            before = len(self._arrived)
            try:
                await self._attempt(fresh=fresh)
            except (FetchError, IntegrityError) as error:
                added = len(self._arrived) > before
                if not added and (fresh or not isinstance(error, _MAYBE_CACHED)):
                    raise
                fresh = fresh or not added or isinstance(error, IntegrityError)

    async def _read_stored_chunks(self) -> None:
        async for index, chunk in self.writer.stored_chunks():
            with suppress(IntegrityError):
                await self._add(index, chunk)

    async def _attempt(self, *, fresh: bool) -> None:
        missing, validator = self._missing(), self.writer.validator
        first = 0 if fresh else missing[0]
        response = await self.source.open(
            self._manifest, first, validator=validator if first else "", fresh=fresh
        )
        index = response.first
        async with aclosing(response.chunks) as chunks:
            if response.validator != validator or not self._arrived:
                await self.writer.begin(response.validator)
            async for chunk in chunks:
                if index not in self._arrived:
                    await self._add(index, chunk)
                    span = self._manifest.span(index)
                    self.writer.put(index, self.memory.part(self.content, *span))
                index += 1
                if index > missing[-1]:
                    break

    async def _add(self, index: int, chunk: B) -> None:
        """Copy a chunk to its place. Raises IntegrityError if it is not the manifest's."""
        manifest = self._manifest
        await verify_chunk(manifest.digests, index, self.memory, chunk, manifest.file)
        self.memory.write(self.content, manifest.span(index)[0], chunk)
        self._arrived.add(index)
        self._bytes += self.memory.length(chunk)
        self.progress(self._bytes, manifest.size)

    def _missing(self) -> list[int]:
        return [i for i in range(len(self._manifest.chunks)) if i not in self._arrived]

    @property
    def _manifest(self) -> Manifest:
        return self.writer.manifest


@dataclass
class VersionWriter[B]:
    """Stores a version while it is downloaded; if the store fails, the download goes on without it.

    Attributes:
        name: under which the version is stored.
        manifest: describes it.
        store: None to keep the version in memory only.
        validator: identifies the file to its server when the download is resumed.
        block_digests: see `integrity.digest_blocks`.
        was_complete: whether all of the version was stored already.
        is_committed: whether it has become the current version.
        error: why it is not stored, if the store failed.

    """

    name: str
    manifest: Manifest
    store: Store[B] | None
    validator: str = ""
    block_digests: str = ""
    was_complete: bool = False
    is_committed: bool = False
    error: StoreError | None = None
    _waiting: dict[int, B] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None

    async def stored_content(self) -> B | None:
        """Return the version's bytes if all of it is stored already."""
        if self._store is None:
            return None
        try:
            version = await self._store.version(self.name, self.manifest.sha256)
            if version is None:
                return None
            self.validator, self.was_complete = version.validator, version.is_complete
            if self.was_complete:
                return await self._store.content(self.name, self.manifest.sha256)
        except IntegrityError:
            self.was_complete = False
        except StoreError as error:
            await self._give_up(error)
        return None

    async def stored_chunks(self) -> AsyncGenerator[tuple[int, B]]:
        """Yield the chunks that an interrupted download has stored, with their indices."""
        for index in range(len(self.manifest.chunks)):
            if self._store is None:
                return
            try:
                chunk = await self._store.chunk(self.name, self.manifest.sha256, index)
            except IntegrityError:
                continue
            except StoreError as error:
                await self._give_up(error)
                return
            if chunk is not None:
                yield index, chunk

    async def reserve(self, missing: int) -> None:
        """Store nothing if the version can't fit.

        Args:
            missing: bytes that have to arrive. Joining the chunks to one file needs room for all
                bytes once more.

        """
        needed = missing + self.manifest.size
        if self._store:
            free = await self._unless_failing(self._store.free_bytes())
            if free is not None and free < needed:
                await self._give_up(StoreFull(f"{needed} bytes are needed, {free} are free"))

    async def begin(self, validator: str) -> None:
        """Store the record of the version, before its first chunk."""
        self.validator, self.was_complete = validator, False
        if self._store:
            version = self._version(is_complete=False)
            await self._unless_failing(
                self._store.put_version(self.name, self.manifest.sha256, version)
            )

    def put(self, index: int, chunk: B) -> None:
        """Start to store a chunk; chunks that arrive during a write go into the next one together.

        A transaction takes longer than the download of a chunk on a fast network.
        """
        if self._store:
            self._waiting[index] = chunk
            if self._writing is None:
                self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Wait until all chunks are stored, or the store has failed."""
        if self._writing:
            await self._writing

    async def commit(self, head: Head) -> None:
        """Complete the version and set the head that makes it the current one."""
        if self._store:
            version = self._version(is_complete=True)
            commit = self._adopt if self.was_complete else self._store.commit
            await self._unless_failing(commit(self.name, self.manifest.sha256, version, head))
            self.is_committed = self.error is None

    async def _write(self) -> None:
        while self._waiting and self._store:
            chunks, self._waiting = self._waiting, {}
            await self._unless_failing(
                self._store.put_chunks(self.name, self.manifest.sha256, chunks)
            )
        self._writing = None

    async def _adopt(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Make a version current of which all bytes were stored already."""
        if self._store:
            await self._store.put_version(name, sha256, version)
            await self._store.set_head(name, head)

    @property
    def _store(self) -> Store[B] | None:
        return None if self.error else self.store

    def _version(self, *, is_complete: bool) -> Version:
        return Version.of(
            self.manifest,
            time.time(),
            is_complete=is_complete,
            validator=self.validator,
            block_digests=self.block_digests,
        )

    async def _unless_failing[T](self, operation: Awaitable[T]) -> T | None:
        try:
            return await operation
        except StoreError as error:
            await self._give_up(error)
            return None

    async def _give_up(self, error: StoreError) -> None:
        """Continue in memory. If the storage is full, delete this version's chunks.

        A version that was complete before may be in use; nothing of it was written now.
        """
        if isinstance(error, StoreFull) and self._store and not self.was_complete:
            with suppress(StoreError):
                await self._store.discard(self.name, self.manifest.sha256)
        self.error = error
