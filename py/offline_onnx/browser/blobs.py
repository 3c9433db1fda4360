"""Bytes at rest: the Blobs that lie in IndexedDB."""

from __future__ import annotations

from typing import Any

from js import Array, Blob, Uint8Array

from offline_onnx.browser.interop import Rejected, call
from offline_onnx.errors import IntegrityError, StoreError

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


async def bytes_of(js_blob: Any) -> Any:
    """Read a Blob into a Uint8Array. Raises IntegrityError if there are no bytes, StoreError."""
    if getattr(js_blob, "constructor", None) != Blob:
        raise IntegrityError("the store", "a record holds no bytes")
    try:
        js_buffer = await call(js_blob, "arrayBuffer", patience=patience_for(js_blob.size))
    except Rejected as error:
        raise IntegrityError("the store", str(error)) from error
    except TimeoutError as error:
        raise StoreError("IndexedDB did not give the stored bytes in time.") from error
    return Uint8Array.new(js_buffer)
