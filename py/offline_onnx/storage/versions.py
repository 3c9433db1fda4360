"""What is written down of a stored model: which versions there are, and which is in use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from offline_onnx.errors import IntegrityError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.integrity import Proof

REFUSED = 20
"""How many refusals are remembered: a server hardly goes back farther, and a record has to end."""


@dataclass(frozen=True)
class Head:
    """Which version of a model is in use. Versions are named by the SHA-256 of their file.

    previous: the one that `rollback` goes back to. refused: what is not to be fetched again: files,
    by their SHA-256, that were rolled back, and manifests, by theirs, whose self-test failed here.
    """

    current: str
    previous: str | None = None
    refused: tuple[str, ...] = ()

    def after_loss(self, current: str) -> Head:
        """Give the head with a version in place of the one in use, which was lost."""
        previous = None if self.previous == current else self.previous
        return Head(current, previous, tuple(r for r in self.refused if r != current))

    def refusing(self, digest: str) -> Head:
        """Give the head with one more thing that is not to be fetched again."""
        return replace(self, refused=(*self.refused, digest)[-REFUSED:])


@dataclass(frozen=True)
class Version:
    """What is stored beside a version's bytes.

    manifest: its JSON. digest: the SHA-256 of that and the seal. saved: seconds since 1970. whole:
    False while the download goes on. validator: the ETag or date under which its server gave it.
    seal: see `verify.seal`; "" for what needs none, and for what was stored before there were any.
    """

    manifest: str
    digest: str
    saved: float
    whole: bool
    validator: str = ""
    seal: str = ""

    @classmethod
    def of(
        cls, manifest: Manifest, saved: float, *, whole: bool, validator: str = "", seal: str = ""
    ) -> Version:
        """Describe a version of this manifest."""
        text = manifest.to_json()
        return cls(text, _digest(text + seal), saved, whole, validator, seal)

    def read(self) -> Manifest:
        """Give the manifest. Raises IntegrityError if it or the seal was changed, ManifestError."""
        if _digest(self.manifest + self.seal) != self.digest:
            raise IntegrityError("the store", "its manifest was changed")
        return Manifest.parse(self.manifest)

    def proof(self, manifest: Manifest) -> Proof:
        """Give what proves the stored bytes. manifest: what `read` gave."""
        sealed = Proof.sealed(manifest.size, self.seal)
        return sealed if sealed.is_complete else manifest.proof


def _digest(text: str) -> str:
    """Digest a manifest's text, also one with half a character, which was once let through."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
