"""What the library is put together from: a store that keeps models, a source that gives them.

`B` is the type of a model's bytes: `bytearray` on CPython, a Uint8Array in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.versions import Head, Version

    type Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Tell nobody how many bytes of how many are there."""


class Memory[B](Protocol):
    """Where bytes lie while they are loaded, and how they are digested."""

    def allocate(self, size: int) -> B:
        """Give room for so many bytes. Raises SessionError if there is not as much memory."""
        ...

    def length(self, content: B) -> int:
        """Give the number of bytes."""
        ...

    def part(self, content: B, start: int, stop: int) -> B:
        """Give the bytes from start to stop, without a copy where that is possible."""
        ...

    def write(self, content: B, start: int, chunk: B) -> None:
        """Copy a chunk to its place."""
        ...

    async def digests(self, content: B, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Give the SHA-256 of the bytes from start to stop of each span, in hexadecimal."""
        ...


@dataclass(frozen=True)
class InUse[B]:
    """What is in use under a name.

    version: None if its record is gone, or is none. read: gives its bytes, None if these are gone.
    """

    head: Head
    version: Version | None
    read: Callable[[], Awaitable[B | None]]


class Store[B](Protocol):
    """Keeps versions of models by name. Every method raises StoreError when it fails.

    What is read is as it was stored; nothing is verified here. Methods that find a record of
    another form than they wrote raise IntegrityError.
    """

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold the only right, among all tabs, to change what is stored under the name."""
        ...

    async def room(self) -> int | None:
        """Tell how many bytes can still be stored, if that is known."""
        ...

    async def was_kept(self, name: str) -> bool:
        """Tell whether a model was once kept here and never removed by us."""
        ...

    async def in_use(self, name: str) -> InUse[B] | None:
        """Give what is in use under a name, if anything is, all of it as of one moment."""
        ...

    async def heads(self) -> dict[str, Head]:
        """Give every name, with what is in use under it."""
        ...

    async def set_head(self, name: str, head: Head) -> None:
        """Say what is in use; drop what is stored under the name and not named by the head."""
        ...

    async def version(self, name: str, sha256: str) -> Version | None:
        """Give what is known of a version, whole or not."""
        ...

    async def describe(self, name: str, sha256: str, version: Version) -> None:
        """Write what is known of a version, before its first chunk."""
        ...

    async def content(self, name: str, sha256: str) -> B | None:
        """Give the bytes of a whole version."""
        ...

    async def chunk(self, name: str, sha256: str, index: int) -> B | None:
        """Give a chunk of a version that is not whole yet."""
        ...

    async def put_chunks(self, name: str, sha256: str, chunks: Mapping[int, B]) -> None:
        """Store chunks, by their numbers, of a version that is not whole yet."""
        ...

    async def commit(self, name: str, sha256: str, version: Version, head: Head) -> None:
        """Make a version whole out of its chunks, and set the head, in one transaction."""
        ...

    async def discard(self, name: str, sha256: str) -> None:
        """Remove a version, whole or not."""
        ...

    async def remove(self, name: str) -> None:
        """Remove all that is stored under the name."""
        ...


@dataclass(frozen=True)
class Download[B]:
    """An answer under way: its chunks in order, beginning with the one numbered `first`.

    validator: what has to be shown to go on with this very file later, "" if nothing is known.
    """

    first: int
    validator: str
    chunks: AsyncGenerator[B]


class Source[B](Protocol):
    """Where a model comes from. Write one of your own to load from anywhere else."""

    async def manifest(self) -> str:
        """Fetch the manifest's JSON. Raises FetchError."""
        ...

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[B]:
        """Begin to fetch the file that the manifest names, from the chunk `first` on or before.

        validator: of the download that is gone on with. fresh: pass every cache by. Raises
        FetchError, as the iteration over the chunks does.
        """
        ...
