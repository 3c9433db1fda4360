"""The records of stored models, and the protocol `Store`.

A model is stored under a name, in up to two versions: the current one and the previous one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from offline_onnx.errors import IntegrityError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.integrity import digests_of_stored, sha256

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.integrity import Digests

MAX_REFUSED = 20
"""Maximum number of refused digests in a head; the oldest are forgotten first."""


@dataclass(frozen=True)
class Head:
    """The versions that are stored under a name. A version's key is its `Manifest.model_sha256`.

    Attributes:
        current: the key of the version that `load` opens.
        previous: the key of the version that `rollback` returns to; None if there is none.
        refused: digests of versions that `update` does not download: the SHA-256 of each version
            that was rolled back, and of each manifest whose self-test failed on this device.

    """

    current: str
    previous: str | None = None
    refused: tuple[str, ...] = ()

    def switched_to(self, sha256: str) -> Head:
        """Return the head after a switch to a version; the current one becomes the previous one."""
        previous = self.previous if sha256 == self.current else self.current
        return Head(sha256, previous, self._refused_without(sha256))

    def repaired_with(self, sha256: str) -> Head:
        """Return the head after a download because the current version is missing or unusable."""
        previous = None if sha256 == self.previous else self.previous
        return Head(sha256, previous, self._refused_without(sha256))

    def refusing(self, digest: str) -> Head:
        """Return the head with one more refused digest."""
        return replace(self, refused=(*self.refused, digest)[-MAX_REFUSED:])

    def _refused_without(self, sha256: str) -> tuple[str, ...]:
        return tuple(digest for digest in self.refused if digest != sha256)


@dataclass(frozen=True)
class Version:
    """The record that is stored beside the bytes of a version.

    Attributes:
        manifest: the manifest's JSON.
        digest: the SHA-256 of the manifest's JSON followed by the block digests.
        saved: the time when the version was stored, in seconds since 1970.
        is_complete: False until all files are stored and verified.
        validator: the ETag or date that the server sent with the file; "" if it sent neither. If
            the model has several files, one line for each.
        block_digests: the SHA-256 of each block of the bytes, concatenated: later loads verify the
            bytes by them. "" if the chunks are as small as blocks, so that their digests suffice.

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
        """Return the record of the version that the manifest describes."""
        text = manifest.to_json()
        digest = sha256((text + block_digests).encode())
        return cls(text, digest, saved, is_complete, validator, block_digests)

    def read(self) -> Manifest:
        """Return the manifest.

        Raises:
            IntegrityError: the manifest or the block digests are damaged.
            ManifestError: the manifest can't be parsed.

        """
        text = self.manifest + self.block_digests
        if sha256(text.encode(errors="replace")) != self.digest:  # damaged text may not be Unicode
            raise IntegrityError.in_store("its manifest was changed")
        return Manifest.parse(self.manifest)

    def digests(self, manifest: Manifest) -> Digests:
        """Return the digests that verify the stored bytes.

        Args:
            manifest: the result of `read`.

        """
        return digests_of_stored(manifest.digests, self.block_digests)


def manifest_digest(manifest: Manifest) -> str:
    """Return the digest that `Head.refused` holds if this manifest is refused."""
    return sha256(manifest.to_json().encode())


@dataclass(frozen=True)
class CurrentVersion[B]:
    """The current version under a name.

    Attributes:
        head: the head of the model; None if only interrupted downloads are stored.
        version: the record of the current version; None if it is missing or damaged.
        read: begins to read the bytes of the current version; the result is None if they are
            missing.

    """

    head: Head | None
    version: Version | None
    read: Callable[[], Awaitable[B | None]]


class Store[B](Protocol):
    """Stores versions of models by name. Every method may raise StoreError.

    The bytes of a version are those of all its files, one after another. A store does not verify
    them: it returns them as they were stored. A method that reads a record of an unknown format
    raises IntegrityError, unless its description says something else.
    """

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the lock of a name, which all tabs share, while a stored model is changed."""
        ...

    async def free_bytes(self) -> int | None:
        """Return the number of bytes that can still be stored; None if unknown."""
        ...

    async def was_stored(self, name: str) -> bool:
        """Return whether a model was stored under the name and not removed by this library."""
        ...

    async def current(self, name: str) -> CurrentVersion[B] | None:
        """Return the current version, read in one transaction.

        Return None if nothing is stored under the name, not even a part of a download. A version
        whose record has an unknown format counts as damaged.
        """
        ...

    async def heads(self) -> dict[str, Head]:
        """Return the head of every name, without records of an unknown format."""
        ...

    async def set_head(self, name: str, head: Head) -> None:
        """Replace the head, and delete all versions except its current and previous one."""
        ...

    async def version(self, name: str, sha256: str) -> Version | None:
        """Return the record of a version, complete or not."""
        ...

    async def put_version(self, name: str, sha256: str, version: Version) -> None:
        """Store the record of a version. A version's record is stored before its first chunk."""
        ...

    async def content(self, name: str, sha256: str) -> B | None:
        """Return the bytes of a version; None unless they are stored as one file."""
        ...

    async def chunk(self, name: str, sha256: str, index: int) -> B | None:
        """Return a chunk of an incomplete version; None if it is not stored."""
        ...

    def staged(self, content: B) -> Any:
        """Return a copy of bytes for `put_chunks` or `put_content`."""
        ...

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, Any]) -> None:
        """Store chunks of an incomplete version, by index, each a result of `staged`."""
        ...

    async def put_content(
        self, name: str, sha256: str, version: Version, parts: Sequence[Any]
    ) -> None:
        """Store the bytes of an incomplete version as one file, and its record.

        The bytes consist of the parts, in this order, each a result of `staged`.
        """
        ...

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Replace the record and the head, and delete the chunks, in one transaction.

        The bytes of the version are stored as one file already. All versions are deleted except the
        head's current and previous one.
        """
        ...

    async def discard(self, name: str, sha256: str) -> None:
        """Delete a version, complete or not."""
        ...

    async def remove(self, name: str) -> None:
        """Delete everything under the name."""
        ...
