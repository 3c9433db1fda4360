"""The way in for a model: the stored copy at once, else a download that is verified and stored.

Only the policy is here. The store, the source and the memory are handed in, so that the same code
is tested on CPython and runs in the browser, where the bytes stay JavaScript's (type `B`).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from offline_onnx.download import fetch
from offline_onnx.errors import (
    Evicted,
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
    SessionError,
    StoreError,
    StoreUnavailable,
)
from offline_onnx.manifest import Manifest
from offline_onnx.saving import Saving
from offline_onnx.verify import verify
from offline_onnx.versions import Head

if TYPE_CHECKING:
    from offline_onnx.parts import Memory, Progress, Source, Store


class Origin(Enum):
    """Where the model that runs came from."""

    STORED = "stored"
    """The browser's store; nothing was downloaded."""
    STORED_OLDER = "stored_older"
    """The store's previous version: the one in use was damaged, and could not be downloaded."""
    DOWNLOADED = "downloaded"
    """A download, and it was stored."""
    REPAIRED = "repaired"
    """A download, and it was stored in place of a damaged copy, which was thrown away."""
    RESTORED = "restored"
    """A download, and it was stored; the browser had removed the copy that was here."""
    NOT_KEPT = "not_kept"
    """A download, and it could not be stored: it runs from memory."""
    GIVEN = "given"
    """A source that was handed in, such as a file; it is not stored."""


@dataclass(frozen=True)
class LoadedModel[B]:
    """Verified bytes, where they came from, and what went wrong on the way, if anything did.

    saved: when they were stored, in seconds since 1970; None if they are not.
    """

    manifest: Manifest
    content: B
    origin: Origin
    fault: OfflineModelError | None = None
    saved: float | None = None


@dataclass(frozen=True)
class Loader[B]:
    """Loads the model that is kept in the store under `name`."""

    name: str
    store: Store[B]
    memory: Memory[B]
    progress: Progress

    async def stored(self) -> LoadedModel[B]:
        """Load the stored copy. Raises NotStored, IntegrityError or StoreError."""
        kept = await self._kept()
        if kept.model:
            return kept.model
        raise kept.fault or NotStored(self.name)

    async def load(self, source: Source[B]) -> LoadedModel[B]:
        """Load the stored copy, else download. Raises ModelUnavailable if neither can be."""
        kept = await self._kept()
        if kept.model:
            return kept.model
        if isinstance(kept.fault, StoreUnavailable):
            return await self._download(source, kept)
        async with self.store.lock(self.name):
            again = await self._kept()  # another tab may have stored it meanwhile
            if again.model:
                return again.model
            return await self._download(source, kept if kept.fault else again)

    async def _kept(self) -> _Kept[B]:
        """Give the version in use if it is sound; throw away what is damaged."""
        try:
            head = (await self.store.heads()).get(self.name)
            if head is None:
                evicted = await self.store.was_kept(self.name)
                return _Kept(None, None, Evicted(self.name) if evicted else None)
            return await self._sound(head, head.current, Origin.STORED)
        except IntegrityError as damage:
            return _Kept(None, None, damage)
        except StoreError as fault:
            return _Kept(None, None, fault)

    async def _sound(self, head: Head, sha256: str, origin: Origin) -> _Kept[B]:
        """Read a version and verify each of its chunks; throw it away if it is damaged."""
        try:
            version, content = await asyncio.gather(
                self.store.version(self.name, sha256), self.store.content(self.name, sha256)
            )
            if version is None or not version.whole or content is None:
                raise IntegrityError("the store", "a part of the record is gone")
            manifest = version.read()
            if manifest.sha256 != sha256:
                raise IntegrityError("the store", "it is stored under another digest")
            await verify(manifest, self.memory, content, "the store", self.progress)
            return _Kept(head, LoadedModel(manifest, content, origin, None, version.saved))
        except (IntegrityError, ManifestError) as damage:
            with suppress(StoreError):
                await self.store.discard(self.name, sha256)
            return _Kept(head, None, damage)

    async def _download(self, source: Source[B], kept: _Kept[B]) -> LoadedModel[B]:
        try:
            manifest = Manifest.parse(await source.manifest())
            store = None if isinstance(kept.fault, StoreUnavailable) else self.store
            saving = Saving(self.name, manifest, store)
            content = await fetch(source, self.memory, saving, self.progress)
        except (FetchError, IntegrityError, ManifestError, SessionError) as fault:
            return await self._older(kept.head, fault)
        head = kept.head or Head(manifest.sha256)
        await saving.commit(head.after_loss(manifest.sha256))
        if saving.saved is None:
            reason = saving.fault or kept.fault
            return LoadedModel(manifest, content, Origin.NOT_KEPT, reason)
        origin = Origin.DOWNLOADED
        if isinstance(kept.fault, Evicted):
            origin = Origin.RESTORED
        elif kept.fault and not isinstance(kept.fault, StoreError):
            origin = Origin.REPAIRED
        return LoadedModel(manifest, content, origin, kept.fault, saving.saved)

    async def _older(self, head: Head | None, fault: OfflineModelError) -> LoadedModel[B]:
        """Go back to the previous version, if there is one. Raises ModelUnavailable."""
        if head and head.previous:
            with suppress(StoreError):
                older = await self._sound(head, head.previous, Origin.STORED_OLDER)
                if older.model:
                    return replace(older.model, fault=fault)
        raise ModelUnavailable(fault) from fault


async def load_given[B](source: Source[B], memory: Memory[B], progress: Progress) -> LoadedModel[B]:
    """Load from a source into memory alone. Raises FetchError, IntegrityError, ManifestError."""
    manifest = Manifest.parse(await source.manifest())
    content = await fetch(source, memory, Saving("", manifest, store=None), progress)
    return LoadedModel(manifest, content, Origin.GIVEN)


@dataclass(frozen=True)
class _Kept[B]:
    """The stored copy if it is sound, else what is wrong with it, if there was one."""

    head: Head | None
    model: LoadedModel[B] | None
    fault: OfflineModelError | None = None
