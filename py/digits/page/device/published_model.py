"""The model that is published with the page: downloaded, stored on this device, and updated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from js import URL, document

from digits.app import Listeners
from offline_onnx import Origin
from offline_onnx.browser import Models, persist
from offline_onnx.storage.source import SCHEME

if TYPE_CHECKING:
    from offline_onnx import Manifest, Model, ModelInfo, Update
    from offline_onnx.integrity import Progress

DATABASE = "offline-digits"
NAME = "digits"
STORED = f"{SCHEME}{NAME}"


class PublishedModel:
    """The published model and its stored copy.

    Attributes:
        update: What the last look for a newer version has found; None before the first.
        update_found: Called after each look for a newer version.

    """

    def __init__(self, folder: str) -> None:
        """Describe where the model is published.

        Args:
            folder: The folder of its manifest, relative to the page.

        """
        self.update: Update | None = None
        self.update_found = Listeners()
        self._models = Models(database=DATABASE)
        self._asking: asyncio.Task[bool] | None = None
        self._address = str(URL.new(f"{folder}{NAME}.json", document.baseURI).href)

    async def load(self, progress: Progress) -> Model:
        """Load the stored model, or else the published one, as `Models.load` does.

        With a stored model, ask for persistent storage: a visitor who returns has a reason to want
        the model to stay on the device.

        Raises:
            OfflineModelError: There is no model, or it can't be run.

        """
        model = await self._models.load(
            self._address, name=NAME, progress=progress, on_update=self._found
        )
        if model.origin is Origin.STORED:
            self._asking = asyncio.create_task(persist())
        return model

    async def stored(self) -> ModelInfo | None:
        """Return what is stored, None if nothing is.

        Raises:
            StoreError: The store can't be read.

        """
        return (await self._models.list()).get(STORED)

    async def look_for_update(self) -> Update:
        """Look for a newer version now. It is used from the next load on."""
        update = await self._models.update(self._address, name=NAME)
        self._found(update)
        return update

    async def roll_back(self) -> Manifest:
        """Use the previous version from the next load on, and return its manifest.

        Raises:
            NotStored: There is no previous version.
            IntegrityError: It is damaged.
            StoreError: The store can't be changed.

        """
        return await self._models.rollback(STORED)

    async def remove(self) -> None:
        """Remove all stored versions.

        Raises:
            NotStored: Nothing is stored.
            StoreError: The store can't be changed.

        """
        await self._models.remove(STORED)

    async def save(self) -> None:
        """Save the stored model, or else the published one, as files of the user's.

        Raises:
            OfflineModelError: There is no model.

        """
        source = STORED if await self.stored() else self._address
        await self._models.copy(source, "downloads://")

    def _found(self, update: Update) -> None:
        self.update = update
        self.update_found.notify()
