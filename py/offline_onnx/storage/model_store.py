"""Load, update, roll back, list, copy, move and remove models.

This file decides when a model is downloaded, stored, replaced or deleted. The store, the memory and
the runtime are arguments, so the same code runs in the browser and in tests on CPython.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    NotStored,
    OfflineModelError,
    OutOfMemory,
    SelfTestFailed,
    SessionError,
    StoreError,
    StoreUnavailable,
)
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model, Origin, open_session, open_validated
from offline_onnx.integrity import digest_blocks, no_progress, verify
from offline_onnx.storage.download import VersionWriter, download
from offline_onnx.storage.source import StoredSource
from offline_onnx.storage.store import Head, Version, manifest_digest
from offline_onnx.storage.stored_copy import ReadResult, StoredCopyReader

if TYPE_CHECKING:
    from offline_onnx.inference.session import Runtime
    from offline_onnx.integrity import Memory, Progress
    from offline_onnx.storage.source import Source
    from offline_onnx.storage.store import Store
    from offline_onnx.storage.stored_copy import StoredCopy


@dataclass(frozen=True)
class ModelInfo:
    """Information about a stored model.

    Attributes:
        manifest: the manifest of the current version.
        saved: the time when the current version was stored, in UTC.
        size: the size of the model's files in bytes.
        manifest_size: the size of the manifest in bytes.
        previous: the manifest of the version that `rollback` returns to; None if there is none.

    """

    manifest: Manifest
    saved: datetime
    size: int
    manifest_size: int
    previous: Manifest | None


class UpdateState(Enum):
    """The result of a check for a newer version."""

    CURRENT = "current"
    """The current version is the published one."""
    READY = "ready"
    """A newer version is stored; the next load uses it."""
    SELF_TEST_FAILED = "self_test_failed"
    """The published version failed its self-test on this device, now or earlier."""
    ROLLED_BACK = "rolled_back"
    """`rollback` has replaced the published version; `update` does not return to it."""
    FAILED = "failed"
    """The check failed, or the version can't be downloaded, opened or stored; `error` says why."""


@dataclass(frozen=True)
class Update:
    """The result of a check for a newer version.

    Attributes:
        state: whether there is a newer version, and whether it is stored.
        manifest: the published manifest; None if it could not be read.
        error: the error that stopped the update; None if there was no error.

    """

    state: UpdateState
    manifest: Manifest | None = None
    error: OfflineModelError | None = None

    def __post_init__(self) -> None:
        if self.error:  # the frames of its traceback would keep the model's bytes in memory
            self.error.with_traceback(None)


@dataclass(frozen=True)
class ModelStore[B]:
    """The models in a store, each under a name.

    Attributes:
        store: stores the models.
        memory: allocates and digests their bytes.
        runtime: opens sessions that run them.

    The argument `progress` of some methods is called with the number of bytes verified so far and
    the size of the model.

    """

    store: Store[B]
    memory: Memory[B]
    runtime: Runtime[B]

    async def load(self, name: str, source: Source[B], progress: Progress = no_progress) -> Model:
        """Open the stored copy. If there is none, download the model, validate it and store it.

        Raises:
            ModelUnavailable: no stored copy can be used, and the download failed.
            SelfTestFailed: the downloaded model returns other results than expected.
            SessionError: the model can't be opened or run.

        """
        reader = StoredCopyReader(name, self.store, self.memory, progress)
        found = await reader.current()
        if found.copy:
            try:
                return await self._open(found.copy)
            except OutOfMemory:  # another download would not help
                raise
            except SessionError as error:  # a newer runtime may not support the stored model
                found = ReadResult(found.head, None, error)
        if isinstance(found.error, StoreUnavailable):
            return await self._download(reader, source, found)
        async with self.store.lock(name):
            again = await reader.current(discard_damaged=True)  # another tab may have stored it
            if again.copy is None or isinstance(found.error, SessionError):
                head, reason = again.head or found.head, again.error or found.error
                found = ReadResult(head, None, reason, again.is_empty)
                return await self._download(reader, source, found)
        return await self._open(again.copy)

    async def load_stored(self, name: str, progress: Progress = no_progress) -> Model:
        """Open the stored copy.

        Raises NotStored, IntegrityError, ManifestError, StoreError or SessionError.
        """
        reader = StoredCopyReader(name, self.store, self.memory, progress)
        found = await reader.current()
        if isinstance(found.error, (IntegrityError, ManifestError)):
            async with self.store.lock(name):
                found = await reader.current(discard_damaged=True)
        if found.copy is None:
            raise found.error or NotStored(name)
        return await self._open(found.copy)

    async def load_unstored(self, source: Source[B], progress: Progress = no_progress) -> Model:
        """Download and open a model without storing it.

        Raises FetchError, IntegrityError, ManifestError, SelfTestFailed or SessionError.
        """
        manifest, content = await self.fetch(source, progress)
        return await open_validated(self.runtime, self.memory, manifest, content)

    async def fetch(
        self, source: Source[B], progress: Progress = no_progress
    ) -> tuple[Manifest, B]:
        """Download and verify a model without storing or opening it. Raises OfflineModelError."""
        manifest = Manifest.parse(await source.manifest())
        writer: VersionWriter[B] = VersionWriter("", manifest, store=None)
        return manifest, await download(source, self.memory, writer, progress)

    async def _open(self, copy: StoredCopy[B], warning: OfflineModelError | None = None) -> Model:
        """Open a stored copy without a self-test.

        `load` and `update` have tested what they stored; what `copy` and `move` stored was not
        tested.
        """
        session = await open_session(self.runtime, self.memory, copy.manifest, copy.content)
        return Model(copy.manifest, session, Origin.STORED, is_stored=True, warning=warning)

    async def _download(
        self, reader: StoredCopyReader[B], source: Source[B], found: ReadResult[B]
    ) -> Model:
        """Download, validate and store a model; if that fails, open the previous version."""
        try:
            manifest = Manifest.parse(await source.manifest())
            store = None if isinstance(found.error, StoreUnavailable) else self.store
            writer = VersionWriter(reader.name, manifest, store, found.is_empty)
            content = await download(source, self.memory, writer, reader.progress)
        except (FetchError, IntegrityError, ManifestError, SessionError) as error:
            if previous := await self._open_previous(reader, found.head, error):
                return previous
            if isinstance(found.error, SessionError):
                raise found.error from error
            raise ModelUnavailable(error) from error
        try:
            model = await open_validated(self.runtime, self.memory, manifest, content)
        except (ManifestError, SelfTestFailed, SessionError) as error:
            if previous := await self._open_previous(reader, found.head, error):
                return previous
            if isinstance(error, ManifestError):
                raise ModelUnavailable(error) from error
            raise
        await self._commit_download(writer, found)
        warning = found.error if writer.is_committed else writer.error or found.error
        return replace(
            model, origin=Origin.DOWNLOADED, is_stored=writer.is_committed, warning=warning
        )

    async def _commit_download(self, writer: VersionWriter[B], found: ReadResult[B]) -> None:
        """Make the downloaded version the current one; see `Head.repaired_with`."""
        head, sha256 = found.head, writer.manifest.model_sha256
        head_is_unknown = head is None and isinstance(found.error, StoreError)
        if head_is_unknown and writer.store and not writer.error:
            try:
                head = (await self.store.heads()).get(writer.name)
            except StoreError as error:
                writer.error = error
        await writer.commit((head or Head(sha256)).repaired_with(sha256))

    async def _open_previous(
        self, reader: StoredCopyReader[B], head: Head | None, warning: OfflineModelError
    ) -> Model | None:
        """Open the previous version; return None if there is none that can be read."""
        if head:
            found = await reader.previous(head)
            if found.copy:
                return await self._open(found.copy, warning)
        return None

    async def update(self, name: str, source: Source[B]) -> Update:
        """Check for a newer version, download it, validate it and store it.

        The next load opens the newer version; models that are already open do not change. Never
        raises an OfflineModelError: the error is in the result.
        """
        published = None
        try:
            published = Manifest.parse(await source.manifest())
            async with self.store.lock(name):
                return await self._update(name, source, published)
        except OfflineModelError as error:
            return Update(UpdateState.FAILED, published, error)

    async def _update(self, name: str, source: Source[B], published: Manifest) -> Update:
        head = await self._head(name)
        digest = manifest_digest(published)
        if published.model_sha256 in head.refused:
            return Update(UpdateState.ROLLED_BACK, published)
        if digest in head.refused:
            return Update(UpdateState.SELF_TEST_FAILED, published)
        try:
            if published.model_sha256 == head.current:
                await self._replace_manifest(name, published)
                return Update(UpdateState.CURRENT, published)
            return await self._replace(name, source, published, head)
        except SelfTestFailed as error:
            # Refuse the manifest, not the file: a new manifest may correct a wrong self-test.
            await self.store.set_head(name, head.refusing(digest))
            return Update(UpdateState.SELF_TEST_FAILED, published, error)

    async def _replace(
        self, name: str, source: Source[B], published: Manifest, head: Head
    ) -> Update:
        """Download a newer version and make it the current one. Raises SelfTestFailed."""
        writer = VersionWriter(name, published, self.store)
        content = await download(source, self.memory, writer)
        if writer.error is None:
            await self._validate(published, content)
            await writer.commit(head.switched_to(published.model_sha256))
        state = UpdateState.FAILED if writer.error else UpdateState.READY
        return Update(state, published, writer.error)

    async def _replace_manifest(self, name: str, published: Manifest) -> None:
        """Store a new manifest of the current file, if it differs. Raises SelfTestFailed."""
        stored = await self.store.version(name, published.model_sha256)
        if stored and stored.is_complete and stored.manifest != published.to_json():
            content = await self.store.content(name, published.model_sha256)
            if content is None:
                return
            await verify(published.digests, self.memory, content, "the store")
            await self._validate(published, content)
            version = Version.of(
                published,
                stored.saved,
                is_complete=True,
                validator=stored.validator,
                block_digests=await digest_blocks(published.digests, self.memory, content),
            )
            await self.store.put_version(name, published.model_sha256, version)

    async def _validate(self, manifest: Manifest, content: B) -> None:
        model = await open_validated(self.runtime, self.memory, manifest, content)
        await model.session.release()

    async def rollback(self, name: str) -> Manifest:
        """Make the previous version the current one; the next load opens it.

        The version that was rolled back becomes the previous one. `update` does not return to it.

        Returns:
            The manifest of the version that is now the current one.

        Raises:
            NotStored: there is no previous version.
            IntegrityError: the record of the previous version is damaged. Its bytes are not read.
            StoreError: the store failed.

        """
        async with self.store.lock(name):
            head = await self._head(name)
            version = await self.store.version(name, head.previous) if head.previous else None
            if version is None or not version.is_complete or not head.previous:
                raise NotStored(name, "previous version")
            try:
                manifest = version.read()
            except ManifestError as error:
                raise IntegrityError.in_store("its manifest was changed") from error
            await self.store.set_head(name, head.switched_to(head.previous).refusing(head.current))
            return manifest

    async def list(self) -> dict[str, ModelInfo]:
        """Return the stored models by name, without those whose record is damaged.

        The bytes of the models are not read. Raises StoreError.
        """
        infos = {}
        for name, head in (await self.store.heads()).items():
            if info := await self._info(name, head):
                infos[name] = info
        return infos

    async def copy(self, source: Source[B], name: str, progress: Progress = no_progress) -> None:
        """Store a model under a name. Every chunk is verified; the model is not run.

        If a model is already stored under the name, it becomes the previous version, to which
        `rollback` returns. If the copy fails, the source and the stored versions do not change.

        Raises:
            OfflineModelError: the copy failed.

        """
        async with self.store.lock(name):
            await self._copy(source, name, progress)

    async def move(self, name: str, new_name: str, progress: Progress = no_progress) -> None:
        """Store the current version under a new name and remove the old name.

        Both names are locked. Otherwise another tab could store an update under the old name, and
        the move would remove it. If the move fails, the model stays stored under the old name.

        Raises:
            OfflineModelError: the move failed.

        """
        if name == new_name:
            return
        async with AsyncExitStack() as locks:
            for locked_name in sorted((name, new_name)):  # one order in all tabs: no deadlocks
                await locks.enter_async_context(self.store.lock(locked_name))
            await self._copy(self.stored_source(name), new_name, progress)
            await self.store.remove(name)

    async def remove(self, name: str) -> ModelInfo | None:
        """Remove all versions of a model, and the chunks of interrupted downloads.

        Returns:
            Information about the removed model; None if it was damaged.

        Raises:
            NotStored: no model is stored under the name.
            StoreError: the store failed.

        """
        async with self.store.lock(name):
            head = (await self.store.heads()).get(name)
            info = await self._info(name, head) if head else None
            await self.store.remove(name)
            if head is None:
                raise NotStored(name)
            return info

    def stored_source(self, name: str) -> StoredSource[B]:
        """Return a Source that delivers the current version of a stored model, for `copy`."""
        return StoredSource(name, self.store, self.memory)

    async def _copy(self, source: Source[B], name: str, progress: Progress) -> None:
        manifest = Manifest.parse(await source.manifest())
        head = (await self.store.heads()).get(name) or Head(manifest.model_sha256)
        writer = VersionWriter(name, manifest, self.store)
        await download(source, self.memory, writer, progress)
        await writer.commit(head.switched_to(manifest.model_sha256))
        if writer.error:
            raise writer.error

    async def _head(self, name: str) -> Head:
        head = (await self.store.heads()).get(name)
        if head is None:
            raise NotStored(name)
        return head

    async def _info(self, name: str, head: Head) -> ModelInfo | None:
        current = await self._read(name, head.current)
        if current is None:
            return None
        previous = await self._read(name, head.previous) if head.previous else None
        version, manifest = current
        return ModelInfo(
            manifest,
            datetime.fromtimestamp(version.saved, UTC),
            manifest.total_size,
            len(version.manifest.encode()),
            previous[1] if previous else None,
        )

    async def _read(self, name: str, sha256: str) -> tuple[Version, Manifest] | None:
        """Return the record and manifest of a complete version; None if missing or damaged."""
        try:
            version = await self.store.version(name, sha256)
            if version is None or not version.is_complete:
                return None
            return version, version.read()
        except (IntegrityError, ManifestError):
            return None
