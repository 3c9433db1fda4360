"""Store a version as it arrives; if the store fails, go on without it and know why."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError, StoreError, StoreFull
from offline_onnx.storage.versions import Version

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.parts import Store
    from offline_onnx.storage.versions import Head


@dataclass
class Saving[B]:
    """A version on its way into the store.

    store: None if it is to stay in memory. validator: under which its server gives it. seal: see
    `verify.seal`. whole: whether all of it was stored before. committed: whether it was put in use.
    fault: why it is not stored, if it should be and is not.
    """

    name: str
    manifest: Manifest
    store: Store[B] | None
    validator: str = ""
    seal: str = ""
    whole: bool = False
    committed: bool = False
    fault: StoreError | None = None
    _waiting: dict[int, B] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None

    async def content(self) -> B | None:
        """Give the version's bytes if all of it is stored, which it may be as the previous one."""
        if self._store is None:
            return None
        try:
            version = await self._store.version(self.name, self.manifest.sha256)
            if version is None:
                return None
            self.validator, self.whole = version.validator, version.whole
            if self.whole:
                return await self._store.content(self.name, self.manifest.sha256)
        except IntegrityError:
            self.whole = False
        except StoreError as fault:
            await self._give_up(fault)
        return None

    async def chunks(self) -> AsyncGenerator[tuple[int, B]]:
        """Give the chunks that an interrupted download has stored, with their numbers."""
        for index in range(len(self.manifest.chunks)):
            if self._store is None:
                return
            try:
                chunk = await self._store.chunk(self.name, self.manifest.sha256, index)
            except IntegrityError:
                continue
            except StoreError as fault:
                await self._give_up(fault)
                return
            if chunk is not None:
                yield index, chunk

    async def find_room(self, missing: int) -> None:
        """Don't begin to store what can't fit.

        missing: bytes that are to come; all bytes are needed once more while the chunks are made
        into one file.
        """
        needed = missing + self.manifest.size
        if self._store:
            room = await self._kept(self._store.room())
            if room is not None and room < needed:
                await self._give_up(StoreFull(f"{needed} bytes are needed, {room} are left"))

    async def begin(self, validator: str) -> None:
        """Note what is going to be stored."""
        self.validator, self.whole = validator, False
        if self._store:
            version = self._version(whole=False)
            await self._kept(self._store.describe(self.name, self.manifest.sha256, version))

    def put(self, index: int, chunk: B) -> None:
        """Have a chunk stored: at once, or with others that come while a write is under way.

        A transaction takes longer than a chunk of a fast download, whatever it stores.
        """
        if self._store:
            self._waiting[index] = chunk
            if self._writing is None:
                self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Wait until all chunks are stored, or have failed to be."""
        if self._writing:
            await self._writing

    async def _write(self) -> None:
        while self._waiting and self._store:
            chunks, self._waiting = self._waiting, {}
            await self._kept(self._store.put_chunks(self.name, self.manifest.sha256, chunks))
        self._writing = None

    async def commit(self, head: Head) -> None:
        """Make what is stored the version in use."""
        if self._store:
            version = self._version(whole=True)
            commit = self._adopt if self.whole else self._store.commit
            await self._kept(commit(self.name, self.manifest.sha256, version, head))
            self.committed = self.fault is None

    async def _adopt(self, name: str, sha256: str, version: Version, head: Head) -> None:
        if self._store:
            await self._store.describe(name, sha256, version)
            await self._store.set_head(name, head)

    @property
    def _store(self) -> Store[B] | None:
        return None if self.fault else self.store

    def _version(self, *, whole: bool) -> Version:
        return Version.of(
            self.manifest, time.time(), whole=whole, validator=self.validator, seal=self.seal
        )

    async def _kept[T](self, act: Awaitable[T]) -> T | None:
        try:
            return await act
        except StoreError as fault:
            await self._give_up(fault)
            return None

    async def _give_up(self, fault: StoreError) -> None:
        """Go on in memory alone; a storage that is full gets back what this version took of it.

        A version that was stored whole before has taken nothing, and may be in use.
        """
        if isinstance(fault, StoreFull) and self._store and not self.whole:
            with suppress(StoreError):
                await self._store.discard(self.name, self.manifest.sha256)
        self.fault = fault
