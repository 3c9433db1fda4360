"""Dates and times, written as the page's language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import Date, Intl, document

from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 1704067200  # 2024: nothing was kept by this page before
DAY = 86400  # seconds: clocks are put right by less than that when one travels


def date_writer() -> Callable[[float], str]:
    """Give what writes a time, in seconds since 1970, as the user's clock shows it.

    It gives "" for a time that can't be: the clock that told it was wrong, or the one of now is.
    """
    style = {"dateStyle": "medium", "timeStyle": "short"}
    js_format = Intl.DateTimeFormat.new(document.documentElement.lang, js_object(style))

    def write(seconds: float) -> str:
        is_sane = FIRST <= seconds <= Date.now() / 1000 + DAY
        return str(js_format.format(seconds * 1000)) if is_sane else ""

    return write
