"""The way in for a model: the stored copy at once, else a download, verified, tried out and stored.

Only the policy is here. The store, the source, the memory and the runtime are handed in, so that
the same code is tested on CPython and runs in the browser, where the bytes stay JavaScript's (type
`B`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    Evicted,
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
    SelfTestFailed,
    SessionError,
    StoreError,
    StoreUnavailable,
)
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model, Origin, tried_out
from offline_onnx.storage.download import fetch
from offline_onnx.storage.parts import silent
from offline_onnx.storage.saving import Saving
from offline_onnx.storage.shelf import Kept, Shelf
from offline_onnx.storage.versions import Head

if TYPE_CHECKING:
    from offline_onnx.inference.session import Runtime
    from offline_onnx.storage.parts import Memory, Progress, Source, Store
    from offline_onnx.storage.shelf import Copy


@dataclass(frozen=True)
class Loader[B]:
    """Loads the model that is kept in the store under `name`."""

    name: str
    store: Store[B]
    memory: Memory[B]
    runtime: Runtime[B]
    progress: Progress = silent

    async def stored(self) -> Model:
        """Open the stored copy. Raises NotStored, IntegrityError, StoreError or SessionError."""
        kept = await self._shelf.in_use()
        if isinstance(kept.fault, (IntegrityError, ManifestError)):
            async with self.store.lock(self.name):
                kept = await self._shelf.in_use(sweep=True)
        if kept.copy is None:
            raise kept.fault or NotStored(self.name)
        return await self._open(kept.copy, Origin.STORED)

    async def load(self, source: Source[B]) -> Model:
        """Open the stored copy, else download.

        What is downloaded is stored once it has passed its self-test. Raises ModelUnavailable if
        there is neither, SessionError or SelfTestFailed if what there is can't be run.
        """
        kept = await self._shelf.in_use()
        if kept.copy:
            try:
                return await self._open(kept.copy, Origin.STORED)
            except SessionError as fault:  # a runtime that is newer than it, perhaps
                kept = Kept(kept.head, None, fault)
        if isinstance(kept.fault, StoreUnavailable):
            return await self._download(source, kept)
        async with self.store.lock(self.name):
            again = await self._shelf.in_use(sweep=True)  # another tab may have stored it meanwhile
            if again.copy is None or isinstance(kept.fault, SessionError):
                kept = Kept(again.head or kept.head, None, again.fault or kept.fault)
                return await self._download(source, kept)
        return await self._open(again.copy, Origin.STORED)

    @property
    def _shelf(self) -> Shelf[B]:
        return Shelf(self.name, self.store, self.memory, self.progress)

    async def _open(
        self, copy: Copy[B], origin: Origin, fault: OfflineModelError | None = None
    ) -> Model:
        """Open a stored copy; it is not tried out again."""
        return Model(copy.manifest, await self.runtime.open(copy.content), origin, fault)

    async def _download(self, source: Source[B], kept: Kept[B]) -> Model:
        try:
            manifest = Manifest.parse(await source.manifest())
            store = None if isinstance(kept.fault, StoreUnavailable) else self.store
            saving = Saving(self.name, manifest, store)
            content = await fetch(source, self.memory, saving, self.progress)
        except (FetchError, IntegrityError, ManifestError, SessionError) as fault:
            if older := await self._older(kept.head, fault):
                return older
            if isinstance(kept.fault, SessionError):
                raise kept.fault from fault
            raise ModelUnavailable(fault) from fault
        try:
            model = await tried_out(self.runtime, manifest, content)
        except (ManifestError, SelfTestFailed, SessionError) as fault:
            if older := await self._older(kept.head, fault):
                return older
            if isinstance(fault, ManifestError):
                raise ModelUnavailable(fault) from fault
            raise
        await self._commit(saving, kept)
        if not saving.committed:
            return replace(model, origin=Origin.NOT_STORED, warning=saving.fault or kept.fault)
        origin = Origin.DOWNLOADED
        if isinstance(kept.fault, Evicted):
            origin = Origin.RESTORED
        elif kept.fault and not isinstance(kept.fault, StoreError):
            origin = Origin.REPAIRED
        return replace(model, origin=origin, warning=kept.fault)

    async def _commit(self, saving: Saving[B], kept: Kept[B]) -> None:
        """Put a version in use. Where the head could not be read, it is not overwritten unread."""
        head, sha256 = kept.head, saving.manifest.sha256
        unread = head is None and isinstance(kept.fault, StoreError)
        if unread and saving.store and not saving.fault:
            try:
                head = (await self.store.heads()).get(self.name)
            except StoreError as fault:
                saving.fault = fault
        await saving.commit((head or Head(sha256)).after_loss(sha256))

    async def _older(self, head: Head | None, fault: OfflineModelError) -> Model | None:
        """Go back to the previous version, if there is one, and say why."""
        if head:
            older = await self._shelf.previous(head)
            if older.copy:
                return await self._open(older.copy, Origin.STORED_OLDER, fault)
        return None


async def load_given[B](
    source: Source[B], memory: Memory[B], runtime: Runtime[B], progress: Progress = silent
) -> Model:
    """Load from a source into memory alone.

    Raises FetchError, IntegrityError, ManifestError, SelfTestFailed, SessionError.
    """
    manifest = Manifest.parse(await source.manifest())
    content = await fetch(source, memory, Saving("", manifest, store=None), progress)
    return replace(await tried_out(runtime, manifest, content), origin=Origin.GIVEN)
