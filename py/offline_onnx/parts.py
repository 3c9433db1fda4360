"""What the loader is put together from: a store that keeps models, a source that gives them.

`B` is the type of a model's bytes: `bytes` on CPython, an ArrayBuffer in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from offline_onnx.manifest import Manifest


@dataclass(frozen=True)
class StoredModel[B]:
    """What the store keeps: the manifest's JSON and the bytes it describes."""

    manifest: str
    content: B


class Store[B](Protocol):
    """Keeps models by name. Every method raises StoreError when it fails."""

    async def get(self, name: str) -> StoredModel[B] | None:
        """Give what is stored under the name, if anything is.

        Raises IntegrityError if the record is no model at all.
        """
        ...

    async def put(self, name: str, model: StoredModel[B]) -> None:
        """Store the model under the name, whole or not at all."""
        ...

    async def remove(self, name: str) -> None:
        """Remove what is stored under the name, if anything is."""
        ...


class Source[B](Protocol):
    """Where a model is downloaded from."""

    async def manifest(self) -> str:
        """Fetch the manifest's JSON. Raises FetchError."""
        ...

    async def content(self, manifest: Manifest, *, fresh: bool) -> B:
        """Fetch the file that the manifest names; if `fresh`, past every cache.

        Raises FetchError, or IntegrityError if its length is not the manifest's.
        """
        ...
