"""Prove that bytes are those that a proof describes, piece by piece; seal what is proven."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError
from offline_onnx.integrity import SEAL_STEP, Proof

if TYPE_CHECKING:
    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.storage.parts import Memory, Progress

IN_FLIGHT = 64
"""Digests that are asked for at once; a browser makes a copy of what it digests."""


async def verify[B](
    proof: Proof, memory: Memory[B], content: B, where: str, progress: Progress
) -> None:
    """Digest every piece. Raises IntegrityError that names the first one that is damaged.

    where: what the error says it came from. progress: told how many bytes are proven.
    """
    length = memory.length(content)
    if length != proof.size:
        raise IntegrityError(where, f"{length} bytes instead of {proof.size}")
    for batch in batched(enumerate(proof.digests), IN_FLIGHT):
        spans = [proof.span(index) for index, _ in batch]
        for (index, expected), digest in zip(
            batch, await memory.digests(content, spans), strict=True
        ):
            if digest != expected:
                piece = f"piece {index + 1} of {len(proof.digests)}"
                raise IntegrityError(where, f"{piece} has the SHA-256 {digest}")
        progress(spans[-1][1], proof.size)


async def seal[B](manifest: Manifest, memory: Memory[B], content: B) -> str:
    """Digest a version whose chunks are verified once more, in pieces that are read fast later on.

    Where the chunks are as small, they do as well: the seal is "".
    """
    if manifest.chunk_size <= SEAL_STEP:
        return ""
    cut = Proof.sealed(manifest.size, "")
    digests = []
    for batch in batched(range(cut.pieces), IN_FLIGHT):
        digests += await memory.digests(content, list(map(cut.span, batch)))
    return "".join(digests)
