"""How much the browser lets this site store, for how long, and what it has deleted.

A note of each stored model is in localStorage. Browsers that delete IndexedDB when space runs out
leave the note, so an eviction differs from a first visit. Clearing the site's data deletes both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import js
from js import navigator
from pyodide.ffi import JsException

from offline_onnx.browser import interop
from offline_onnx.browser.interop import Rejected, call

NO_STORAGE = (AttributeError, JsException)
"""What localStorage and sessionStorage raise if they are missing, blocked or full."""


@dataclass(frozen=True)
class StorageInfo:
    """What the browser says of this site's storage.

    Attributes:
        usage: bytes that this site uses; None if unknown.
        quota: bytes that this site may use; None if unknown.
        persistent: whether the browser has promised not to delete anything by itself.

    """

    usage: int | None
    quota: int | None
    persistent: bool

    @property
    def room(self) -> int | None:
        """How many more bytes this site may store; None if unknown."""
        return None if self.quota is None or self.usage is None else self.quota - self.usage


async def storage_info() -> StorageInfo:
    """Return how much this site uses and may use; unknown if the browser does not answer."""
    js_estimate, persistent = await _ask("estimate"), await _ask("persisted")
    return StorageInfo(
        _bytes(js_estimate, "usage"), _bytes(js_estimate, "quota"), persistent is True
    )


async def persist() -> bool:
    """Ask the browser never to delete this site's data by itself; return whether it promises that.

    Some browsers ask the user. Good moments are when users return, or when they have got something
    from the model.
    """
    if await _ask("persisted") is True:
        return True
    try:  # the user may take any time to answer
        return bool(await call(getattr(navigator, "storage", None), "persist"))
    except (AttributeError, Rejected):
        return False


async def _ask(method: str) -> Any:
    """Return what a method of `navigator.storage` answers; None if there is no answer."""
    js_storage = getattr(navigator, "storage", None)
    try:
        return await call(js_storage, method, patience=interop.PATIENCE)
    except (AttributeError, Rejected, TimeoutError):
        return None


def _bytes(js_estimate: Any, key: str) -> int | None:
    value = getattr(js_estimate, key, None)
    return int(value) if isinstance(value, (int, float)) else None


class StoredNotes:
    """Notes in localStorage of which models were stored.

    Args:
        prefix: of the keys.

    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def has(self, name: str) -> bool:
        """Return whether a model was stored and not removed on purpose."""
        try:
            return isinstance(js.localStorage.getItem(self._prefix + name), str)
        except NO_STORAGE:
            return False

    def add(self, name: str) -> None:
        """Note that a model is stored; do nothing where localStorage is not available."""
        try:
            js.localStorage.setItem(self._prefix + name, "stored")
        except NO_STORAGE:
            return

    def remove(self, name: str) -> None:
        """Delete the note of a model that is removed on purpose."""
        try:
            js.localStorage.removeItem(self._prefix + name)
        except NO_STORAGE:
            return
