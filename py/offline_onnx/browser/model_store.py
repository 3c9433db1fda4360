"""`BrowserModelStore`, the class by which a page loads models and manages the stored ones."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from offline_onnx.browser.files import check_document, save_files
from offline_onnx.browser.http import HttpSource, absolute_url, name_of
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.runtime import WebMemory, WebRuntime, subtle_crypto
from offline_onnx.errors import AddressError, SessionError
from offline_onnx.inference.model import Origin
from offline_onnx.integrity import no_progress
from offline_onnx.storage.model_store import ModelStore, Update, UpdateState
from offline_onnx.storage.source import STORED_SCHEME, stored_name

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.inference.model import Model
    from offline_onnx.integrity import Progress
    from offline_onnx.storage.model_store import ModelInfo
    from offline_onnx.storage.source import Source

DATABASE = "offline-onnx"
"""The default name of the IndexedDB database."""
DOWNLOADS_SCHEME = "downloads://"


class BrowserModelStore:
    """Loads models and manages the stored models of this site.

    An address is indexeddb://NAME for a stored model, or the URL of a manifest. `progress` is
    called with the number of bytes verified so far and the size of the model.

    Args:
        database: the name of the IndexedDB database.
        headers: HTTP headers that are sent with every request.
        credentials: "omit", "same-origin" or "include", as in `fetch`.
        runtime: the onnxruntime-web module that runs the models, such as the result of
            `isolated_runtime`. By default, the first of these that exists: the module
            `onnxruntime_web`, which the page has registered; the module of this name in PyScript's
            `js_modules`; the global `ort`; the package `offline_onnx_runtime`.
        base: the base URL of relative addresses. By default, it is the address of the page or of
            the worker's script. In a worker that was started from a Blob, there is no default: pass
            the page's address, or load from absolute addresses.

    Attributes:
        model_store: the stored models, by name; its methods take any Source.

    Raises:
        BaseMissing: `base` is not an absolute URL.

    """

    def __init__(
        self,
        *,
        database: str = DATABASE,
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
        runtime: Any = None,
        base: str | None = None,
    ) -> None:
        self._runtime = WebRuntime(runtime)
        self.model_store: ModelStore[Any] = ModelStore(
            IndexedDBStore(database), WebMemory(), self._runtime
        )
        self._base = None if base is None else str(absolute_url(base, base).href)
        self._headers = headers
        self._credentials = credentials
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(
        self,
        source: str | Source[Any],
        *,
        name: str | None = None,
        progress: Progress = no_progress,
        on_update: Callable[[Update], None] = lambda _: None,
    ) -> Model:
        """Load a model and open a session for it.

        If the model is stored, open the stored copy at once and check for a newer version in the
        background. Otherwise, download the model, run its self-test and store it. At an address
        indexeddb://NAME, only open the stored copy.

        Args:
            source: an address, or a Source such as a FileSource.
            name: the name to store the model under; by default, the URL of the manifest. Without a
                name, a model from a Source is not stored.
            progress: see the class.
            on_update: called with the result of the background check for a newer version.

        Raises:
            ModelUnavailable: the model is not stored and can't be downloaded.
            NotStored: no model is stored at the address indexeddb://NAME.
            StoreError: the model at the address indexeddb://NAME can't be read.
            IntegrityError: the model at the address indexeddb://NAME, or a model from a Source
                without a `name`, is damaged.
            FetchError: a model from a Source without a `name` can't be read.
            ManifestError: a manifest from a Source without a `name` is invalid.
            SelfTestFailed: the model does not return the expected results.
            SessionError: the model can't be opened or run, or the page is on plain http.
            RuntimeMissing: there is no onnxruntime-web.
            AddressError: the address has no folder for the model's file.
            BaseMissing: the address is relative, and there is no base for it.

        """
        # Before anything is downloaded, raise the errors of a page that can't run models.
        subtle_crypto()  # on plain http
        await self._runtime.find()  # without a runtime
        if isinstance(source, str) and source.startswith(STORED_SCHEME):
            return await self.model_store.load_stored(stored_name(source), progress)
        if name is None and not isinstance(source, str):
            return await self.model_store.load_unstored(source, progress)
        name = name or self._name_of(source)
        model = await self.model_store.load(name, self._source(source), progress)
        if model.origin is Origin.STORED:
            self._run_in_background(self._update(source, name, on_update))
        return model

    async def update(self, source: str | Source[Any], *, name: str | None = None) -> Update:
        """Check for a newer version of a stored model now; the next load uses it.

        Raises AddressError if the address can't be that of a manifest. All other errors are in the
        result.
        """
        name, opened = name or self._name_of(source), self._source(source)
        try:  # as in `load`
            subtle_crypto()
            await self._runtime.find()
        except SessionError as error:
            return Update(UpdateState.FAILED, None, error)
        return await self.model_store.update(name, opened)

    async def rollback(self, address: str) -> Manifest:
        """Make the previous version the current one; see `ModelStore.rollback`."""
        return await self.model_store.rollback(stored_name(address))

    async def list(self) -> dict[str, ModelInfo]:
        """Return the stored models, by address. Raises StoreError."""
        infos = await self.model_store.list()
        return {STORED_SCHEME + name: info for name, info in infos.items()}

    async def copy(
        self, source: str | Source[Any], destination: str, progress: Progress = no_progress
    ) -> None:
        """Copy a model to indexeddb://NAME, or to the user's disk with downloads://.

        If a model is already stored under NAME, it becomes the previous version, to which
        `rollback` returns. Every chunk is verified; the model is not run. If the copy fails, the
        source and the stored versions do not change.

        Raises:
            DocumentMissing: Python runs in a worker, which can't save files to disk.
            OfflineModelError: the copy failed.

        """
        subtle_crypto()  # raises SessionError on plain http, before anything is downloaded
        if destination.startswith(DOWNLOADS_SCHEME):
            check_document(destination)
            await save_files(*await self.model_store.fetch(self._source(source), progress))
        else:
            name = stored_name(destination)
            await self.model_store.copy(self._source(source), name, progress)

    async def move(self, source: str, destination: str, progress: Progress = no_progress) -> None:
        """Rename a stored model. If the move fails, the model stays under its old name.

        Raises:
            AddressError: an address is not indexeddb://NAME.
            OfflineModelError: the move failed.

        """
        if destination.startswith(DOWNLOADS_SCHEME):
            raise AddressError(
                "A model can't be moved to disk, because the page can't check whether the files "
                "were saved: copy it, and remove it after they are saved.",
                destination,
            )
        await self.model_store.move(stored_name(source), stored_name(destination), progress)

    async def remove(self, address: str) -> ModelInfo | None:
        """Remove a stored model, with all versions; see `ModelStore.remove`."""
        return await self.model_store.remove(stored_name(address))

    def _source(self, source: str | Source[Any]) -> Source[Any]:
        if not isinstance(source, str):
            return source
        if source.startswith(STORED_SCHEME):
            return self.model_store.stored_source(stored_name(source))
        address = str(absolute_url(source, self._base).href)
        return HttpSource(address, self._headers, self._credentials)

    def _name_of(self, source: str | Source[Any]) -> str:
        """Return the default name of a model: the URL of its manifest, without query and fragment.

        Raises AddressError for a Source.
        """
        if not isinstance(source, str):
            raise AddressError("A Source has no address: pass the `name` to store the model under.")
        return name_of(absolute_url(source, self._base))

    async def _update(
        self, source: str | Source[Any], name: str, report: Callable[[Update], None]
    ) -> None:
        report(await self.update(source, name=name))

    def _run_in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
