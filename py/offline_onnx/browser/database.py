"""IndexedDB from Python: one transaction at a time, over a connection that never stands in the way.

A transaction ends as soon as Python awaits anything else, so all of its requests are queued in one
go and only its end is awaited. A connection closes itself when another tab asks for an upgrade.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import js
from pyodide.ffi import JsException, create_proxy

from offline_onnx.browser.blobs import PATIENCE
from offline_onnx.browser.interop import Rejected, settled
from offline_onnx.errors import StoreBlocked, StoreError, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Database:
    """A database that is opened when it is needed.

    upgrade: called with the database, the transaction of the upgrade and the version that was
    there, 0 for none; it has to queue all that it does at once, or from a request's own event.
    """

    def __init__(self, name: str, version: int, upgrade: Callable[[Any, Any, int], None]) -> None:
        self._name = name
        self._version = version
        self._upgrade = upgrade
        self._opening = asyncio.Lock()
        self._js_database: Any = None
        self._js_close = create_proxy(lambda _: self.close())

    async def transact(
        self,
        stores: Iterable[str],
        mode: str,
        queue: Callable[[Any], Iterable[Any]],
        patience: float = PATIENCE,
    ) -> list[Any]:
        """Run one transaction to its end; give the results of its requests.

        queue: makes the requests; it is called with what gives an object store by its name.
        patience: in seconds.

        Raises StoreUnavailable or StoreBlocked if there is no database, StoreFull for the quota,
        StoreError for all else; then nothing was changed.
        """
        js_transaction = await self._begin(list(stores), mode)
        try:
            js_requests = list(queue(js_transaction.objectStore))
            ended = await settled(js_transaction, ("complete", "abort"), patience)
        except TimeoutError as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB did not answer for {patience:.0f} seconds.") from error
        except JsException as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB refused a request ({Rejected(error)}).") from error
        if ended == "abort":
            raise _fault(js_transaction.error)
        return [js_request.result for js_request in js_requests]

    def close(self) -> None:
        """Close the connection; the next transaction opens one again."""
        if self._js_database:
            self._js_database.close()
            self._js_database = None

    async def _begin(self, stores: list[str], mode: str) -> Any:
        js_stores = js.Array.of(*stores)
        try:
            return (await self._open()).transaction(js_stores, mode)
        except JsException:  # it was closed: by us for another tab, or by the browser
            self.close()
        try:
            return (await self._open()).transaction(js_stores, mode)
        except JsException as error:
            self.close()
            raise StoreError(f"IndexedDB gives no transaction ({Rejected(error)}).") from error

    async def _open(self) -> Any:
        async with self._opening:
            if not self._js_database:
                self._js_database = await self._connect()
                # Another tab asks for an upgrade, or the browser has closed the connection.
                self._js_database.onversionchange = self._js_database.onclose = self._js_close
            return self._js_database

    async def _connect(self) -> Any:
        js_factory = getattr(js, "indexedDB", None)
        if not js_factory:
            raise StoreUnavailable("there is no IndexedDB")
        try:
            js_request = js_factory.open(self._name, self._version)
        except JsException as error:
            raise StoreUnavailable(str(Rejected(error))) from error
        js_upgrade = create_proxy(
            lambda js_event: self._upgrade(
                js_request.result, js_request.transaction, int(js_event.oldVersion)
            )
        )
        js_request.onupgradeneeded = js_upgrade
        blocked = False
        try:
            while js_request.readyState == "pending":
                ended = await settled(js_request, ("success", "error", "blocked"), PATIENCE)
                blocked = ended == "blocked"  # the other tabs are asked to make way, and may do it
        except TimeoutError as error:
            # Should it open after all, it would stand in the way of others.
            js_request.onsuccess = create_proxy(lambda _: js_request.result.close())
            if blocked:
                raise StoreBlocked("in the form of an older version") from error
            raise StoreUnavailable(f"no answer for {PATIENCE:.0f} seconds") from error
        js_upgrade.destroy()
        if not js_request.error:
            return js_request.result
        if js_request.error.name == "VersionError":
            raise StoreBlocked("in the form of a newer version")
        raise StoreUnavailable(str(Rejected(js_request.error)))


def _fault(js_error: Any) -> StoreError:
    reason = str(Rejected(js_error)) if js_error else "aborted"
    if js_error and js_error.name == "QuotaExceededError":
        return StoreFull(reason)
    return StoreError(f"IndexedDB gave up a transaction ({reason}).")


def _abort(js_transaction: Any) -> None:
    with suppress(JsException):  # it has ended already
        js_transaction.abort()
