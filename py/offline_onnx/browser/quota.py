"""The site's storage quota, persistent storage, and notes that help to detect evictions.

localStorage contains a note about each stored model. If a browser deletes IndexedDB because disk
space runs out, the note remains: so an eviction can be distinguished from a first visit. If the
user clears the site's data, both are deleted.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Any

import js
from pyodide.ffi import JsException

from offline_onnx.browser import interop
from offline_onnx.browser.interop import Rejected, call

STORAGE_ERRORS = (AttributeError, JsException)
"""The errors that are raised if localStorage or sessionStorage is missing, blocked or full."""


@dataclass(frozen=True)
class StorageInfo:
    """The storage of this site, as the browser reports it.

    Attributes:
        usage: the number of bytes that this site uses; None if unknown.
        quota: the number of bytes that this site may use; None if unknown.
        persistent: whether the browser has promised not to delete the storage by itself.

    """

    usage: int | None
    quota: int | None
    persistent: bool

    @property
    def room(self) -> int | None:
        """The number of bytes that this site can still store; None if unknown."""
        return None if self.quota is None or self.usage is None else self.quota - self.usage


async def storage_info() -> StorageInfo:
    """Return the usage and quota of this site, and whether its storage is persistent."""
    js_estimate, persistent = await asyncio.gather(
        _call_storage("estimate"), _call_storage("persisted")
    )
    return StorageInfo(
        _bytes(js_estimate, "usage"), _bytes(js_estimate, "quota"), persistent is True
    )


async def free_bytes() -> int | None:
    """Return the number of bytes that this site can still store; None if unknown."""
    js_estimate = await _call_storage("estimate")
    return StorageInfo(_bytes(js_estimate, "usage"), _bytes(js_estimate, "quota"), False).room


async def persist() -> bool:
    """Request persistent storage, which the browser does not delete by itself.

    Some browsers ask the user for permission. Good moments for this call are when a user returns,
    or after the user has used the model.

    Returns:
        Whether the storage is persistent now.

    """
    if await _call_storage("persisted") is True:
        return True
    try:  # the user may take any time to answer
        return bool(await call(getattr(js.navigator, "storage", None), "persist"))
    except (AttributeError, Rejected):
        return False


async def _call_storage(method: str) -> Any:
    """Return the result of a method of `navigator.storage`; None if it is missing or fails."""
    js_storage = getattr(js.navigator, "storage", None)
    try:
        return await call(js_storage, method, timeout_s=interop.STORAGE_TIMEOUT)
    except (AttributeError, Rejected, TimeoutError):
        return None


def _bytes(js_estimate: Any, key: str) -> int | None:
    value = getattr(js_estimate, key, None)
    return int(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


class StoredNotes:
    """Notes in localStorage about the models that were stored and that this library did not remove.

    Args:
        prefix: the prefix of the keys in localStorage.

    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def has(self, name: str) -> bool:
        """Return whether there is a note of a model."""
        try:
            return isinstance(js.localStorage.getItem(self._prefix + name), str)
        except STORAGE_ERRORS:
            return False

    def add(self, name: str) -> None:
        """Add the note of a model; do nothing if localStorage is not available."""
        try:
            js.localStorage.setItem(self._prefix + name, "stored")
        except STORAGE_ERRORS:
            return

    def remove(self, name: str) -> None:
        """Delete the note of a model. Call this when this library removes the model."""
        try:
            js.localStorage.removeItem(self._prefix + name)
        except STORAGE_ERRORS:
            return
