"""The few lines that a page needs: load a model, run it, and look after what is stored."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

from js import URL, globalThis, location

from offline_onnx.browser.files import save_files
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.memory import WebMemory
from offline_onnx.browser.onnxruntime_web import WebSession
from offline_onnx.browser.storage import persist, storage_info
from offline_onnx.errors import AddressError, SessionError
from offline_onnx.library import SCHEME, Library, stored_name
from offline_onnx.loader import Loader, Origin, load_given
from offline_onnx.model import Model
from offline_onnx.parts import silent
from offline_onnx.update import Updater

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from offline_onnx.loader import LoadedModel
    from offline_onnx.manifest import Manifest
    from offline_onnx.parts import Progress, Source
    from offline_onnx.update import Update


class Models(Library[Any]):
    """The models of this site: `load` one, `list`, `copy`, `move`, `remove`, `rollback`, `update`.

    js_ort: the module `onnxruntime-web`; left out, the one that the page has registered under the
    name `onnxruntime_web`. database: the name of the IndexedDB. headers, credentials: sent along
    with every request, as `fetch` has them.
    """

    def __init__(
        self,
        js_ort: Any = None,
        *,
        database: str = "offline-onnx",
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
    ) -> None:
        super().__init__(
            store=IndexedDBStore(database),
            memory=WebMemory(),
            source_of=lambda address: HttpSource(
                str(URL.new(address, location.href).href), headers, credentials
            ),
            download=save_files,
        )
        self._js_ort = js_ort
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(
        self,
        source: str | Source[Any],
        *,
        name: str | None = None,
        progress: Progress = silent,
        on_update: Callable[[Update], None] = lambda _: None,
    ) -> Model:
        """Load a model and open a session for it.

        source: the address of a manifest, from which it is downloaded unless it is stored;
        indexeddb://NAME for a stored one; or a Source, such as a FileSource. name: under which it
        is stored; left out, it is the manifest's address, and a model from a Source is not stored.
        progress: called with the bytes that are there and verified, and with all. on_update: called
        when a look for a newer version, which a stored model has in the background, has ended.

        Raises ModelUnavailable if it is neither stored nor to be had, NotStored, SessionError.
        """
        if not globalThis.isSecureContext:
            raise SessionError("Browsers let a page verify bytes only over https, or at localhost.")
        loaded = await self._load(source, name, progress)
        session = await WebSession.open(self._ort(), loaded.content)
        if loaded.origin is Origin.STORED:
            # Who comes back has a reason to keep it: the moment to ask for lasting storage.
            self._run(_keep_for_good())
            if not (isinstance(source, str) and source.startswith(SCHEME)):
                self._run(self._update(source, name, on_update))
        return Model(loaded.manifest, session, loaded.origin, loaded.fault)

    async def update(self, source: str | Source[Any], *, name: str | None = None) -> Update:
        """Look for a newer version of a stored model now; it runs from the next load on."""
        name = name or _address(source)
        updater = Updater(name, self.store, self.memory, self._try_out)
        return await updater.update(self.source(source))

    async def _load(
        self, source: str | Source[Any], name: str | None, progress: Progress
    ) -> LoadedModel[Any]:
        if name is None and not isinstance(source, str):
            return await load_given(source, self.memory, progress)
        if isinstance(source, str) and source.startswith(SCHEME):
            return await Loader(stored_name(source), self.store, self.memory, progress).stored()
        loader = Loader(name or _address(source), self.store, self.memory, progress)
        return await loader.load(self.source(source))

    async def _update(
        self, source: str | Source[Any], name: str | None, tell: Callable[[Update], None]
    ) -> None:
        tell(await self.update(source, name=name))

    async def _try_out(self, manifest: Manifest, js_content: Any) -> None:
        session = await WebSession.open(self._ort(), js_content)
        try:
            await Model(manifest, session).self_test()
        finally:
            await session.release()

    def _ort(self) -> Any:
        if self._js_ort is None:
            self._js_ort = import_module("onnxruntime_web")
        return self._js_ort

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _keep_for_good() -> None:
    if not (await storage_info()).persistent:
        await persist()


def _address(source: str | Source[Any]) -> str:
    """Name a model after its manifest's address. Raises AddressError if it has none."""
    if not isinstance(source, str):
        raise AddressError("A source that is no address needs a `name` to be stored under.")
    js_url = URL.new(source, location.href)
    return f"{js_url.origin}{js_url.pathname}"
