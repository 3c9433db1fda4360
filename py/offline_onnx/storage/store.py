"""What is recorded of stored models, and the protocol of the storage that records it.

A model is stored under a name, in up to two versions: the current one and the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from offline_onnx.errors import IntegrityError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.integrity import digests_of_stored, sha256

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.integrity import BlockDigests

MOST_REFUSED = 20
"""Digests of refused versions that are remembered, so that the record stays small."""


@dataclass(frozen=True)
class Head:
    """Which versions are stored under a name; each is identified by the SHA-256 of its file.

    Attributes:
        current: the version that is loaded.
        previous: the version that `rollback` returns to.
        refused: what `update` does not download again: the SHA-256 of files that were rolled back,
            and of manifests whose self-test failed here.

    """

    current: str
    previous: str | None = None
    refused: tuple[str, ...] = ()

    def switched_to(self, sha256: str) -> Head:
        """Return the head after an update to another version; the current one becomes previous."""
        previous = self.previous if sha256 == self.current else self.current
        return Head(sha256, previous, self._refused_without(sha256))

    def repaired_with(self, sha256: str) -> Head:
        """Return the head after a download in place of the current version, which is lost."""
        previous = None if sha256 == self.previous else self.previous
        return Head(sha256, previous, self._refused_without(sha256))

    def refusing(self, digest: str) -> Head:
        """Return the head with one more refused digest."""
        return replace(self, refused=(*self.refused, digest)[-MOST_REFUSED:])

    def _refused_without(self, sha256: str) -> tuple[str, ...]:
        return tuple(digest for digest in self.refused if digest != sha256)


@dataclass(frozen=True)
class Version:
    """The record that is stored beside the bytes of a version.

    Attributes:
        manifest: its JSON.
        digest: the SHA-256 of the manifest and the block digests.
        saved: when it was stored, in seconds since 1970.
        is_complete: False until all chunks have arrived and the model is in use.
        validator: the ETag or date that the server sent with the file; "" if none.
        block_digests: see `integrity.digest_blocks`.

    """

    manifest: str
    digest: str
    saved: float
    is_complete: bool
    validator: str = ""
    block_digests: str = ""

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        saved: float,
        *,
        is_complete: bool,
        validator: str = "",
        block_digests: str = "",
    ) -> Version:
        """Return the record for a version of this manifest."""
        text = manifest.to_json()
        digest = sha256((text + block_digests).encode())
        return cls(text, digest, saved, is_complete, validator, block_digests)

    def read(self) -> Manifest:
        """Return the manifest.

        Raises:
            IntegrityError: it or the block digests are damaged.
            ManifestError: it can't be parsed.

        """
        text = self.manifest + self.block_digests
        if sha256(text.encode(errors="replace")) != self.digest:  # damaged text may not be Unicode
            raise IntegrityError.in_store("its manifest was changed")
        return Manifest.parse(self.manifest)

    def digests(self, manifest: Manifest) -> BlockDigests:
        """Return what verifies the stored bytes, given the manifest that `read` returned."""
        return digests_of_stored(manifest.digests, self.block_digests)


def manifest_digest(manifest: Manifest) -> str:
    """Return the digest by which a head refuses a manifest."""
    return sha256(manifest.to_json().encode())


@dataclass(frozen=True)
class CurrentVersion[B]:
    """The current version under a name.

    Attributes:
        head: which versions there are.
        version: the record of the current one; None if it is missing or damaged.
        read: returns its bytes; None if they are missing.

    """

    head: Head
    version: Version | None
    read: Callable[[], Awaitable[B | None]]


class Store[B](Protocol):
    """Stores versions of models by name. Every method may raise StoreError.

    Nothing is verified here: bytes are returned as they are. Methods that find a record in another
    format than they wrote raise IntegrityError.
    """

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the exclusive right, among all tabs, to change what is stored under the name."""
        ...

    async def free_bytes(self) -> int | None:
        """Return how many more bytes can be stored; None if unknown."""
        ...

    async def was_stored(self, name: str) -> bool:
        """Return whether a model was stored and never removed by this library."""
        ...

    async def current(self, name: str) -> CurrentVersion[B] | None:
        """Return the current version under a name, read at one moment; None if there is none."""
        ...

    async def heads(self) -> dict[str, Head]:
        """Return the head of every name."""
        ...

    async def set_head(self, name: str, head: Head) -> None:
        """Replace the head, and delete the versions that the new one does not name."""
        ...

    async def version(self, name: str, sha256: str) -> Version | None:
        """Return the record of a version, complete or not."""
        ...

    async def put_version(self, name: str, sha256: str, version: Version) -> None:
        """Store the record of a version; it is stored before the first chunk."""
        ...

    async def content(self, name: str, sha256: str) -> B | None:
        """Return the bytes of a complete version."""
        ...

    async def chunk(self, name: str, sha256: str, index: int) -> B | None:
        """Return a chunk of an incomplete version."""
        ...

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, B]) -> None:
        """Store chunks of an incomplete version, by index."""
        ...

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Join the chunks to a complete version and replace the head, in one transaction."""
        ...

    async def discard(self, name: str, sha256: str) -> None:
        """Delete a version, complete or not."""
        ...

    async def remove(self, name: str) -> None:
        """Delete everything under the name."""
        ...
