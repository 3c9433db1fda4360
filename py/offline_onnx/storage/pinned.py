"""A Source that requires a certain SHA-256 of the model of another Source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx.errors import IntegrityError
from offline_onnx.inference.manifest import Manifest

if TYPE_CHECKING:
    from offline_onnx.storage.source import Download, Source


@dataclass(frozen=True)
class PinnedSource[B]:
    """Delivers the model of another Source, which must have a certain SHA-256.

    Attributes:
        source: the other Source.
        sha256: the required `Manifest.model_sha256`, in lower-case hexadecimal.
        address: the address of the other Source, for the error message.

    """

    source: Source[B]
    sha256: str
    address: str

    async def manifest(self) -> str:
        """Return the manifest. Raises IntegrityError if it names another SHA-256."""
        text = await self.source.manifest()
        if (named := Manifest.parse(text).model_sha256) != self.sha256:
            raise IntegrityError(self.address, f"it has the SHA-256 {named}")
        return text

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[B]:
        """Begin to download the file; see `Source.open`."""
        return await self.source.open(manifest, first, validator=validator, fresh=fresh)
