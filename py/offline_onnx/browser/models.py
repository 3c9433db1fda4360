"""The few lines that a page needs: load a model, run it, and look after what is stored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from js import URL, globalThis, location

from offline_onnx.browser.files import save_files
from offline_onnx.browser.http import HttpSource
from offline_onnx.browser.indexeddb import IndexedDBStore
from offline_onnx.browser.memory import WebMemory
from offline_onnx.browser.quota import persist, storage_info
from offline_onnx.browser.runtime import WebRuntime
from offline_onnx.errors import AddressError, SessionError
from offline_onnx.inference.model import Origin
from offline_onnx.storage.library import SCHEME, Library, stored_name
from offline_onnx.storage.loader import Loader, load_given
from offline_onnx.storage.parts import silent
from offline_onnx.storage.update import Updater

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from offline_onnx.inference.model import Model
    from offline_onnx.storage.parts import Progress, Source
    from offline_onnx.storage.update import Update


class Models(Library[Any]):
    """The models of this site: `load` one, `list`, `copy`, `move`, `remove`, `rollback`, `update`.

    database: the name of the IndexedDB. headers, credentials: sent along with every request, as
    `fetch` has them. js_ort: the onnxruntime-web that runs the models, such as `isolated_runtime`
    gives; left out, it is the module that the page has registered as `onnxruntime_web`.
    """

    def __init__(
        self,
        *,
        database: str = "offline-onnx",
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
        js_ort: Any = None,
    ) -> None:
        super().__init__(
            store=IndexedDBStore(database),
            memory=WebMemory(),
            source_of=lambda address: HttpSource(
                str(URL.new(address, location.href).href), headers, credentials
            ),
            download=save_files,
        )
        self._runtime = WebRuntime(js_ort)
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

        A download is run on its self-test before it is stored. Raises ModelUnavailable if it is
        neither stored nor to be had, NotStored, SessionError, SelfTestFailed.
        """
        if not globalThis.isSecureContext:
            raise SessionError("Browsers let a page verify bytes only over https, or at localhost.")
        model = await self._load(source, name, progress)
        if model.origin is Origin.STORED:
            # Who comes back has a reason to keep it: the moment to ask for lasting storage.
            self._run(_keep_for_good())
            if not (isinstance(source, str) and source.startswith(SCHEME)):
                self._run(self._update(source, name, on_update))
        return model

    async def update(self, source: str | Source[Any], *, name: str | None = None) -> Update:
        """Look for a newer version of a stored model now; it runs from the next load on."""
        name = name or _address(source)
        updater = Updater(name, self.store, self.memory, self._runtime)
        return await updater.update(self.source(source))

    async def _load(self, source: str | Source[Any], name: str | None, progress: Progress) -> Model:
        if name is None and not isinstance(source, str):
            return await load_given(source, self.memory, self._runtime, progress)
        if isinstance(source, str) and source.startswith(SCHEME):
            return await self._loader(stored_name(source), progress).stored()
        loader = self._loader(name or _address(source), progress)
        return await loader.load(self.source(source))

    def _loader(self, name: str, progress: Progress) -> Loader[Any]:
        return Loader(name, self.store, self.memory, self._runtime, progress)

    async def _update(
        self, source: str | Source[Any], name: str | None, tell: Callable[[Update], None]
    ) -> None:
        tell(await self.update(source, name=name))

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
