"""Load models and open sessions, from addresses, files and bytes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from offline_onnx.browser.http import HttpSource, absolute_url, name_of
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.model_store import DATABASE
from offline_onnx.browser.onnx_files.http_file import HttpFile
from offline_onnx.browser.onnx_files.pyodide_files import (
    BYTES,
    copied_bytes,
    is_pyodide_path,
    model_files,
)
from offline_onnx.browser.onnx_files.session import WebRuntimeWithOptions
from offline_onnx.browser.runtime import WebMemory, subtle_crypto
from offline_onnx.errors import (
    FetchError,
    IntegrityError,
    ModelUnavailable,
    SessionError,
    StoreError,
)
from offline_onnx.inference.model import Model, Origin
from offline_onnx.integrity import no_progress
from offline_onnx.storage.model_store import ModelStore, Update, UpdateState
from offline_onnx.storage.pinned import PinnedSource
from offline_onnx.storage.source import STORED_SCHEME, stored_name
from offline_onnx.storage.without_manifest import SourceWithoutManifest, digested, manifest_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from offline_onnx.browser.onnx_files.session import WebInferenceSession
    from offline_onnx.integrity import Progress
    from offline_onnx.load_arguments import LoadArguments
    from offline_onnx.onnxruntime_api.options import SessionOptions
    from offline_onnx.onnxruntime_api.providers import Providers
    from offline_onnx.storage.source import Source

_updates: set[asyncio.Task[None]] = set()
"""The running checks for newer versions."""


async def create_session(
    model: str | os.PathLike[str] | bytes | bytearray | memoryview,
    options: SessionOptions | None,
    providers: Providers | None,
) -> WebInferenceSession:
    """Open a session; see `InferenceSession.create`."""
    runtime = WebRuntimeWithOptions(options, providers)
    if isinstance(model, BYTES):
        return await runtime.open(copied_bytes(model), {})
    if is_pyodide_path(model):
        return await runtime.open(*model_files(model))
    loaded = await _Loader(runtime).load(str(model))
    return cast("WebInferenceSession", loaded.session)  # `runtime` opens only such sessions


async def load_model(source: str | os.PathLike[str], arguments: LoadArguments) -> Model:
    """Load a model; see `offline_onnx.load`."""
    runtime = WebRuntimeWithOptions(arguments.options, arguments.providers, arguments.runtime)
    loader = _Loader(
        runtime,
        name=arguments.name,
        sha256=arguments.sha256,
        base=arguments.base,
        headers=arguments.headers,
        credentials=arguments.credentials,
        progress=_only_forward(arguments.progress),
        on_update=arguments.on_update,
    )
    if is_pyodide_path(source):
        return await loader.load_file(source)
    return await loader.load(
        str(source), only_if_stored=arguments.only_if_stored, refresh=arguments.refresh
    )


@dataclass(frozen=True)
class _Loader:
    """Loads models with a runtime; see `offline_onnx.load` for the other attributes."""

    runtime: WebRuntimeWithOptions
    name: str | None = None
    sha256: str = ""
    base: str | None = None
    headers: Mapping[str, str] | None = None
    credentials: str = "same-origin"
    progress: Progress = no_progress
    on_update: Callable[[Update], None] = lambda _: None

    async def load(
        self, address: str, *, only_if_stored: bool = False, refresh: bool = False
    ) -> Model:
        """Load a model from an address. Store it if it is not stored yet."""
        # Before anything is downloaded, raise the errors of a page that can't run models.
        subtle_crypto()  # on plain http
        await self.runtime.find()  # without a runtime
        if address.startswith(STORED_SCHEME):
            return await self._load_stored(stored_name(address))
        js_url = absolute_url(address, self.base)
        name = self.name or name_of(js_url)
        if only_if_stored:
            return await self._load_stored(name)
        source = self._source(str(js_url.href), name, is_manifest=js_url.pathname.endswith(".json"))
        try:
            update = await self._update_first(name, source, refresh=refresh)
            model = await self._store.load(name, source, self.progress)
        except ModelUnavailable as error:
            cause = error.__cause__
            is_other_file = bool(self.sha256) and isinstance(cause, IntegrityError)
            # ModelUnavailable is for problems of the network: raise the error itself for a wrong
            # file, and for a model that the runtime can't open.
            if cause and (is_other_file or isinstance(cause, SessionError)):
                raise cause from None
            raise
        finally:
            await self.runtime.release_described()
        model = await self._checked(model, str(js_url.href), update)
        if model.origin is Origin.STORED and not update and not self.sha256:
            task = asyncio.create_task(self._update_later(name, source))
            _updates.add(task)
            task.add_done_callback(_updates.discard)
        return model

    async def load_file(self, path: str | os.PathLike[str]) -> Model:
        """Open a file in Pyodide's file system, without storing it."""
        js_content, external_data = model_files(path)
        try:
            description = await self.runtime.describe(js_content, external_data)
            contents = {Path(path).name: js_content, **external_data}
            manifest = manifest_of(await digested(WebMemory(), contents), description)
            session = await self.runtime.open(js_content, external_data)
        finally:
            await self.runtime.release_described()
        return await self._checked(Model(manifest, session), str(path), None)

    async def _load_stored(self, name: str) -> Model:
        model = await self._store.load_stored(name, self.progress)
        return await self._checked(model, name, None)

    @property
    def _store(self) -> ModelStore[Any]:
        return ModelStore(_database(), WebMemory(), self.runtime)

    def _source(self, address: str, name: str, *, is_manifest: bool) -> Source[Any]:
        """Return the Source of a manifest, or of a file without one."""
        if is_manifest:
            source = HttpSource(address, self.headers, self.credentials)
            return PinnedSource(source, self.sha256, address) if self.sha256 else source
        file = HttpFile(address, self.headers, self.credentials)
        return SourceWithoutManifest(
            file,
            name,
            self._store.store,
            self._store.memory,
            self.runtime.external_files,
            self.runtime.describe,
            self.sha256,
            self.progress,
        )

    async def _update_first(
        self, name: str, source: Source[Any], *, refresh: bool
    ) -> Update | None:
        """Update the stored version if `refresh` is set or `sha256` requires another version.

        Return the result; None if there was no update.
        """
        if not refresh and not self.sha256:
            return None
        try:
            head = (await self._store.store.heads()).get(name)
        except StoreError:
            return None
        is_needed = head and (refresh or head.current != self.sha256)
        return await self._store.update(name, source) if is_needed else None

    async def _update_later(self, name: str, source: Source[Any]) -> None:
        """Check for a newer version and store it.

        Skip the check if the server sends neither an ETag nor a date of a file without a manifest:
        then only a whole download could show whether the file has changed.
        """
        if isinstance(source, SourceWithoutManifest):
            try:
                if not await source.can_detect_changes():
                    return
            except FetchError as error:
                self.on_update(Update(UpdateState.FAILED, None, error))
                return
        try:
            update = await self._store.update(name, source)
        finally:
            await self.runtime.release_described()
        self.on_update(update)

    async def _checked(self, model: Model, address: str, update: Update | None) -> Model:
        """Return the model with a warning, if there is a reason for one.

        The warning is the first of these: the one that the model already has, the error of an
        update that failed, the warning of the session.

        Raises:
            IntegrityError: the model has another SHA-256 than `self.sha256`.
            OfflineModelError: the version with this SHA-256 could not be downloaded.

        """
        error = update.error if update and update.state is UpdateState.FAILED else None
        if self.sha256 not in ("", model.manifest.model_sha256):
            await model.session.release()
            found = f"it has the SHA-256 {model.manifest.model_sha256}"
            raise error or IntegrityError(address, found)
        session = cast("WebInferenceSession", model.session)
        return replace(model, warning=model.warning or error or session.warning)


@cache
def _database() -> IndexedDBStore:
    """Return the store that `BrowserModelStore` uses by default."""
    return IndexedDBStore(DATABASE)


def _only_forward(progress: Progress) -> Progress:
    """Return a function that reports progress only if it is greater than all progress before.

    Otherwise, progress would restart for a file without a manifest: it is downloaded, and then
    verified once more while it is stored.
    """
    furthest = 0

    def report(done: int, total: int) -> None:
        nonlocal furthest
        if done > furthest:
            furthest = done
            progress(done, total)

    return report
