"""Notify other tabs of changes: browsers report a change of localStorage to all other tabs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import window

from digits.page.dom import on
from offline_onnx.browser.quota import STORAGE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable


def on_changed_by_other_tab(key: str, handler: Callable[[], None]) -> None:
    """Call the handler whenever another tab has changed the item with this key in localStorage."""

    def changed(js_event: Any) -> None:
        if not js_event.key or js_event.key == key:  # no key: all of localStorage was cleared
            handler()

    on(window, "storage", changed)


def notify_other_tabs(key: str) -> None:
    """Notify the other tabs of a change in IndexedDB, which browsers do not report themselves.

    Args:
        key: The key that the other tabs pass to `on_changed_by_other_tab`.

    """
    with suppress(*STORAGE_ERRORS):  # without localStorage, tabs can't be notified
        window.localStorage.setItem(key, window.crypto.randomUUID())
