"""Keep the drawing across a reload, in the tab's own storage."""

from __future__ import annotations

from contextlib import suppress

from js import window

from digits.drawing.ink import Ink
from offline_onnx.browser.quota import NO_STORAGE

KEY = "offline-digits-ink"
RECORDED = "offline-digits-recorded"
"""The key of the drawing's entry in the history: see device/history_store.py."""


def restore() -> Ink:
    """Return the stored drawing, or an empty one if none is stored or it can't be read."""
    try:
        return Ink.from_json(window.sessionStorage.getItem(KEY) or "[]")
    except (*NO_STORAGE, ValueError):
        return Ink()


def store(ink: Ink) -> None:
    """Store the drawing, if the browser lets the page store anything."""
    with suppress(*NO_STORAGE):
        window.sessionStorage.setItem(KEY, ink.to_json())
        if ink.is_empty:
            window.sessionStorage.removeItem(RECORDED)
