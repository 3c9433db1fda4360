"""What is stored under a name, read and proven."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    Evicted,
    IntegrityError,
    ManifestError,
    OfflineModelError,
    StoreError,
)
from offline_onnx.verify import verify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.parts import Memory, Progress, Store
    from offline_onnx.storage.versions import Head, Version


@dataclass(frozen=True)
class Copy[B]:
    """A stored version whose bytes are proven to be its manifest's."""

    manifest: Manifest
    content: B


@dataclass(frozen=True)
class Kept[B]:
    """The stored copy if it is sound, else what is wrong with it, if there was one."""

    head: Head | None
    copy: Copy[B] | None
    fault: OfflineModelError | None = None


@dataclass(frozen=True)
class Shelf[B]:
    """The place of the model `name` in the store. progress: told of the bytes that are proven."""

    name: str
    store: Store[B]
    memory: Memory[B]
    progress: Progress

    async def in_use(self, *, sweep: bool = False) -> Kept[B]:
        """Read the version in use. Never raises: an error of the store is the fault.

        sweep: throw it away if it is damaged. For that the lock has to be held: another tab may
        have put a sound copy in its place meanwhile.
        """
        head = None
        try:
            found = await self.store.in_use(self.name)
            if found is None:
                evicted = await self.store.was_kept(self.name)
                return Kept(None, None, Evicted(self.name) if evicted else None)
            head = found.head
            kept = await self._sound(head, head.current, found.version, found.read)
        except (IntegrityError, StoreError) as fault:
            return Kept(head, None, fault)
        if sweep and kept.copy is None:
            await self._discard(head.current)
        return kept

    async def previous(self, head: Head) -> Kept[B]:
        """Read the version before the one in use; the lock has to be held. Never raises."""
        sha256 = head.previous
        if sha256 is None:
            return Kept(head, None)
        try:
            version = None
            with suppress(IntegrityError):
                version = await self.store.version(self.name, sha256)
            kept = await self._sound(
                head, sha256, version, lambda: self.store.content(self.name, sha256)
            )
        except StoreError as fault:
            return Kept(head, None, fault)
        if kept.copy is None:
            await self._discard(sha256)
        return kept

    async def _sound(
        self,
        head: Head,
        sha256: str,
        version: Version | None,
        read: Callable[[], Awaitable[B | None]],
    ) -> Kept[B]:
        """Read a version and verify all of it. Raises StoreError."""
        try:
            if version is None or not version.whole:
                raise IntegrityError("the store", "a part of the record is gone")
            # The bytes are under way while Python reads the manifest.
            content, manifest = await asyncio.gather(read(), _manifest(version))
            if content is None:
                raise IntegrityError("the store", "a part of the record is gone")
            if manifest.sha256 != sha256:
                raise IntegrityError("the store", "it is stored under another digest")
            await verify(version.proof(manifest), self.memory, content, "the store", self.progress)
            return Kept(head, Copy(manifest, content))
        except (IntegrityError, ManifestError) as damage:
            return Kept(head, None, damage)

    async def _discard(self, sha256: str) -> None:
        with suppress(StoreError):
            await self.store.discard(self.name, sha256)


async def _manifest(version: Version) -> Manifest:
    return version.read()
