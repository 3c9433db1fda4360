"""What is drawn outlives a reload: it is kept in the tab's own storage."""

from __future__ import annotations

from js import window

from digits.drawing.ink import Ink
from offline_onnx.browser.quota import NO_STORAGE

KEY = "offline-digits-ink"
RECORDED = "offline-digits-recorded"
"""The drawing's entry in the history, see history_store.py."""


def restore() -> Ink:
    """Give the ink that was kept, or an empty sheet if there is none that can be read."""
    try:
        return Ink.from_json(window.sessionStorage.getItem(KEY) or "[]")
    except (*NO_STORAGE, ValueError):
        return Ink()


def keep(ink: Ink) -> None:
    """Keep the ink, as far as the browser lets the page."""
    try:
        window.sessionStorage.setItem(KEY, ink.to_json())
        if ink.is_empty:
            window.sessionStorage.removeItem(RECORDED)
    except NO_STORAGE:
        return
