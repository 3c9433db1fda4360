"""A flag in localStorage: whether the device stores taught examples.

The start reads it instead of the database, which would take too long to open.
"""

from __future__ import annotations

from contextlib import suppress

from js import window

from offline_onnx.browser.quota import STORAGE_ERRORS

KEY = "offline-digits-has-taught"


def is_set() -> bool:
    """Return whether the device stores examples; False if the browser blocks localStorage."""
    try:
        return bool(window.localStorage.getItem(KEY))
    except STORAGE_ERRORS:
        return False


def store(*, is_set: bool) -> None:
    """Set or remove the flag, if the browser lets the page store data."""
    with suppress(*STORAGE_ERRORS):
        if is_set:
            window.localStorage.setItem(KEY, "yes")
        else:
            window.localStorage.removeItem(KEY)
