"""What the browser grants this site: how much, for how long, and what it once had.

The note of what was kept lies in localStorage: browsers that evict IndexedDB leave it, so that an
eviction can be told from a first visit. Clearing the site's data clears both.
"""

from __future__ import annotations

from dataclasses import dataclass

import js
from js import navigator
from pyodide.ffi import JsException

from offline_onnx.browser.interop import Rejected, call

NO_STORAGE = (AttributeError, JsException)
"""What is raised where localStorage and sessionStorage are not there, refuse, or are full."""


@dataclass(frozen=True)
class StorageInfo:
    """Bytes in use by this site and granted to it, None where the browser does not tell.

    persistent: whether the browser has promised not to remove anything by itself.
    """

    usage: int | None
    quota: int | None
    persistent: bool

    @property
    def room(self) -> int | None:
        """How many bytes the browser would still take."""
        return None if self.quota is None or self.usage is None else self.quota - self.usage


async def storage_info() -> StorageInfo:
    """Ask what is used and granted."""
    js_storage = getattr(navigator, "storage", None)
    try:
        js_estimate = await call(js_storage, "estimate")
        persistent = bool(await call(js_storage, "persisted"))
    except (AttributeError, Rejected):
        return StorageInfo(None, None, persistent=False)
    return StorageInfo(int(js_estimate.usage), int(js_estimate.quota), persistent)


async def persist() -> bool:
    """Ask the browser never to remove this site's data by itself; some ask the user.

    A good moment is when the user has come back, or has got something from the model.
    """
    try:
        return bool(await call(getattr(navigator, "storage", None), "persist"))
    except (AttributeError, Rejected):
        return False


class Notes:
    """Which models were kept. prefix: of the keys in localStorage."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def has(self, name: str) -> bool:
        """Tell whether a model was kept."""
        try:
            return isinstance(js.localStorage.getItem(self._prefix + name), str)
        except NO_STORAGE:
            return False

    def add(self, name: str) -> None:
        """Note that a model is kept; where that is not possible, it is not noted."""
        try:
            js.localStorage.setItem(self._prefix + name, "kept")
        except NO_STORAGE:
            return

    def remove(self, name: str) -> None:
        """Note that a model was removed on purpose."""
        try:
            js.localStorage.removeItem(self._prefix + name)
        except NO_STORAGE:
            return
