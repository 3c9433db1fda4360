"""Digest bytes and verify them, block by block.

A block is a span of a model's bytes that has its own digest. The manifest divides each file into
chunks, which are the blocks of a download. A stored copy, all files joined, is verified in blocks
of at most BLOCK_SIZE bytes, which may span two files.

Type variable `B` is the type of a model's bytes: `bytearray` on CPython, Uint8Array in the browser.
A `Memory` allocates, copies and digests these bytes.
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
    type Digests = BlockDigests | JoinedDigests

BLOCK_SIZE = 512 << 10
"""Size in bytes of the blocks by which a stored copy is verified.

Chromium copies the bytes before it digests them. It reuses memory for copies of this size. For
larger copies it allocates new memory each time, which takes as long as the digest itself.
"""
MAX_CONCURRENT_DIGESTS = 64
"""Maximum number of digests that run at the same time; the browser copies the bytes of each."""
MAX_DIGESTED = 1 << 30
"""Maximum number of bytes whose SHA-256 is computed at once: browsers refuse 2 GiB."""
_SHA256_HEX_DIGITS = 64


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
        """Return the bytes from `start` to `stop`, without copying them if possible."""
        ...

    def write(self, content: B, start: int, chunk: B) -> None:
        """Copy a chunk to the position `start` of the content."""
        ...

    async def digests(self, content: B, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Return the SHA-256 of each span (start, stop), in lower-case hexadecimal."""
        ...


@dataclass(frozen=True)
class BlockDigests:
    """The SHA-256 of each block of a model's bytes, in lower-case hexadecimal.

    Attributes:
        size: the size of all blocks together in bytes.
        block_size: the size of a block in bytes; the last block may be shorter.
        digests: the digest of each block.

    """

    size: int
    block_size: int
    digests: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of blocks."""
        return -(-self.size // self.block_size)

    def span(self, index: int) -> tuple[int, int]:
        """Return the start and the stop position of a block in the bytes."""
        return index * self.block_size, min((index + 1) * self.block_size, self.size)


@dataclass(frozen=True)
class JoinedDigests:
    """The block digests of several files whose bytes follow one another.

    Attributes:
        files: the block digests of each file. The last block of each file may be shorter.

    """

    files: tuple[BlockDigests, ...]

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(file.size for file in self.files)

    @property
    def block_size(self) -> int:
        """The largest block size of the files in bytes."""
        return max(file.block_size for file in self.files)

    @property
    def digests(self) -> tuple[str, ...]:
        """The digest of each block of all files."""
        return tuple(digest for file in self.files for digest in file.digests)

    @property
    def count(self) -> int:
        """The number of blocks of all files."""
        return sum(file.count for file in self.files)

    def span(self, index: int) -> tuple[int, int]:
        """Return the start and the stop position of a block in the joined bytes."""
        begin = 0
        for file in self.files:
            if index < file.count:
                start, stop = file.span(index)
                return begin + start, begin + stop
            index -= file.count
            begin += file.size
        raise IndexError("there are not that many blocks")


def sha256(content: bytes | bytearray) -> str:
    """Return the SHA-256 of Python bytes, in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


async def verify[B](
    expected: Digests,
    memory: Memory[B],
    content: B,
    origin: str,
    progress: Progress = no_progress,
) -> None:
    """Verify every block.

    Args:
        expected: the digests of the blocks.
        memory: digests the content.
        content: the bytes of all blocks.
        origin: the source of the bytes, for the error message.
        progress: called with the number of bytes verified so far and the number of all bytes.

    Raises:
        IntegrityError: the length or a digest differs. The message names the first wrong block.

    """
    length = memory.length(content)
    if length != expected.size:
        raise IntegrityError(origin, f"{length} bytes instead of {expected.size}")
    count = expected.count
    for batch in batched(enumerate(expected.digests), MAX_CONCURRENT_DIGESTS):
        spans = [expected.span(index) for index, _ in batch]
        found = await memory.digests(content, spans)
        for (index, digest), actual in zip(batch, found, strict=True):
            if actual != digest:
                block = f"block {index + 1} of {count}"
                raise IntegrityError(origin, f"{block} has the SHA-256 {actual}")
        progress(spans[-1][1], expected.size)


async def verify_whole[B](digest: str, memory: Memory[B], content: B, origin: str) -> None:
    """Verify a file by the digest of all its bytes. Raises IntegrityError if the digest differs.

    The content must have at most MAX_DIGESTED bytes.
    """
    (actual,) = await memory.digests(content, [(0, memory.length(content))])
    if actual != digest:
        raise IntegrityError(origin, f"the whole file has the SHA-256 {actual}")


async def digest_blocks[B](chunks: Digests, memory: Memory[B], content: B) -> str:
    """Digest verified content in blocks of BLOCK_SIZE, which later loads verify.

    Small blocks are verified faster than large chunks; see BLOCK_SIZE.

    Args:
        chunks: the digests of the chunks, by which the content has been verified.
        memory: digests the content.
        content: the bytes of all chunks.

    Returns:
        The digests of all blocks, concatenated; "" if the size of a chunk is at most BLOCK_SIZE.

    """
    if chunks.block_size <= BLOCK_SIZE:
        return ""
    blocks = BlockDigests(chunks.size, BLOCK_SIZE, ())
    digests = []
    for batch in batched(range(blocks.count), MAX_CONCURRENT_DIGESTS):
        digests += await memory.digests(content, list(map(blocks.span, batch)))
    return "".join(digests)


def digests_of_stored(chunks: Digests, joined: str) -> Digests:
    """Return the digests that verify a stored copy.

    Args:
        chunks: the digests of the chunks, from the manifest of the copy.
        joined: the stored result of `digest_blocks`.

    Raises:
        IntegrityError: the number of block digests is wrong.

    """
    if chunks.block_size <= BLOCK_SIZE:
        return chunks
    blocks = BlockDigests(
        chunks.size, BLOCK_SIZE, tuple(map("".join, batched(joined, _SHA256_HEX_DIGITS)))
    )
    if len(blocks.digests) != blocks.count:
        raise IntegrityError.in_store("a block digest is missing")
    return blocks
