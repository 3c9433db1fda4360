"""Download a version of a model in chunks that are verified as they arrive.

A fast download is stored as one file when all of its bytes are there. A slow one is stored chunk by
chunk, too: if the connection breaks or the tab is closed, the stored chunks remain, and the next
download resumes after them.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    MAX_DIGESTED,
    digest_blocks,
    no_progress,
    verify,
    verify_whole,
)
from offline_onnx.storage.store import Version

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.integrity import Digests, Memory, Progress
    from offline_onnx.storage.source import Source
    from offline_onnx.storage.store import Head, Store

_POSSIBLE_CACHE_ERRORS = (IntegrityError, CaptivePortal, WrongType, WrongLength, Truncated)
"""Errors that a damaged cache may cause: the file is then requested again, bypassing caches."""
MAX_UNVERIFIED = 8
"""Maximum number of chunks that wait for their verification while the next ones arrive."""
WRITE_DELAY = 1.0
"""Seconds from the first chunk until chunks are stored.

A download that ends earlier is stored as one file at once. This takes half the time of storing
chunks and joining them. If the tab is closed, the chunks of about the last second are lost.
"""


async def download[B](
    source: Source[B],
    memory: Memory[B],
    writer: VersionWriter[B],
    progress: Progress = no_progress,
) -> B:
    """Download a version and return all of its bytes, verified.

    Args:
        source: delivers the files.
        memory: allocates and digests the bytes.
        writer: has the manifest, and stores the bytes. Chunks that are already stored are not
            downloaded again.
        progress: called with the number of bytes verified so far and the size of the model.

    Raises:
        FetchError: a file could not be downloaded.
        IntegrityError: the bytes do not match the digests in the manifest.
        SessionError: there is not enough memory.

    """
    task = _Download(source, memory, writer, progress)
    try:
        return await task.run()
    finally:
        await writer.finish_writes()


@dataclass
class _Download[B]:
    """Downloads one version into memory and, through `writer`, into the store.

    Attributes:
        content: the bytes of all files. A chunk is verified after it was filled in; only then its
            index is in `_verified`.

    """

    source: Source[B]
    memory: Memory[B]
    writer: VersionWriter[B]
    progress: Progress
    content: B = field(init=False)
    _digests: Digests = field(init=False)
    _chunk_digests: tuple[str, ...] = field(init=False)
    _unverified: list[int] = field(default_factory=list)
    _verified: set[int] = field(default_factory=set)
    _verified_bytes: int = 0

    def __post_init__(self) -> None:
        self._digests = self._manifest.digests
        self._chunk_digests = self._digests.digests

    async def run(self) -> B:
        if not await self._read_complete():
            await self._download_missing()
            # The content is stored while its files are verified; it counts as stored only after
            # `commit`. Storing starts first, because it goes on in other threads of the browser
            # while Chromium digests in this one.
            verifying = asyncio.create_task(self._verify_files())
            try:
                await self.writer.write_content(self.content)
            finally:
                error = await _error_of(verifying)
            if error:
                await self.writer.discard()
                raise error
        await self._digest_blocks()
        return self.content

    async def _verify_files(self) -> None:
        """Verify each file by its own digest: a damaged manifest may list chunks of another file.

        Raises IntegrityError. A file that is too large for this is verified by its chunks only.
        """
        start = 0
        for file in self._manifest.files:
            if file.chunks != (file.sha256,) and file.size <= MAX_DIGESTED:
                part = self.memory.part(self.content, start, start + file.size)
                await verify_whole(file.sha256, self.memory, part, file.file)
            start += file.size

    async def _digest_blocks(self) -> None:
        digests = self._digests
        self.writer.block_digests = await digest_blocks(digests, self.memory, self.content)

    async def _read_complete(self) -> bool:
        """Read the version from the store; return False if it is incomplete or damaged there.

        For example, the version is complete if the publisher has gone back to the previous version,
        or if the tab was closed just before the version became the current one.
        """
        content = await self.writer.stored_content()
        if content is None:
            return False
        self.content = content
        try:
            await verify(self._digests, self.memory, content, "the store", self.progress)
            if not self.writer.was_complete:
                await self._verify_files()
        except IntegrityError:
            return False
        return True

    async def _download_missing(self) -> None:
        """Download the chunks that are not stored yet.

        Resume after each attempt that adds a chunk. If an attempt adds no chunk, or delivers
        another file, a cache may be damaged or the server may ignore ranges. From then on, request
        the whole file, bypassing caches.
        """
        self.content = self.memory.allocate(self._manifest.total_size)
        await self._read_stored_chunks()
        if self._missing():
            self.writer.expect(self._manifest.total_size - self._verified_bytes)
        fresh = False
        while self._missing():
            before = len(self._verified)
            try:
                await self._attempt(fresh=fresh)
            except (FetchError, IntegrityError) as error:
                added = len(self._verified) > before
                if not added and (fresh or not isinstance(error, _POSSIBLE_CACHE_ERRORS)):
                    raise
                fresh = fresh or not added or isinstance(error, IntegrityError)

    async def _read_stored_chunks(self) -> None:
        async for index, chunk in self.writer.stored_chunks():
            with suppress(IntegrityError):
                self._fill_in(index, chunk)
                await self._verify_filled()

    async def _attempt(self, *, fresh: bool) -> None:
        """Download the first incomplete file, beginning at its first missing chunk.

        Args:
            fresh: begin at the first byte of the file, and bypass every cache.

        """
        missing = self._missing()
        file, begin = self._manifest.file_of(missing[0])
        validator = self.writer.validators[file]
        first = begin if fresh else missing[0]
        response = await self.source.open(
            self._manifest, first, validator=validator if first > begin else "", fresh=fresh
        )
        index = response.first
        if response.whole is not None:
            self.content = response.whole
        verifying: asyncio.Task[None] | None = None
        error = None
        try:
            async with aclosing(response.chunks) as chunks:
                # Store the record before the first chunk, and again if the server's file changed.
                if response.validator != validator or not self._verified:
                    self.writer.begin(file, response.validator)
                async for chunk in chunks:
                    if index not in self._verified:
                        self._fill_in(index, chunk)
                        if verifying and verifying.done():
                            await verifying
                            verifying = None
                        verifying = verifying or asyncio.create_task(
                            self._verify_filled(write=True)
                        )
                        if len(self._unverified) >= MAX_UNVERIFIED:
                            await verifying
                    index += 1
                    if index > missing[-1]:
                        break
        finally:
            if verifying:
                error = await _error_of(verifying)
        if error:
            raise error
        if missing[0] not in self._verified:
            downloaded = self._manifest.files[file]
            position = downloaded.span(missing[0] - begin)[0]
            raise Truncated(downloaded.file, position, downloaded.size)

    def _fill_in(self, index: int, chunk: B) -> None:
        """Copy a chunk into `content`. Raises IntegrityError if its length is wrong."""
        start, stop = self._digests.span(index)
        length = self.memory.length(chunk)
        if length != stop - start:
            raise self._damaged(index, f"{length} bytes instead of {stop - start}")
        self.memory.write(self.content, start, chunk)
        self._unverified.append(index)

    async def _verify_filled(self, *, write: bool = False) -> None:
        """Verify the chunks that were filled in, including those that are filled in meanwhile.

        Args:
            write: begin to store each chunk that is verified.

        Raises:
            IntegrityError: a chunk is damaged. Other chunks may have been added to `_verified`.

        """
        while self._unverified:
            indices, self._unverified = self._unverified, []
            spans = [self._digests.span(index) for index in indices]
            found = await self.memory.digests(self.content, spans)
            error = None
            for index, (start, stop), digest in zip(indices, spans, found, strict=True):
                if digest != self._chunk_digests[index]:
                    error = error or self._damaged(index, f"the SHA-256 {digest}")
                    continue
                self._verified.add(index)
                self._verified_bytes += stop - start
                self.progress(self._verified_bytes, self._digests.size)
                if write:
                    self.writer.write_chunk(index, self.memory.part(self.content, start, stop))
            if error:
                raise error

    def _damaged(self, index: int, what: str) -> IntegrityError:
        number, begin = self._manifest.file_of(index)
        file = self._manifest.files[number]
        chunk = f"chunk {index - begin + 1} of {len(file.chunks)}"
        return IntegrityError(file.file, f"{chunk} has {what}")

    def _missing(self) -> list[int]:
        return [i for i in range(self._digests.count) if i not in self._verified]

    @property
    def _manifest(self) -> Manifest:
        return self.writer.manifest


async def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    """Wait until a task has ended, and return its error."""
    await asyncio.wait([task])
    return task.exception()


@dataclass
class VersionWriter[B]:
    """Stores a version while it is downloaded. If the store fails, the download continues.

    Attributes:
        name: the name to store the version under.
        manifest: the manifest of the version.
        store: stores the version; None to hold it in memory only.
        is_new: whether nothing is stored of this version, so that nothing has to be read.
        validators: see `source.Download`; one for each file.
        block_digests: see `integrity.digest_blocks`.
        was_complete: whether the whole version was stored before the download.
        is_committed: whether the version has become the current one.
        error: the error of the store, if it failed.

    """

    name: str
    manifest: Manifest
    store: Store[B] | None
    is_new: bool = False
    validators: list[str] = field(init=False)
    block_digests: str = ""
    was_complete: bool = False
    is_committed: bool = False
    error: StoreError | None = None
    _has_record: bool = False
    _queued: dict[int, Any] = field(default_factory=dict)
    _write_timer: asyncio.Handle | None = None
    _write_task: asyncio.Task[None] | None = None
    _space_task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.validators = [""] * len(self.manifest.files)

    async def stored_content(self) -> B | None:
        """Return the bytes of the version, which may be damaged; None unless all are readable."""
        if self._usable_store is None or self.is_new:
            return None
        try:
            version = await self._usable_store.version(self.name, self._key)
            if version is None:
                return None
            self.was_complete = version.is_complete
            files = range(len(self.validators))
            for file, validator in zip(files, version.validator.split("\n"), strict=False):
                self.validators[file] = validator
            self._has_record = True
            return await self._usable_store.content(self.name, self._key)
        except IntegrityError:
            self.was_complete = False
        except StoreError as error:
            await self._give_up(error)
        return None

    async def stored_chunks(self) -> AsyncGenerator[tuple[int, B]]:
        """Yield the index and the bytes of each chunk that an interrupted download has stored.

        Call `stored_content` first: without a record, there are no chunks.
        """
        for index in range(self.manifest.digests.count if self._has_record else 0):
            if self._usable_store is None:
                return
            try:
                chunk = await self._usable_store.chunk(self.name, self._key, index)
            except IntegrityError:
                continue
            except StoreError as error:
                await self._give_up(error)
                return
            if chunk is not None:
                yield index, chunk

    def expect(self, missing: int) -> None:
        """Check in the background whether there is enough space; if not, don't use the store.

        Args:
            missing: the number of bytes to download. Space for `manifest.total_size` more bytes is
                needed, because a slow download is stored both in chunks and as one file.

        """
        needed = missing + self.manifest.total_size
        self._space_task = asyncio.create_task(self._check_space(needed))

    def begin(self, file: int, validator: str) -> None:
        """Remember the validator of the server's file. Call this before `write_chunk`.

        `write_chunk` then stores the version's record, with the validator, before its first chunk.

        Args:
            file: the index of the file whose chunks follow.
            validator: its validator.

        """
        self.validators[file], self.was_complete, self._has_record = validator, False, False

    def write_chunk(self, index: int, chunk: B) -> None:
        """Store a chunk, unless the whole version is written within WRITE_DELAY.

        Chunks that arrive during a transaction are written together in the next one. On a fast
        network, a transaction takes longer than the download of a chunk.
        """
        if self._usable_store:
            self._queued[index] = self._usable_store.staged(chunk)
            if self._write_timer is None and self._write_task is None:
                loop = asyncio.get_running_loop()
                self._write_timer = loop.call_later(WRITE_DELAY, self._start_to_write)

    async def write_content(self, content: B) -> None:
        """Store all bytes as one file, instead of the chunks that are not stored yet."""
        queued, self._queued = self._queued, {}
        await self.finish_writes()
        if self._usable_store:
            if len(queued) == self.manifest.digests.count:
                parts = [queued[index] for index in sorted(queued)]
            else:
                parts = [self._usable_store.staged(content)]
            await self._or_give_up(
                self._usable_store.put_content(
                    self.name, self._key, self._version(is_complete=False), parts
                )
            )

    async def discard(self) -> None:
        """Delete what is stored of the version."""
        if self._usable_store:
            await self._or_give_up(self._usable_store.discard(self.name, self._key))

    async def finish_writes(self) -> None:
        """Store the chunks now, and wait until all are stored or the store has failed."""
        if self._space_task:
            await self._space_task
        if self._write_timer:
            self._start_to_write()
        if self._write_task:
            await self._write_task

    async def commit(self, head: Head) -> None:
        """Mark the version as complete and store the head that makes it the current version."""
        if self._usable_store:
            version = self._version(is_complete=True)
            await self._or_give_up(self._usable_store.commit(self.name, self._key, version, head))
            self.is_committed = self.error is None

    def _start_to_write(self) -> None:
        if self._write_timer:
            self._write_timer.cancel()
        self._write_timer = None
        if self._queued:
            self._write_task = asyncio.create_task(self._write_queued())

    async def _write_queued(self) -> None:
        if self._space_task:
            await self._space_task
        while self._queued:
            chunks, self._queued = self._queued, {}
            if self._usable_store and not self._has_record:
                self._has_record = True
                version = self._version(is_complete=False)
                await self._or_give_up(
                    self._usable_store.put_version(self.name, self._key, version)
                )
            if self._usable_store:
                await self._or_give_up(self._usable_store.put_chunks(self.name, self._key, chunks))
        self._write_task = None

    async def _check_space(self, needed: int) -> None:
        if self._usable_store:
            free = await self._or_give_up(self._usable_store.free_bytes())
            if free is not None and free < needed:
                await self._give_up(StoreFull(f"{needed} bytes are needed, {free} are free"))

    @property
    def _key(self) -> str:
        return self.manifest.model_sha256

    @property
    def _usable_store(self) -> Store[B] | None:
        """The store; None if there is none or it has failed."""
        return None if self.error else self.store

    def _version(self, *, is_complete: bool) -> Version:
        return Version.of(
            self.manifest,
            time.time(),
            is_complete=is_complete,
            validator="\n".join(self.validators),
            block_digests=self.block_digests,
        )

    async def _or_give_up[T](self, operation: Awaitable[T]) -> T | None:
        """Return the result of an operation on the store; if it fails, stop using the store."""
        try:
            return await operation
        except StoreError as error:
            await self._give_up(error)
            return None

    async def _give_up(self, error: StoreError) -> None:
        """Stop using the store. If the storage is full, delete the chunks of this version.

        A version that was complete before the download is not deleted: it may be in use, and this
        download has written none of its bytes.
        """
        if isinstance(error, StoreFull) and self._usable_store and not self.was_complete:
            with suppress(StoreError):
                await self._usable_store.discard(self.name, self._key)
        self.error = error
