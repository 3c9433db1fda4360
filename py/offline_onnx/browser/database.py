"""Transactions on IndexedDB, and bytes in its records.

The browser ends a transaction if Python awaits anything but the transaction. So all requests are
queued at once, and only the end of the transaction is awaited. When another tab upgrades the
database, this tab closes its connection: an open connection would block the upgrade.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import js
from js import Array, Blob, Uint8Array
from pyodide.ffi import JsException, create_proxy

from offline_onnx.browser.interop import (
    STORAGE_TIMEOUT,
    Rejected,
    begin,
    first_event,
    value_of,
)
from offline_onnx.errors import (
    IntegrityError,
    StoreBlocked,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnavailable,
    StoreUnreadable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

MIN_BYTES_PER_SECOND = 4e6
"""The lowest expected speed of the storage, from which `timeout_for` computes a timeout."""
MAX_READ = 1 << 28
"""Maximum number of bytes that are read from a Blob at once: browsers refuse 2 GiB."""


class Database:
    """A database that is opened on first use.

    Args:
        name: the name of the database in this origin.
        version: the version of its object stores, as `indexedDB.open` expects it.
        create_stores: called with the JavaScript database if it is new or has an older version.

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
        timeout_s: float = STORAGE_TIMEOUT,
    ) -> list[Any]:
        """Run one transaction and wait until it is complete.

        Args:
            stores: the names of the object stores that the transaction uses.
            mode: "readonly" or "readwrite".
            queue: makes the requests and returns them. Its argument, `js_store_of`, is a function
                that returns an object store by its name.
            timeout_s: the timeout in seconds.

        Returns:
            The results of the requests.

        Raises:
            StoreUnavailable: the database can't be opened.
            StoreBlocked: another tab has an older version of the database open.
            StoreTooNew: the stored database has a newer version than this page's code.
            StoreFull: the quota is used up.
            StoreError: any other error. After an error, the database is unchanged.

        """
        js_transaction = await self._begin(list(stores), mode)
        try:
            js_requests = list(queue(js_transaction.objectStore))
            ended = await first_event(js_transaction, ("complete", "abort"), timeout_s)
        except TimeoutError as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB did not answer for {timeout_s:.0f} seconds.") from error
        except JsException as error:
            _abort(js_transaction)
            raise StoreError(f"IndexedDB rejected a request ({Rejected(error)}).") from error
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
        except JsException:  # the connection was closed for another tab, or by the browser
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
                ended = await first_event(
                    js_request, ("success", "error", "blocked"), STORAGE_TIMEOUT
                )
                blocked = ended == "blocked"  # wait: other tabs may still close the database
        except TimeoutError as error:
            # If the database opens later, close it, or it would block other tabs.
            js_request.onsuccess = create_proxy(lambda _: js_request.result.close())
            if blocked:
                raise StoreBlocked from error
            raise StoreUnavailable(f"no answer for {STORAGE_TIMEOUT:.0f} seconds") from error
        js_upgrade.destroy()
        if not js_request.error:
            return js_request.result
        if js_request.error.name == "VersionError":
            raise StoreTooNew(str(Rejected(js_request.error)))
        raise StoreUnavailable(str(Rejected(js_request.error)))


def _store_error(js_error: Any) -> StoreError:
    reason = str(Rejected(js_error)) if js_error else "aborted"
    if js_error and js_error.name == "QuotaExceededError":
        return StoreFull(reason)
    return StoreError(f"IndexedDB aborted a transaction ({reason}).")


def _abort(js_transaction: Any) -> None:
    with suppress(JsException):  # the transaction has already ended
        js_transaction.abort()


def timeout_for(size: int) -> float:
    """Return the timeout, in seconds, for reading or writing `size` bytes."""
    return STORAGE_TIMEOUT + size / MIN_BYTES_PER_SECOND


def blob_of(js_parts: Sequence[Any]) -> Any:
    """Join Blobs or Uint8Arrays into one Blob. The bytes of Uint8Arrays are copied."""
    return Blob.new(Array.of(*js_parts))


class BlobWriter:
    """Writes bytes as Blobs. After the browser has rejected a Blob, writes them as Uint8Arrays.

    WebKit can't store Blobs in a private window. Only an attempt to write a Blob shows this.
    """

    def __init__(self) -> None:
        self._accepts_blobs = True

    async def write(
        self, js_blobs: list[Any], write: Callable[[list[Any]], Awaitable[None]]
    ) -> None:
        """Store bytes.

        Args:
            js_blobs: the bytes.
            write: stores a list of Blobs or Uint8Arrays. It is called with `js_blobs`, or, if the
                browser rejects Blobs, with the same bytes as Uint8Arrays.

        Raises:
            StoreError: the bytes can't be stored.

        """
        if self._accepts_blobs:
            try:
                await write(js_blobs)
            except (StoreFull, StoreUnavailable):
                raise
            except StoreError as error:
                if isinstance(error.__cause__, TimeoutError):  # slow, but not rejected
                    raise
            else:
                return
        await write([await bytes_of(js_blob) for js_blob in js_blobs])
        # Only now: if this write had failed, too, the Blobs would not have been the reason.
        self._accepts_blobs = False


def bytes_of(js_stored: Any) -> Awaitable[Any]:
    """Return an awaitable for the bytes of a record.

    A Blob of at most MAX_READ bytes begins to be read at once; a larger one when the result is
    awaited, in parts of MAX_READ bytes.

    Args:
        js_stored: a Blob, a Uint8Array, or None if there is no record.

    Returns:
        The bytes as a Uint8Array; None if there is no record.

    Raises:
        IntegrityError: the record is neither a Blob nor a Uint8Array, or its bytes are missing.
        StoreUnreadable: the browser refuses to read the bytes.
        StoreError: the browser did not return the bytes in time.

    """
    kind = getattr(js_stored, "constructor", None)
    if kind == Blob and js_stored.size <= MAX_READ:
        return _read(js_stored, begin(js_stored, "arrayBuffer"))
    return _bytes_of(js_stored, kind)


async def _bytes_of(js_stored: Any, kind: Any) -> Any:
    if js_stored is None or kind == Uint8Array:
        return js_stored
    if kind != Blob:
        raise IntegrityError.in_store("a record is neither a Blob nor a Uint8Array")
    size = int(js_stored.size)
    try:
        js_bytes = Uint8Array.new(size)
    except JsException as error:
        raise StoreUnreadable(f"there is no memory for its {size} bytes") from error
    for start in range(0, size, MAX_READ):
        js_part = js_stored.slice(start, min(start + MAX_READ, size))
        js_bytes.set(await _read(js_part, begin(js_part, "arrayBuffer")), start)
    return js_bytes


async def _read(js_blob: Any, js_reading: Any) -> Any:
    try:
        (js_outcome,) = await asyncio.wait_for(js_reading, timeout_for(js_blob.size))
        js_buffer = value_of(js_outcome)
    except Rejected as error:
        if error.name == "NotReadableError":
            raise StoreUnreadable(str(error)) from error
        raise IntegrityError.in_store(str(error)) from error
    except TimeoutError as error:
        raise StoreError("IndexedDB did not return the stored bytes in time.") from error
    return Uint8Array.new(js_buffer)
