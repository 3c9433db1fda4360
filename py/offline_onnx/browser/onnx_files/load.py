"""Load models and open sessions, from addresses, files and bytes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.model_store import DATABASE, absolute_url, name_of
from offline_onnx.browser.onnx_files.http_file import HttpFile
from offline_onnx.browser.onnx_files.python_files import (
    BYTES,
    copied_bytes,
    is_python_file,
    model_files,
)
from offline_onnx.browser.onnx_files.session import OnnxRuntime
from offline_onnx.browser.runtime import WebMemory, external_files_of, subtle_crypto
from offline_onnx.errors import (
    FetchError,
    IntegrityError,
    ManifestError,
    ModelUnavailable,
    SessionError,
    StoreError,
)
from offline_onnx.inference.model import Model, Origin
from offline_onnx.integrity import no_progress
from offline_onnx.storage.model_store import ModelStore, Update, UpdateState
from offline_onnx.storage.pinned import PinnedSource
from offline_onnx.storage.source import STORED_SCHEME, stored_name
from offline_onnx.storage.undescribed import UndescribedSource, digested, manifest_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from offline_onnx.browser.onnx_files.session import OnnxSession
    from offline_onnx.integrity import Progress
    from offline_onnx.onnxruntime_api.options import SessionOptions
    from offline_onnx.onnxruntime_api.providers import Providers
    from offline_onnx.storage.source import Source

_updates: set[asyncio.Task[None]] = set()
"""The running checks for newer versions."""


async def open_session(
    model: str | os.PathLike[str] | bytes | bytearray | memoryview,
    options: SessionOptions | None,
    providers: Providers | None,
) -> OnnxSession:
    """Open a session; see `InferenceSession.create`."""
    runtime = OnnxRuntime(options, providers)
    if isinstance(model, BYTES):
        return await runtime.open(copied_bytes(model), {})
    if is_python_file(model):
        return await runtime.open(*model_files(model))
    loaded = await _Loader(runtime).load(str(model))
    return cast("OnnxSession", loaded.session)  # what the runtime opens


async def load_model(
    source: str | os.PathLike[str],
    *,
    sha256: str,
    only_if_stored: bool,
    refresh: bool,
    headers: Mapping[str, str] | None,
    progress: Progress,
) -> Model:
    """Load a model; see `offline_onnx.load`."""
    loader = _Loader(OnnxRuntime(), sha256, headers, _only_forward(progress))
    if is_python_file(source):
        return await loader.load_file(source)
    return await loader.load(str(source), only_if_stored=only_if_stored, refresh=refresh)


class _Loader:
    """Loads models with a runtime.

    Args:
        runtime: opens the models.
        sha256: the `Manifest.model_sha256` that a model must have; "" for any.
        headers: HTTP headers that are sent with every request.
        progress: called with the number of bytes and the size of the file.

    """

    def __init__(
        self,
        runtime: OnnxRuntime,
        sha256: str = "",
        headers: Mapping[str, str] | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self._runtime = runtime
        self._store: ModelStore[Any] = ModelStore(_database(), WebMemory(), runtime)
        self._sha256 = sha256.lower()
        self._headers = headers
        self._progress = progress

    async def load(
        self, address: str, *, only_if_stored: bool = False, refresh: bool = False
    ) -> Model:
        """Load a model from an address; store it unless it is stored."""
        subtle_crypto()  # raises an error on plain http, before anything is downloaded
        await self._runtime.find()  # the same, if there is no runtime
        if address.startswith(STORED_SCHEME):
            return await self._load_stored(stored_name(address))
        js_url = absolute_url(address, None)
        name = name_of(js_url)
        if only_if_stored:
            return await self._load_stored(name)
        source = self._source(str(js_url.href), name, is_manifest=js_url.pathname.endswith(".json"))
        update = await self._update_first(name, source, refresh=refresh)
        try:
            model = await self._store.load(name, source, self._progress)
        except ModelUnavailable as error:
            cause = error.__cause__
            is_pin = bool(self._sha256) and isinstance(cause, IntegrityError)
            if cause and (is_pin or isinstance(cause, SessionError)):  # the file has arrived
                raise cause from None
            raise
        model = await self._checked(model, str(js_url.href), update)
        if model.origin is Origin.STORED and not update and not self._sha256:
            task = asyncio.create_task(self._update_later(name, source))
            _updates.add(task)
            task.add_done_callback(_updates.discard)
        return model

    async def load_file(self, path: str | os.PathLike[str]) -> Model:
        """Open a file of Pyodide's file system, without storing it."""
        js_content, external_data = model_files(path)
        session = await self._runtime.open(js_content, external_data)
        try:
            contents = {Path(path).name: js_content, **external_data}
            files = await digested(WebMemory(), contents)
            manifest = manifest_of(files, session.description())
        except (ManifestError, SessionError):
            await session.release()
            raise
        return await self._checked(Model(manifest, session), str(path), None)

    async def _load_stored(self, name: str) -> Model:
        model = await self._store.load_stored(name, self._progress)
        return await self._checked(model, name, None)

    def _source(self, address: str, name: str, *, is_manifest: bool) -> Source[Any]:
        """Return the Source of a manifest, or of a file without one."""
        if is_manifest:
            source = HttpSource(address, self._headers)
            return PinnedSource(source, self._sha256, address) if self._sha256 else source
        file = HttpFile(address, self._headers)
        return UndescribedSource(
            file,
            name,
            self._store.store,
            self._store.memory,
            external_files_of,
            self._runtime.describe,
            self._sha256,
            self._progress,
        )

    async def _update_first(
        self, name: str, source: Source[Any], *, refresh: bool
    ) -> Update | None:
        """Update the stored version if the caller wants that, or needs another version."""
        if not refresh and not self._sha256:
            return None
        try:
            head = (await self._store.store.heads()).get(name)
        except StoreError:
            return None
        is_needed = head and (refresh or head.current != self._sha256)
        return await self._store.update(name, source) if is_needed else None

    async def _update_later(self, name: str, source: Source[Any]) -> None:
        """Store a newer version, if there is one. Without a validator, don't download to see."""
        if isinstance(source, UndescribedSource):
            try:
                if not await source.can_tell_changes():
                    return
            except FetchError:
                return
        await self._store.update(name, source)

    async def _checked(self, model: Model, address: str, update: Update | None) -> Model:
        """Return the model, with the error of an update that failed as its warning.

        Raises:
            IntegrityError: the model has another SHA-256 than it must have.
            OfflineModelError: the version that it must be could not be downloaded.

        """
        error = update.error if update and update.state is UpdateState.FAILED else None
        if self._sha256 not in ("", model.manifest.model_sha256):
            await model.session.release()
            found = f"it has the SHA-256 {model.manifest.model_sha256}"
            raise error or IntegrityError(address, found)
        return replace(model, warning=model.warning or error)


@cache
def _database() -> IndexedDBStore:
    """Return the store that `BrowserModelStore` uses by default."""
    return IndexedDBStore(DATABASE)


def _only_forward(progress: Progress) -> Progress:
    """Return a function that reports progress, unless a larger number was reported before.

    A file without a manifest is verified once more while it is stored.
    """
    furthest = 0

    def report(done: int, total: int) -> None:
        nonlocal furthest
        if done > furthest:
            furthest = done
            progress(done, total)

    return report
