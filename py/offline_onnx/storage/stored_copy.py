"""Read a stored version and verify every byte of it."""

from __future__ import annotations

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
from offline_onnx.integrity import verify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.store import Head, Store, Version


@dataclass(frozen=True)
class StoredCopy[B]:
    """A stored version whose bytes match its manifest."""

    manifest: Manifest
    content: B


@dataclass(frozen=True)
class ReadResult[B]:
    """The result of reading a stored version.

    Attributes:
        head: the head of the model; None if no model is stored or its head can't be read.
        copy: the verified version; None if it is missing or damaged, or can't be read.
        error: why there is no copy; None if there is a copy, or if no version was stored.
        is_empty: whether nothing is stored under the name, not even a part of a download.

    """

    head: Head | None
    copy: StoredCopy[B] | None
    error: OfflineModelError | None = None
    is_empty: bool = False


@dataclass(frozen=True)
class StoredCopyReader[B]:
    """Reads the stored versions of one model.

    Attributes:
        name: the name of the model.
        store: stores the versions.
        memory: digests their bytes.
        progress: called with the number of bytes verified so far and the size of the model.

    """

    name: str
    store: Store[B]
    memory: Memory[B]
    progress: Progress

    async def current(self, *, discard_damaged: bool = False) -> ReadResult[B]:
        """Read the current version. Never raises: the error is in the result.

        Args:
            discard_damaged: delete the version if it is damaged. Set this only while holding the
                lock: otherwise, this could delete a copy that another tab has just repaired.

        """
        head = None
        try:
            found = await self.store.current(self.name)
            if found is None or found.head is None:
                evicted = await self.store.was_stored(self.name)
                error = Evicted(self.name) if evicted else None
                return ReadResult(None, None, error, is_empty=found is None)
            head = found.head
            result = await self._verified(head, head.current, found.version, found.read)
        except (IntegrityError, StoreError) as error:
            return ReadResult(head, None, error)
        if discard_damaged and result.copy is None:
            await self._discard(head.current)
        return result

    async def previous(self, head: Head) -> ReadResult[B]:
        """Read the previous version; delete it if it is damaged. Never raises.

        Call this only while holding the lock.
        """
        sha256 = head.previous
        if sha256 is None:
            return ReadResult(head, None)
        try:
            version = None
            with suppress(IntegrityError):
                version = await self.store.version(self.name, sha256)
            result = await self._verified(
                head, sha256, version, lambda: self.store.content(self.name, sha256)
            )
        except StoreError as error:
            return ReadResult(head, None, error)
        if result.copy is None:
            await self._discard(sha256)
        return result

    async def _verified(
        self,
        head: Head,
        sha256: str,
        version: Version | None,
        read: Callable[[], Awaitable[B | None]],
    ) -> ReadResult[B]:
        """Read a version and verify every byte of it. Raises StoreError."""
        try:
            if version is None or not version.is_complete:
                raise IntegrityError.in_store("a part of the record is missing")
            reading = read()
            try:  # the browser reads the bytes while Python parses the manifest
                manifest = version.read()
                digests = version.digests(manifest)
            finally:
                content = await reading
            if manifest.model_sha256 != sha256:
                raise IntegrityError.in_store("it is stored under another digest")
            if content is None:
                raise IntegrityError.in_store("a part of the record is missing")
            await verify(digests, self.memory, content, "the store", self.progress)
            return ReadResult(head, StoredCopy(manifest, content))
        except (IntegrityError, ManifestError) as error:
            return ReadResult(head, None, error)

    async def _discard(self, sha256: str) -> None:
        with suppress(StoreError):
            await self.store.discard(self.name, sha256)
