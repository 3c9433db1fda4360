"""The way in for a model: the stored copy first, else HTTP, verified, then saved for next time.

Only the policy is here. The store, the source and the digest are handed in, so that the same code
is tested on CPython and runs in the browser, where the bytes stay JavaScript's (type `B`).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    OfflineModelError,
    StoreError,
    StoreUnavailable,
)
from offline_onnx.manifest import Manifest
from offline_onnx.parts import StoredModel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from offline_onnx.parts import Source, Store


class Origin(Enum):
    """Where the model that runs came from."""

    STORED = "stored"
    """The browser's store; nothing was downloaded."""
    STORED_OLDER = "stored_older"
    """The store; there is a newer version, but it could not be downloaded."""
    DOWNLOADED = "downloaded"
    """HTTP, and it was saved."""
    UPDATED = "updated"
    """HTTP, and it was saved in place of an older version."""
    REPAIRED = "repaired"
    """HTTP, and it was saved in place of a damaged copy, which was thrown away."""
    NOT_KEPT = "not_kept"
    """HTTP, and it could not be saved: it runs from memory."""


@dataclass(frozen=True)
class LoadedModel[B]:
    """Verified bytes, where they came from, and what went wrong on the way, if anything did."""

    manifest: Manifest
    content: B
    origin: Origin
    fault: OfflineModelError | None = None


@dataclass(frozen=True)
class Loader[B]:
    """Loads one model, kept in the store under `name`."""

    name: str
    store: Store[B]
    source: Source[B]
    digest: Callable[[B], Awaitable[str]]

    async def load(self) -> LoadedModel[B]:
        """Load the model. Raises ModelUnavailable if it is neither stored nor downloadable."""
        kept, wanted = await asyncio.gather(self._kept(), self._wanted())
        if kept.model and isinstance(wanted, OfflineModelError):
            return kept.model
        if isinstance(wanted, OfflineModelError):
            raise ModelUnavailable(wanted) from wanted
        if kept.model and kept.model.manifest.sha256 == wanted.sha256:
            return kept.model
        try:
            content = await self._download(wanted)
        except (FetchError, IntegrityError) as fault:
            if kept.model:
                return LoadedModel(
                    kept.model.manifest, kept.model.content, Origin.STORED_OLDER, fault
                )
            raise ModelUnavailable(fault) from fault
        return await self._save(wanted, content, kept)

    async def _kept(self) -> _Kept[B]:
        try:
            stored = await self.store.get(self.name)
            if stored is None:
                return _Kept(None, None)
            return _Kept(await self._sound(stored), None)
        except StoreError as fault:
            return _Kept(None, fault)
        except (ManifestError, IntegrityError) as damage:
            with suppress(StoreError):
                await self.store.remove(self.name)
            return _Kept(None, damage)

    async def _sound(self, stored: StoredModel[B]) -> LoadedModel[B]:
        manifest = Manifest.parse(stored.manifest)
        await self._verify(stored.content, manifest, "the store")
        return LoadedModel(manifest, stored.content, Origin.STORED)

    async def _wanted(self) -> Manifest | OfflineModelError:
        try:
            return Manifest.parse(await self.source.manifest())
        except (FetchError, ManifestError) as fault:
            return fault

    async def _download(self, manifest: Manifest) -> B:
        try:
            return await self._download_once(manifest, fresh=False)
        except IntegrityError:  # perhaps only a cache on the way is damaged
            return await self._download_once(manifest, fresh=True)

    async def _download_once(self, manifest: Manifest, *, fresh: bool) -> B:
        content = await self.source.content(manifest, fresh=fresh)
        await self._verify(content, manifest, manifest.file)
        return content

    async def _verify(self, content: B, manifest: Manifest, origin: str) -> None:
        found = await self.digest(content)
        if found != manifest.sha256:
            raise IntegrityError(origin, f"SHA-256 {found}, expected {manifest.sha256}")

    async def _save(self, manifest: Manifest, content: B, kept: _Kept[B]) -> LoadedModel[B]:
        if isinstance(kept.fault, StoreUnavailable):
            return LoadedModel(manifest, content, Origin.NOT_KEPT, kept.fault)
        origin = Origin.DOWNLOADED
        if kept.model:
            origin = Origin.UPDATED
        elif kept.fault and not isinstance(kept.fault, StoreError):
            origin = Origin.REPAIRED
        try:
            await self.store.put(self.name, StoredModel(manifest.to_json(), content))
        except StoreError as fault:
            return LoadedModel(manifest, content, Origin.NOT_KEPT, fault)
        return LoadedModel(manifest, content, origin, kept.fault)


@dataclass(frozen=True)
class _Kept[B]:
    """The stored copy if it is sound, else what is wrong with it, if there was one."""

    model: LoadedModel[B] | None
    fault: OfflineModelError | None
