"""What a tab hears of the others: the browser tells it what they change in localStorage."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import window

from digits.page.dom import on
from offline_onnx.browser.quota import NO_STORAGE

if TYPE_CHECKING:
    from collections.abc import Callable


def on_changed_elsewhere(key: str, handler: Callable[[], None]) -> None:
    """Call the handler whenever another tab has changed what is kept under the key."""

    def changed(js_event: Any) -> None:
        if not js_event.key or js_event.key == key:  # it has none if all was cleared
            handler()

    on(window, "storage", changed)


def tell_others(key: str) -> None:
    """Let the other tabs know that what the key stands for, kept elsewhere, has changed."""
    with suppress(*NO_STORAGE):  # without site data, tabs have nothing in common
        window.localStorage.setItem(key, window.crypto.randomUUID())
