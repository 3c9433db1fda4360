"""Fetch a version chunk by chunk: each verified on arrival, stored at once, gone on with later.

A chunk that is stored stays stored whatever happens next, so a download that is cut, or a tab that
is closed, costs no more than what was on its way.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    CaptivePortal,
    FetchError,
    IntegrityError,
    Truncated,
    WrongLength,
    WrongType,
)
from offline_onnx.storage.parts import silent
from offline_onnx.verify import seal, verify

if TYPE_CHECKING:
    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.parts import Memory, Progress, Source
    from offline_onnx.storage.saving import Saving

_DOUBTFUL = (IntegrityError, CaptivePortal, WrongType, WrongLength, Truncated)


async def fetch[B](
    source: Source[B], memory: Memory[B], saving: Saving[B], progress: Progress = silent
) -> B:
    """Fetch a version; give all of its bytes. Raises FetchError or IntegrityError.

    progress: told of the bytes that are there and verified, and of all.
    """
    fetching = _Fetching(source, memory, saving, progress)
    try:
        await fetching.run()
    finally:
        await saving.settle()
    return fetching.content


@dataclass
class _Fetching[B]:
    """A version on its way from its source into memory and, by `saving`, into the store."""

    source: Source[B]
    memory: Memory[B]
    saving: Saving[B]
    progress: Progress
    content: B = field(init=False)
    _there: set[int] = field(default_factory=set)
    _done: int = 0

    async def run(self) -> None:
        """Find the version in the store, or fetch what is missing of it; then seal it."""
        if not await self._find_whole():
            await self._fetch()
            await self._prove_whole()
        self.saving.seal = await seal(self._manifest, self.memory, self.content)

    async def _fetch(self) -> None:
        """Fetch what is missing.

        An answer that ends early is gone on with at once, for as long as each brings a chunk. Where
        none comes, or another file than the manifest's, a damaged cache may be in between, or a
        server that does not keep to ranges: the file is asked for once more, past both.
        """
        self.content = self.memory.allocate(self._manifest.size)
        await self._find_chunks()
        if self._missing():
            await self.saving.find_room(self._manifest.size - self._done)
        fresh = False
        while self._missing():
            before = len(self._there)
            try:
                await self._attempt(fresh=fresh)
            except (FetchError, IntegrityError) as error:
                if len(self._there) == before and (fresh or not isinstance(error, _DOUBTFUL)):
                    raise
                fresh = fresh or len(self._there) == before or isinstance(error, IntegrityError)

    async def _prove_whole(self) -> None:
        """Compare the file's own digest too: a damaged manifest may name another file's chunks."""
        manifest = self._manifest
        if manifest.chunks != (manifest.sha256,):
            (digest,) = await self.memory.digests(self.content, [(0, manifest.size)])
            if digest != manifest.sha256:
                raise IntegrityError(manifest.file, f"the whole file has the SHA-256 {digest}")

    async def _find_whole(self) -> bool:
        content = await self.saving.content()
        if content is None:
            return False
        try:
            await verify(self._manifest.proof, self.memory, content, "the store", self.progress)
        except IntegrityError:
            return False
        self.content = content
        return True

    async def _find_chunks(self) -> None:
        async for index, chunk in self.saving.chunks():
            if await self._is_sound(index, chunk):
                self._take(index, chunk)

    async def _attempt(self, *, fresh: bool) -> None:
        missing, validator = self._missing(), self.saving.validator
        first = 0 if fresh else missing[0]
        download = await self.source.open(
            self._manifest, first, validator=validator if first else "", fresh=fresh
        )
        if download.validator != validator or not self._there:
            await self.saving.begin(download.validator)
        index = download.first
        async with aclosing(download.chunks) as chunks:
            async for chunk in chunks:
                if index not in self._there:
                    await self._arrived(index, chunk)
                index += 1
                if index > missing[-1]:
                    break

    async def _arrived(self, index: int, chunk: B) -> None:
        if not await self._is_sound(index, chunk):
            raise IntegrityError(
                self._manifest.file,
                f"chunk {index + 1} of {len(self._manifest.chunks)} has another SHA-256",
            )
        self._take(index, chunk)
        self.saving.put(index, self.memory.part(self.content, *self._manifest.span(index)))

    async def _is_sound(self, index: int, chunk: B) -> bool:
        start, stop = self._manifest.span(index)
        if self.memory.length(chunk) != stop - start:
            return False
        (digest,) = await self.memory.digests(chunk, [(0, stop - start)])
        return digest == self._manifest.chunks[index]

    def _take(self, index: int, chunk: B) -> None:
        self.memory.write(self.content, self._manifest.span(index)[0], chunk)
        self._there.add(index)
        self._done += self.memory.length(chunk)
        self.progress(self._done, self._manifest.size)

    def _missing(self) -> list[int]:
        return [i for i in range(len(self._manifest.chunks)) if i not in self._there]

    @property
    def _manifest(self) -> Manifest:
        return self.saving.manifest
