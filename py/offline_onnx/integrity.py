"""Digests: prove that bytes are the expected ones, block by block.

Everything that digests or verifies bytes is here. The bytes themselves belong to a `Memory`: `B` is
`bytearray` on CPython and a Uint8Array in the browser.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from offline_onnx.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    type Progress = Callable[[int, int], None]

BLOCK_SIZE = 512 << 10
"""Bytes of a block that a stored copy is verified by.

Chromium copies what it digests. It reuses memory for copies of this size; for larger ones it asks
the system for new memory each time, which takes as long as the digest itself.
"""
MOST_AT_ONCE = 64
"""Digests that are requested at once: the browser copies the bytes of each."""
_HEX_DIGITS = 64  # of a SHA-256


def no_progress(_done: int, _total: int) -> None:
    """Ignore progress."""


class Memory[B](Protocol):
    """Allocates, copies and digests the bytes of models."""

    def allocate(self, size: int) -> B:
        """Return `size` bytes. Raises SessionError if there is not enough memory."""
        ...

    def length(self, content: B) -> int:
        """Return the number of bytes."""
        ...

    def part(self, content: B, start: int, stop: int) -> B:
        """Return the bytes from `start` to `stop`, without a copy where that is possible."""
        ...

    def write(self, content: B, start: int, chunk: B) -> None:
        """Copy a chunk to the position `start` of the content."""
        ...

    async def digests(self, content: B, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Return the SHA-256 of each span (start, stop), in lower-case hexadecimal."""
        ...


@dataclass(frozen=True)
class BlockDigests:
    """The SHA-256 of each block of a file, in lower-case hexadecimal.

    Attributes:
        size: bytes of the whole file.
        block_size: bytes of a block; the last one may be shorter.
        digests: one for each block.

    """

    size: int
    block_size: int
    digests: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of blocks."""
        return -(-self.size // self.block_size)

    def span(self, index: int) -> tuple[int, int]:
        """Return where a block starts and where it stops."""
        return index * self.block_size, min((index + 1) * self.block_size, self.size)


def sha256(content: bytes | bytearray) -> str:
    """Return the SHA-256 of bytes on Python's side, in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


async def verify[B](
    expected: BlockDigests,
    memory: Memory[B],
    content: B,
    origin: str,
    progress: Progress = no_progress,
) -> None:
    """Verify every block.

    Args:
        expected: the digests of the blocks.
        memory: digests the content.
        content: the bytes of the whole file.
        origin: where they were read from, for the error.
        progress: called with the bytes that are verified so far, and with their total.

    Raises:
        IntegrityError: the length or a digest differs; it names the first block that does.

    """
    length = memory.length(content)
    if length != expected.size:
        raise IntegrityError(origin, f"{length} bytes instead of {expected.size}")
    for batch in batched(enumerate(expected.digests), MOST_AT_ONCE):
        spans = [expected.span(index) for index, _ in batch]
        found = await memory.digests(content, spans)
        for (index, digest), actual in zip(batch, found, strict=True):
            if actual != digest:
                block = f"block {index + 1} of {len(expected.digests)}"
                raise IntegrityError(origin, f"{block} has the SHA-256 {actual}")
        progress(spans[-1][1], expected.size)


async def verify_chunk[B](
    expected: BlockDigests, index: int, memory: Memory[B], chunk: B, origin: str
) -> None:
    """Verify one block that arrived by itself. Raises IntegrityError if it differs."""
    start, stop = expected.span(index)
    name = f"chunk {index + 1} of {expected.count}"
    length = memory.length(chunk)
    if length != stop - start:
        raise IntegrityError(origin, f"{name} has {length} bytes instead of {stop - start}")
    (digest,) = await memory.digests(chunk, [(0, length)])
    if digest != expected.digests[index]:
        raise IntegrityError(origin, f"{name} has the SHA-256 {digest}")


async def verify_whole[B](digest: str, memory: Memory[B], content: B, origin: str) -> None:
    """Verify a file by its one digest. Raises IntegrityError if it differs."""
    (actual,) = await memory.digests(content, [(0, memory.length(content))])
    if actual != digest:
        raise IntegrityError(origin, f"the whole file has the SHA-256 {actual}")


async def digest_blocks[B](chunks: BlockDigests, memory: Memory[B], content: B) -> str:
    """Digest verified content again, in blocks that are fast to verify on later loads.

    Args:
        chunks: the digests that the content was verified by.
        memory: digests the content.
        content: the bytes of the whole file.

    Returns:
        The digests of all blocks, joined; "" if the chunks are small enough to be verified fast.

    """
    if chunks.block_size <= BLOCK_SIZE:
        return ""
    blocks = BlockDigests(chunks.size, BLOCK_SIZE, ())
    digests = []
    for batch in batched(range(blocks.count), MOST_AT_ONCE):
        digests += await memory.digests(content, list(map(blocks.span, batch)))
    return "".join(digests)


def digests_of_stored(chunks: BlockDigests, joined: str) -> BlockDigests:
    """Return the digests that verify a stored copy.

    Args:
        chunks: the digests in its manifest.
        joined: what `digest_blocks` returned when it was stored.

    Raises:
        IntegrityError: a digest is missing.

    """
    if chunks.block_size <= BLOCK_SIZE:
        return chunks
    blocks = BlockDigests(
        chunks.size, BLOCK_SIZE, tuple(map("".join, batched(joined, _HEX_DIGITS)))
    )
    if len(blocks.digests) != blocks.count:
        raise IntegrityError.in_store("a block digest is missing")
    return blocks
