"""The page's own model: published beside the page, kept on this device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import URL, document

from offline_onnx.browser import Models
from offline_onnx.storage.library import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_onnx import Manifest, Model, ModelInfo, Update
    from offline_onnx.storage.parts import Progress

DATABASE = "offline-digits"
NAME = "digits"
KEPT = f"{SCHEME}{NAME}"


class OwnModel:
    """What can be done with it. folder: where it is published, as seen from the page."""

    def __init__(self, folder: str) -> None:
        self._models = Models(database=DATABASE)
        self._published = str(URL.new(f"{folder}{NAME}.json", document.baseURI).href)

    async def load(self, progress: Progress, on_update: Callable[[Update], None]) -> Model:
        """Load it, as `Models.load` does."""
        return await self._models.load(
            self._published, name=NAME, progress=progress, on_update=on_update
        )

    async def kept(self) -> ModelInfo | None:
        """Tell what is kept; None if nothing is. Raises StoreError."""
        return (await self._models.list()).get(KEPT)

    async def update(self) -> Update:
        """Look for a newer version now; it is used from the next load on."""
        return await self._models.update(self._published, name=NAME)

    async def roll_back(self) -> Manifest:
        """Have the version before used from the next load on; give its manifest.

        Raises NotStored, IntegrityError, StoreError.
        """
        return await self._models.rollback(KEPT)

    async def remove(self) -> None:
        """Remove what is kept, all versions of it. Raises NotStored, StoreError."""
        await self._models.remove(KEPT)

    async def save(self) -> None:
        """Hand what is kept to the user, else what is published. Raises OfflineModelError."""
        await self._models.copy(KEPT if await self.kept() else self._published, "downloads://")
