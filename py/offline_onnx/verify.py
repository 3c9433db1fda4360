"""Prove that bytes are those of a manifest, chunk by chunk."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError

if TYPE_CHECKING:
    from offline_onnx.manifest import Manifest
    from offline_onnx.parts import Memory, Progress

IN_FLIGHT = 32
"""Digests that are asked for at once; a browser makes a copy of what it digests."""


async def verify[B](
    manifest: Manifest, memory: Memory[B], content: B, where: str, progress: Progress
) -> None:
    """Digest every chunk. Raises IntegrityError that names the first one that is damaged.

    where: what the error says it came from. progress: told how many bytes are proven.
    """
    length = memory.length(content)
    if length != manifest.size:
        raise IntegrityError(where, f"{length} bytes instead of {manifest.size}")
    for batch in batched(range(len(manifest.chunks)), IN_FLIGHT):
        digests = await memory.digests(content, list(map(manifest.span, batch)))
        for index, digest in zip(batch, digests, strict=True):
            if digest != manifest.chunks[index]:
                chunk = f"chunk {index + 1} of {len(manifest.chunks)}"
                raise IntegrityError(where, f"{chunk} has the SHA-256 {digest}")
        progress(manifest.span(batch[-1])[1], manifest.size)
