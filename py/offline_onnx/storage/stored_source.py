"""A stored model as the source of a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.errors import NotStored
from offline_onnx.storage.parts import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.parts import Memory, Store


@dataclass(frozen=True)
class StoredSource[B]:
    """The version of a model that is in use, as a Source."""

    name: str
    store: Store[B]
    memory: Memory[B]

    async def manifest(self) -> str:
        """Give the manifest of the version in use. Raises NotStored, StoreError."""
        head = (await self.store.heads()).get(self.name)
        version = await self.store.version(self.name, head.current) if head else None
        if version is None or not version.whole:
            raise NotStored(self.name)
        return version.manifest

    async def open(
        self,
        manifest: Manifest,
        first: int,
        *,
        validator: str = "",
        fresh: bool = False,  # noqa: ARG002  # there is no cache in between
    ) -> Download[B]:
        """Give the chunks of that version. Raises NotStored, StoreError."""
        content = await self.store.content(self.name, manifest.sha256)
        if content is None:
            raise NotStored(self.name)
        return Download(first, validator, self._chunks(manifest, first, content))

    async def _chunks(self, manifest: Manifest, first: int, content: B) -> AsyncGenerator[B]:
        for index in range(first, len(manifest.chunks)):
            yield self.memory.part(content, *manifest.span(index))
