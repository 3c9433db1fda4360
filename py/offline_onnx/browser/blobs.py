"""Bytes at rest: the Blobs that lie in IndexedDB, or Uint8Arrays where Blobs are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Array, Blob, Uint8Array

from offline_onnx.browser.interop import Rejected, call
from offline_onnx.errors import IntegrityError, StoreError, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PATIENCE = 5.0
"""Seconds that the browser has to answer; in some private windows it never does."""

BYTES_A_SECOND = 4e6
"""The slowest storage that is waited for, beyond PATIENCE."""


def patience_for(size: int) -> float:
    """Give the seconds that reading or writing so many bytes may take."""
    return PATIENCE + size / BYTES_A_SECOND


def blob_of(js_bytes: Any) -> Any:
    """Make a Blob of an ArrayBuffer, or of the bytes that a view shows."""
    return Blob.new(Array.of(js_bytes))


class Keeping:
    """Has bytes written as Blobs, until the browser refuses one; then as Uint8Arrays.

    A private window of WebKit refuses Blobs alone, and says so only when one is written.
    """

    def __init__(self) -> None:
        self._takes_blobs = True

    async def keep(
        self, js_blobs: list[Any], write: Callable[[list[Any]], Awaitable[None]]
    ) -> None:
        """Call `write` with what is to be put in the place of each Blob. Raises StoreError."""
        if self._takes_blobs:
            try:
                await write(js_blobs)
            except (StoreFull, StoreUnavailable):
                raise
            except StoreError as fault:
                if isinstance(fault.__cause__, TimeoutError):
                    raise
            else:
                return
        await write([await bytes_of(js_blob) for js_blob in js_blobs])
        self._takes_blobs = False


async def bytes_of(js_kept: Any) -> Any:
    """Give what is kept, if anything is, as a Uint8Array. Raises IntegrityError, StoreError."""
    kind = getattr(js_kept, "constructor", None)
    if js_kept is None or kind == Uint8Array:
        return js_kept
    if kind != Blob:
        raise IntegrityError("the store", "a record holds no bytes")
    try:
        js_buffer = await call(js_kept, "arrayBuffer", patience=patience_for(js_kept.size))
    except Rejected as error:
        raise IntegrityError("the store", str(error)) from error
    except TimeoutError as error:
        raise StoreError("IndexedDB did not give the stored bytes in time.") from error
    return Uint8Array.new(js_buffer)
