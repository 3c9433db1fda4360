"""A newer version: fetched beside the one in use, tried out, then put in its place at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from offline_onnx.errors import (
    IntegrityError,
    ManifestError,
    NotStored,
    OfflineModelError,
    SelfTestFailed,
)
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import tried_out
from offline_onnx.storage.download import fetch
from offline_onnx.storage.parts import silent
from offline_onnx.storage.saving import Saving
from offline_onnx.storage.versions import Head, Version
from offline_onnx.verify import seal, verify

if TYPE_CHECKING:
    from offline_onnx.inference.session import Runtime
    from offline_onnx.storage.parts import Memory, Progress, Source, Store


class UpdateState(Enum):
    """How a look for a newer version ended."""

    CURRENT = "current"
    """The version in use is the published one."""
    READY = "ready"
    """A newer version is stored; it runs from the next load on."""
    REFUSED = "refused"
    """The published version failed its self-test here, now or before."""
    DECLINED = "declined"
    """The published version was rolled back; `rollback` brings it back."""
    FAILED = "failed"
    """The look, or the download, did not succeed; the fault says why."""


@dataclass(frozen=True)
class Update:
    """What a look for a newer version has found. manifest: the published one, if it was read."""

    state: UpdateState
    manifest: Manifest | None = None
    error: OfflineModelError | None = None

    def __post_init__(self) -> None:
        if self.error:  # the frames that it was raised in hold the bytes of a model
            self.error.with_traceback(None)


@dataclass(frozen=True)
class Updater[B]:
    """Keeps the model under `name` up to date; a page that runs a version goes on with it."""

    name: str
    store: Store[B]
    memory: Memory[B]
    runtime: Runtime[B]
    progress: Progress = silent

    async def update(self, source: Source[B]) -> Update:
        """Look for a newer version and store it if it passes. Never raises OfflineModelError."""
        wanted = None
        try:
            wanted = Manifest.parse(await source.manifest())
            async with self.store.lock(self.name):
                return await self._update(source, wanted)
        except OfflineModelError as fault:
            return Update(UpdateState.FAILED, wanted, fault)

    async def _update(self, source: Source[B], wanted: Manifest) -> Update:
        head = await _head(self.store, self.name)
        described = Version.of(wanted, 0, whole=False).digest
        if wanted.sha256 in head.refused:
            return Update(UpdateState.DECLINED, wanted)
        if described in head.refused:
            return Update(UpdateState.REFUSED, wanted)
        try:
            if wanted.sha256 == head.current:
                await self._describe_anew(wanted)
                return Update(UpdateState.CURRENT, wanted)
            return await self._replace(source, wanted, head)
        except SelfTestFailed as fault:
            # A mended manifest gets another chance.
            await self.store.set_head(self.name, head.refusing(described))
            return Update(UpdateState.REFUSED, wanted, fault)

    async def _replace(self, source: Source[B], wanted: Manifest, head: Head) -> Update:
        """Fetch a newer version and put it in use. Raises SelfTestFailed."""
        saving = Saving(self.name, wanted, self.store)
        content = await fetch(source, self.memory, saving, self.progress)
        if saving.fault is None:
            await self._try_out(wanted, content)
            await saving.commit(Head(wanted.sha256, head.current, head.refused))
        state = UpdateState.FAILED if saving.fault else UpdateState.READY
        return Update(state, wanted, saving.fault)

    async def _describe_anew(self, wanted: Manifest) -> None:
        """Take over what was changed without the file, such as labels. Raises SelfTestFailed."""
        stored = await self.store.version(self.name, wanted.sha256)
        if stored and stored.whole and stored.manifest != wanted.to_json():
            content = await self.store.content(self.name, wanted.sha256)
            if content is None:
                return
            await verify(wanted.proof, self.memory, content, "the store", self.progress)
            await self._try_out(wanted, content)
            anew = Version.of(
                wanted,
                stored.saved,
                whole=True,
                validator=stored.validator,
                seal=await seal(wanted, self.memory, content),
            )
            await self.store.describe(self.name, wanted.sha256, anew)

    async def _try_out(self, wanted: Manifest, content: B) -> None:
        model = await tried_out(self.runtime, wanted, content)
        await model.session.release()


async def rollback[B](store: Store[B], name: str) -> Manifest:
    """Put the previous version back in use, from the next load on; give its manifest.

    The version that was in use is not fetched again by itself. Raises NotStored if there is no
    previous version, IntegrityError if it is damaged, StoreError.
    """
    async with store.lock(name):
        head = await _head(store, name)
        version = await store.version(name, head.previous) if head.previous else None
        if version is None or not version.whole or not head.previous:
            raise NotStored(f"{name}, the version before")
        try:
            manifest = version.read()
        except ManifestError as error:
            raise IntegrityError("the store", "its manifest was changed") from error
        refused = tuple(r for r in head.refused if r != head.previous)
        back = Head(head.previous, head.current, refused).refusing(head.current)
        await store.set_head(name, back)
        return manifest


async def _head[B](store: Store[B], name: str) -> Head:
    head = (await store.heads()).get(name)
    if head is None:
        raise NotStored(name)
    return head
