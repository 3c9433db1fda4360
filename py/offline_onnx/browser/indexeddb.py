"""Keep models in IndexedDB, through the npm package `idb`.

Each call opens the database, does one request in one transaction and closes it again: a
transaction ends as soon as Python awaits, and a connection that stays open would block the
upgrade that another tab asks for.
"""

from __future__ import annotations

from typing import Any

from js import ArrayBuffer
from pyodide.ffi import create_proxy

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import IntegrityError, StoreError, StoreFull, StoreUnavailable
from offline_onnx.parts import StoredModel

VERSION = 1
MODELS = "models"
PATIENCE = 5.0
"""Seconds that the browser has to answer; in some private windows it never does."""


class IndexedDBStore:
    """A Store of ArrayBuffers. js_idb: the module `idb`. database: its name in this origin."""

    def __init__(self, js_idb: Any, database: str) -> None:
        self._js_idb = js_idb
        self._database = database

    async def get(self, name: str) -> StoredModel[Any] | None:
        """Give the record, or None. Raises StoreError, IntegrityError if it is no model."""
        js_record = await self._request("get", MODELS, name)
        if js_record is None:
            return None
        manifest, js_content = (getattr(js_record, key, None) for key in ("manifest", "content"))
        if not isinstance(manifest, str) or getattr(js_content, "constructor", None) != ArrayBuffer:
            raise IntegrityError("the store", "the record is not a model's")
        return StoredModel(manifest, js_content)

    async def put(self, name: str, model: StoredModel[Any]) -> None:
        """Write the record in one transaction. Raises StoreError, StoreFull for the quota."""
        js_record = js_object({"manifest": model.manifest, "content": model.content})
        await self._request("put", MODELS, js_record, name)

    async def remove(self, name: str) -> None:
        """Delete the record, if there is one. Raises StoreError."""
        await self._request("delete", MODELS, name)

    async def _request(self, method: str, *arguments: Any) -> Any:
        js_database = await self._open()
        try:
            return await call(js_database, method, *arguments, patience=PATIENCE)
        except TimeoutError as error:
            raise StoreError(
                f"IndexedDB did not answer a `{method}` for {PATIENCE:.0f} s."
            ) from error
        except Rejected as error:
            if error.name == "QuotaExceededError":
                raise StoreFull(str(error)) from error
            raise StoreError(f"IndexedDB refused a `{method}` ({error}).") from error
        finally:
            js_database.close()

    async def _open(self) -> Any:
        js_upgrade = create_proxy(_upgrade)
        try:
            js_options = js_object({"upgrade": js_upgrade})
            return await call(
                self._js_idb, "openDB", self._database, VERSION, js_options, patience=PATIENCE
            )
        except TimeoutError as error:
            raise StoreUnavailable(f"no answer for {PATIENCE:.0f} seconds") from error
        except Rejected as error:
            raise StoreUnavailable(str(error)) from error
        finally:
            js_upgrade.destroy()


def _upgrade(js_database: Any, *_: Any) -> None:
    js_database.createObjectStore(MODELS)
