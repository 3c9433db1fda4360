"""Store the drawing in sessionStorage, so that it survives a reload."""

from __future__ import annotations

from contextlib import suppress

from js import window

from digits.drawing.ink import Ink
from offline_onnx.browser.quota import STORAGE_ERRORS

KEY = "offline-digits-ink"
ENTRY_KEY = "offline-digits-recorded"
"""The sessionStorage key of the drawing's history entry: see device/history_store.py."""


def restore() -> Ink:
    """Return the stored drawing; an empty drawing if none is stored or it can't be read."""
    try:
        return Ink.from_json(window.sessionStorage.getItem(KEY) or "[]")
    except (*STORAGE_ERRORS, ValueError):
        return Ink()


def store(ink: Ink) -> None:
    """Store the drawing, if the browser lets the page store data."""
    with suppress(*STORAGE_ERRORS):
        window.sessionStorage.setItem(KEY, ink.to_json())
        if ink.is_empty:
            window.sessionStorage.removeItem(ENTRY_KEY)  # a new drawing gets a new entry
