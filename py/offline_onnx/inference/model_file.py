"""The description of a model's file in a manifest: its name, size and digests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.errors import ManifestError
from offline_onnx.inference.json_fields import wrong_value_error
from offline_onnx.integrity import BlockDigests
from offline_onnx.integrity import sha256 as digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx.inference.json_fields import Fields

_MAX_CHUNKS = 10_000
"""Maximum number of chunks of a file. With more and smaller chunks, verifying would take longer
than downloading."""
# Compiled on import, so that a page's snapshot of Python's memory has the compiled patterns.
_DIGEST_PATTERN = re.compile(r"[0-9a-f]{64}")
_FILE_PATTERN = re.compile(r"(?!\.+$)[^/\\?#:\0]+")
"""The name of a file in the manifest's folder: not a path, not a URL."""


@dataclass(frozen=True)
class ModelFile:
    """A file in the folder of its manifest.

    Attributes:
        file: the name of the file.
        size: the size in bytes.
        sha256: the SHA-256 in lower-case hexadecimal.
        chunk_size: the size of a chunk in bytes; the last chunk may be shorter.
        chunks: the SHA-256 of each chunk.

    """

    file: str
    size: int
    sha256: str
    chunk_size: int
    chunks: tuple[str, ...]

    @classmethod
    def parse(cls, fields: Fields) -> ModelFile:
        """Parse the fields of a file. Raises ManifestError; it names the first wrong field."""
        size, sha256 = fields.count("size"), fields.text("sha256", _DIGEST_PATTERN)
        chunk_size, chunks = _chunks(fields, size, sha256)
        return cls(fields.text("file", _FILE_PATTERN), size, sha256, chunk_size, chunks)

    @classmethod
    def of(cls, file: str, content: bytes, chunk_size: int) -> ModelFile:
        """Return the description of a file with this name and content."""
        starts = range(0, len(content), chunk_size)
        chunks = tuple(digest_of(content[start : start + chunk_size]) for start in starts)
        return cls(file, len(content), digest_of(content), chunk_size, chunks)

    @property
    def digests(self) -> BlockDigests:
        """The digests of the chunks."""
        return BlockDigests(self.size, self.chunk_size, self.chunks)

    def span(self, index: int) -> tuple[int, int]:
        """Return the start and the stop position of a chunk in the file."""
        return self.digests.span(index)


def model_sha256(files: Sequence[ModelFile]) -> str:
    """Return the SHA-256 by which a model is identified; see `Manifest.model_sha256`."""
    if len(files) == 1:
        return files[0].sha256
    return digest_of("".join(file.sha256 for file in files).encode())


def is_file_name(name: str) -> bool:
    """Return whether a manifest may name such a file."""
    return bool(_FILE_PATTERN.fullmatch(name))


def _chunks(fields: Fields, size: int, sha256: str) -> tuple[int, tuple[str, ...]]:
    """Return the size of a chunk and the digest of each chunk."""
    if not fields.has("chunks"):
        return size, (sha256,)
    chunk_size, chunks = fields.count("chunk_size"), fields.items("chunks", str)
    expected = -(-size // chunk_size)
    if expected > _MAX_CHUNKS:
        raise ManifestError(
            f"A file of {size} bytes has {expected} chunks of {chunk_size} bytes; at most "
            f"{_MAX_CHUNKS} are allowed."
        )
    if len(chunks) != expected:
        raise ManifestError(
            f"The manifest lists {len(chunks)} chunks; a file of {size} bytes needs {expected} "
            f"chunks of {chunk_size} bytes."
        )
    for chunk in chunks:
        if not _DIGEST_PATTERN.fullmatch(chunk):
            raise wrong_value_error("an item of `chunks`", chunk)
    return chunk_size, tuple(chunks)
