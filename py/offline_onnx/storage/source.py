"""The protocol `Source`, from which models are downloaded, and a Source for stored models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from offline_onnx.errors import AddressError, NotStored

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.integrity import Memory
    from offline_onnx.storage.store import Store

STORED_SCHEME = "indexeddb://"


def stored_name(address: str) -> str:
    """Return the name in indexeddb://NAME. Raises AddressError for other addresses."""
    name = address.removeprefix(STORED_SCHEME)
    if not name or name == address:
        raise AddressError(f"{address!r} is not {STORED_SCHEME}NAME.", address)
    return name


@dataclass(frozen=True)
class Download[B]:
    """A download that has begun.

    Attributes:
        first: the index of the first one of `chunks` among the chunks of all files.
        validator: the ETag or date by which the server identifies this revision of the file when
            the download is resumed; "" if the server sent neither.
        chunks: yields the chunks in order, to the end of the file, or also those of later files.
        whole: the bytes of all files, if they are already in memory. The receiver then uses these
            bytes instead of copying the chunks to new memory.

    """

    first: int
    validator: str
    chunks: AsyncGenerator[B]
    whole: B | None = None


class Source[B](Protocol):
    """Delivers a manifest and its model. Write your own to load models from anywhere."""

    async def manifest(self) -> str:
        """Return the manifest's JSON. Raises FetchError, or another OfflineModelError."""
        ...

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[B]:
        """Begin to download the file that contains the chunk `first`.

        Args:
            manifest: the manifest.
            first: the index of the first chunk that is needed, among the chunks of all files. The
                download may begin earlier, but not in another file.
            validator: `Download.validator` of the download that is resumed.
            fresh: bypass every cache, because a cached response may be damaged.

        Raises:
            FetchError: the download failed. Iterating over the chunks may also raise FetchError.

        """
        ...


@dataclass(frozen=True)
class StoredSource[B]:
    """The current version of a stored model, as a Source."""

    name: str
    store: Store[B]
    memory: Memory[B]

    async def manifest(self) -> str:
        """Return the manifest of the current version. Raises NotStored, StoreError."""
        head = (await self.store.heads()).get(self.name)
        version = await self.store.version(self.name, head.current) if head else None
        if version is None or not version.is_complete:
            raise NotStored(self.name)
        return version.manifest

    async def open(
        self,
        manifest: Manifest,
        first: int,
        *,
        validator: str = "",
        fresh: bool = False,  # noqa: ARG002  # there is no cache to bypass
    ) -> Download[B]:
        """Return the chunks of the version that has this manifest. Raises NotStored, StoreError."""
        content = await self.store.content(self.name, manifest.model_sha256)
        if content is None:
            raise NotStored(self.name)
        return Download(first, validator, self._chunks(manifest, first, content))

    async def _chunks(self, manifest: Manifest, first: int, content: B) -> AsyncGenerator[B]:
        digests = manifest.digests
        for index in range(first, digests.count):
            yield self.memory.part(content, *digests.span(index))
