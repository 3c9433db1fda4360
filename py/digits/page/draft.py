"""What is drawn outlives a reload: it is kept in the tab's own storage."""

from __future__ import annotations

from js import window
from pyodide.ffi import JsException

from digits.ink import Ink

KEY = "offline-digits-ink"


def restore() -> Ink:
    """Give the ink that was kept, or an empty sheet if there is none that can be read."""
    try:
        return Ink.from_json(window.sessionStorage.getItem(KEY) or "[]")
    except (JsException, ValueError):
        return Ink()


def keep(ink: Ink) -> None:
    """Keep the ink, as far as the browser lets the page."""
    try:
        window.sessionStorage.setItem(KEY, ink.to_json())
    except JsException:
        return
