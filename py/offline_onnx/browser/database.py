"""IndexedDB from Python: transactions, and bytes in records.

A transaction ends as soon as Python awaits anything else, so all of its requests are queued at once
and only its end is awaited. A connection closes itself when another tab upgrades the database.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import js
from js import Array, Blob, Uint8Array
from pyodide.ffi import JsException, create_proxy

from offline_onnx.browser.interop import PATIENCE, Rejected, call, first_event
from offline_onnx.errors import (
    IntegrityError,
    StoreBlocked,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

BYTES_PER_SECOND = 4e6
"""Speed of the slowest storage that is waited for, in addition to PATIENCE."""


class Database:
    """A database that is opened on first use.

    Args:
        name: of the database in this origin.
        version: of its object stores.
        create_stores: called with a database that is new or has an older version.

    """

    def __init__(self, name: str, version: int, create_stores: Callable[[Any], None]) -> None:
        self._name = name
        self._version = version
        self._create_stores = create_stores
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
        """Run one transaction to its end.

        Args:
            stores: the names of the object stores that it uses.
            mode: "readonly" or "readwrite".
            queue: makes the requests; it is called with a function that returns an object store
                by its name.
            patience: seconds to wait.

        Returns:
            The results of the requests.

        Raises:
            StoreUnavailable: there is no database.
            StoreBlocked: another tab has it open in another version.
            StoreFull: the quota is used up.
            StoreError: all else. After any error nothing was changed.

        """
        js_transaction = await self._begin(list(stores), mode)
        try:
            js_requests = list(queue(js_transaction.objectStore))
            ended = await first_event(js_transaction, ("complete", "abort"), patience)
        except TimeoutError as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB did not answer for {patience:.0f} seconds.") from error
        except JsException as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB refused a request ({Rejected(error)}).") from error
        if ended == "abort":
            raise _store_error(js_transaction.error)
        return [js_request.result for js_request in js_requests]

    def close(self) -> None:
        """Close the connection; the next transaction opens it again."""
        if self._js_database:
            self._js_database.close()
            self._js_database = None

    async def _begin(self, stores: list[str], mode: str) -> Any:
        js_stores = Array.of(*stores)
        try:
            return (await self._open()).transaction(js_stores, mode)
        except JsException:  # closed for another tab, or by the browser
            self.close()
        try:
            return (await self._open()).transaction(js_stores, mode)
        except JsException as error:
            self.close()
            raise StoreError(f"IndexedDB can't start a transaction ({Rejected(error)}).") from error

    async def _open(self) -> Any:
        async with self._opening:
            if not self._js_database:
                self._js_database = await self._connect()
                # Called when another tab upgrades, or when the browser closes the connection.
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
        js_upgrade = create_proxy(lambda _: self._create_stores(js_request.result))
        js_request.onupgradeneeded = js_upgrade
        blocked = False
        try:
            while js_request.readyState == "pending":
                ended = await first_event(js_request, ("success", "error", "blocked"), PATIENCE)
                blocked = ended == "blocked"  # other tabs are asked to close it, and may do so
        except TimeoutError as error:
            # If it opens late, close it: it would block other tabs.
            js_request.onsuccess = create_proxy(lambda _: js_request.result.close())
            if blocked:
                raise StoreBlocked("in an older version") from error
            raise StoreUnavailable(f"no answer for {PATIENCE:.0f} seconds") from error
        js_upgrade.destroy()
        if not js_request.error:
            return js_request.result
        if js_request.error.name == "VersionError":
            raise StoreBlocked("in a newer version")
        raise StoreUnavailable(str(Rejected(js_request.error)))


def _store_error(js_error: Any) -> StoreError:
    reason = str(Rejected(js_error)) if js_error else "aborted"
    if js_error and js_error.name == "QuotaExceededError":
        return StoreFull(reason)
    return StoreError(f"IndexedDB aborted a transaction ({reason}).")


def _abort(js_transaction: Any) -> None:
    with suppress(JsException):  # it has already ended
        js_transaction.abort()


def patience_for(size: int) -> float:
    """Return the seconds that reading or writing so many bytes may take."""
    return PATIENCE + size / BYTES_PER_SECOND


def blob_of(js_bytes: Any) -> Any:
    """Return a Blob with a copy of the bytes that a view shows."""
    return Blob.new(Array.of(js_bytes))


class BlobWriter:
    """Writes bytes as Blobs, until the browser refuses one; from then on as Uint8Arrays.

    Private windows of WebKit refuse Blobs, and only when one is written.
    """

    def __init__(self) -> None:
        self._takes_blobs = True

    async def write(
        self, js_blobs: list[Any], write: Callable[[list[Any]], Awaitable[None]]
    ) -> None:
        """Call `write` with what to store in place of each Blob. Raises StoreError."""
        if self._takes_blobs:
            try:
                await write(js_blobs)
            except (StoreFull, StoreUnavailable):
                raise
            except StoreError as error:
                if isinstance(error.__cause__, TimeoutError):
                    raise
            else:
                return
        await write([await bytes_of(js_blob) for js_blob in js_blobs])
        self._takes_blobs = False


async def bytes_of(js_stored: Any) -> Any:
    """Return stored bytes as a Uint8Array; None if nothing is stored.

    Raises IntegrityError if the record holds anything else, or StoreError.
    """
    kind = getattr(js_stored, "constructor", None)
    if js_stored is None or kind == Uint8Array:
        return js_stored
    if kind != Blob:
        raise IntegrityError.in_store("a record holds no bytes")
    try:
        js_buffer = await call(js_stored, "arrayBuffer", patience=patience_for(js_stored.size))
    except Rejected as error:
        raise IntegrityError.in_store(str(error)) from error
    except TimeoutError as error:
        raise StoreError("IndexedDB did not return the stored bytes in time.") from error
    return Uint8Array.new(js_buffer)
