"""Load, store, update and remove the model that is published with the page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from js import URL, document

from digits.app import Listeners
from offline_onnx import Origin
from offline_onnx.browser import BrowserModelStore, persist
from offline_onnx.storage.source import STORED_SCHEME

if TYPE_CHECKING:
    from offline_onnx import Manifest, Model
    from offline_onnx.integrity import Progress
    from offline_onnx.storage.model_store import ModelInfo, Update

DATABASE = "offline-digits"
NAME = "digits"
STORED_ADDRESS = f"{STORED_SCHEME}{NAME}"


class PublishedModel:
    """The published model and its stored copy.

    Attributes:
        update: The result of the last check for a newer version; None before the first check.
        update_checked: Notified after each check for a newer version.

    """

    def __init__(self, folder: str) -> None:
        """Remember where the model is published.

        Args:
            folder: The address of the folder with the model's manifest, relative to the page.

        """
        self.update: Update | None = None
        self.update_checked = Listeners()
        self._models = BrowserModelStore(database=DATABASE)
        self._persist_task: asyncio.Task[bool] | None = None
        self._address = str(URL.new(f"{folder}{NAME}.json", document.baseURI).href)

    async def load(self, progress: Progress) -> Model:
        """Load the stored model; if none is stored, download the published model and store it.

        If a model was stored, the user has visited the page before. In this case, also request
        persistent storage, so that the browser does not delete the model.

        Raises:
            OfflineModelError: The model can't be loaded or can't run.

        """
        model = await self._models.load(
            self._address, name=NAME, progress=progress, on_update=self._set_update
        )
        if model.origin is Origin.STORED:
            self._persist_task = asyncio.create_task(persist())
        return model

    async def stored(self) -> ModelInfo | None:
        """Return information about the stored model; None if no model is stored.

        Raises:
            StoreError: The store can't be read.

        """
        return (await self._models.list()).get(STORED_ADDRESS)

    async def check_for_update(self) -> Update:
        """Check for a newer version now, and store it. The next `load` uses the newer version."""
        update = await self._models.update(self._address, name=NAME)
        self._set_update(update)
        return update

    async def roll_back(self) -> Manifest:
        """Make the next load use the previous version, and return the manifest of that version.

        Raises:
            NotStored: There is no previous version.
            IntegrityError: The previous version is damaged.
            StoreError: The store can't be changed.

        """
        return await self._models.rollback(STORED_ADDRESS)

    async def remove(self) -> None:
        """Remove all stored versions.

        Raises:
            NotStored: Nothing is stored.
            StoreError: The store can't be changed.

        """
        await self._models.remove(STORED_ADDRESS)

    async def save(self) -> None:
        """Save the stored model, or else the published one, as files in the user's downloads.

        Raises:
            OfflineModelError: The model can't be read.

        """
        source = STORED_ADDRESS if await self.stored() else self._address
        await self._models.copy(source, "downloads://")

    def _set_update(self, update: Update) -> None:
        self.update = update
        self.update_checked.notify()
