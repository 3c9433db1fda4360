"""What is stored: list it, copy and move it, remove it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offline_onnx.errors import AddressError, IntegrityError, ManifestError, NotStored
from offline_onnx.inference.manifest import Manifest
from offline_onnx.storage.download import fetch
from offline_onnx.storage.parts import silent
from offline_onnx.storage.saving import Saving
from offline_onnx.storage.stored_source import StoredSource
from offline_onnx.storage.update import rollback
from offline_onnx.storage.versions import Head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from offline_onnx.storage.parts import Memory, Progress, Source, Store

SCHEME = "indexeddb://"


@dataclass(frozen=True)
class ModelInfo:
    """What is stored under a name. size and manifest_size: bytes of the file and the manifest.

    saved: when, in UTC. previous: the version that `rollback` goes back to, if there is one.
    """

    manifest: Manifest
    saved: datetime
    size: int
    manifest_size: int
    previous: Manifest | None


def stored_name(address: str) -> str:
    """Give the name in indexeddb://NAME. Raises AddressError."""
    name = address.removeprefix(SCHEME)
    if not name or name == address:
        raise AddressError(f"{address!r} is not {SCHEME}NAME.", address)
    return name


@dataclass
class Library[B]:
    """The models of one store, by their addresses, `indexeddb://NAME`.

    source_of: makes the source for any other address. download: hands a manifest and a model's
    bytes to the user, as files.
    """

    store: Store[B]
    memory: Memory[B]
    source_of: Callable[[str], Source[B]]
    download: Callable[[Manifest, B], Awaitable[None]]

    async def list(self) -> dict[str, ModelInfo]:
        """Tell of each stored model, by address. Raises StoreError."""
        found = {}
        for name, head in (await self.store.heads()).items():
            info = await self._info(name, head)
            if info:
                found[SCHEME + name] = info
        return found

    async def remove(self, address: str) -> ModelInfo | None:
        """Remove a model with all of its versions; tell of it, if it was sound.

        Raises NotStored, StoreError.
        """
        name = stored_name(address)
        async with self.store.lock(name):
            head = (await self.store.heads()).get(name)
            info = await self._info(name, head) if head else None
            await self.store.remove(name)  # without a head, what a download has left
            if head is None:
                raise NotStored(name)
            return info

    async def copy(
        self, source: str | Source[B], destination: str, progress: Progress = silent
    ) -> None:
        """Copy a model from any address to indexeddb://NAME or to downloads://.

        What is stored under NAME becomes the version that `rollback` goes back to. Every chunk is
        verified; the model is not run. If it fails, the source and what was stored are as before.
        Raises OfflineModelError.
        """
        if destination.startswith("downloads://"):
            await self._copy_to_disk(source, progress)
            return
        name = stored_name(destination)
        origin = self.source(source)
        async with self.store.lock(name):
            manifest = Manifest.parse(await origin.manifest())
            head = (await self.store.heads()).get(name) or Head(manifest.sha256)
            previous = head.previous if head.current == manifest.sha256 else head.current
            saving = Saving(name, manifest, self.store)
            await fetch(origin, self.memory, saving, progress)
            await saving.commit(Head(manifest.sha256, previous))
        if saving.fault:
            raise saving.fault

    async def move(self, source: str, destination: str, progress: Progress = silent) -> None:
        """Copy a stored model, then remove it where it was. A failed move never loses it."""
        name = stored_name(source)
        if destination != source:
            await self.copy(source, destination, progress)
            async with self.store.lock(name):
                await self.store.remove(name)

    async def rollback(self, address: str) -> Manifest:
        """Go back to the previous version, see `update.rollback`."""
        return await rollback(self.store, stored_name(address))

    async def _copy_to_disk(self, source: str | Source[B], progress: Progress) -> None:
        origin = self.source(source)
        manifest = Manifest.parse(await origin.manifest())
        saving: Saving[B] = Saving("", manifest, store=None)
        await self.download(manifest, await fetch(origin, self.memory, saving, progress))

    def source(self, source: str | Source[B]) -> Source[B]:
        """Give what an address stands for; a Source stands for itself."""
        if not isinstance(source, str):
            return source
        if source.startswith(SCHEME):
            return StoredSource(stored_name(source), self.store, self.memory)
        return self.source_of(source)

    async def _info(self, name: str, head: Head) -> ModelInfo | None:
        versions = [await self._read(name, sha256) for sha256 in (head.current, head.previous)]
        if versions[0] is None:
            return None
        manifest, saved, length = versions[0]
        previous = versions[1][0] if versions[1] else None
        return ModelInfo(
            manifest, datetime.fromtimestamp(saved, UTC), manifest.size, length, previous
        )

    async def _read(self, name: str, sha256: str | None) -> tuple[Manifest, float, int] | None:
        try:
            version = await self.store.version(name, sha256) if sha256 else None
            if version is None or not version.whole:
                return None
            return version.read(), version.saved, len(version.manifest.encode())
        except (IntegrityError, ManifestError):
            return None
