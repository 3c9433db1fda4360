"""What proves bytes: the digest of each piece of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched

SEAL_STEP = 512 << 10
"""Bytes between two digests of a seal.

Chromium copies what it digests. It has such pieces of memory at hand; for larger ones it gets fresh
memory from the system each time, which costs as much again as the digest itself.
"""
_DIGEST = 64  # characters of a SHA-256 in hexadecimal


@dataclass(frozen=True)
class Proof:
    """The SHA-256, in lower-case hexadecimal, of each piece of some bytes.

    size: bytes of all. step: bytes of a piece; the last one may be shorter.
    """

    size: int
    step: int
    digests: tuple[str, ...]

    @classmethod
    def sealed(cls, size: int, seal: str) -> Proof:
        """Read a seal: the digests of pieces of SEAL_STEP bytes, one after the other."""
        return cls(size, SEAL_STEP, tuple(map("".join, batched(seal, _DIGEST))))

    @property
    def is_complete(self) -> bool:
        """Whether there is a digest for each piece."""
        return len(self.digests) == self.pieces

    @property
    def pieces(self) -> int:
        """Into how many pieces the bytes are cut."""
        return -(-self.size // self.step)

    def span(self, index: int) -> tuple[int, int]:
        """Give where a piece begins, and where it ends."""
        return index * self.step, min((index + 1) * self.step, self.size)
