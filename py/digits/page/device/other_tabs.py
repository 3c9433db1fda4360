"""How tabs hear of each other's changes: browsers report changes of localStorage to other tabs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import window

from digits.page.dom import on
from offline_onnx.browser.quota import NO_STORAGE

if TYPE_CHECKING:
    from collections.abc import Callable


def on_changed_elsewhere(key: str, handler: Callable[[], None]) -> None:
    """Call the handler whenever another tab has changed the key in localStorage."""

    def changed(js_event: Any) -> None:
        if not js_event.key or js_event.key == key:  # an event without a key: all was cleared
            handler()

    on(window, "storage", changed)


def tell_other_tabs(key: str) -> None:
    """Tell the other tabs that the data named by `key`, stored outside localStorage, has changed."""
    with suppress(*NO_STORAGE):  # without localStorage, tabs share nothing
        window.localStorage.setItem(key, window.crypto.randomUUID())
