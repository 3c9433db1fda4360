"""Dates and times, written as the page's language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import Intl, document

from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Callable


def date_writer() -> Callable[[float], str]:
    """Give what writes a time: seconds since 1970, as the user's clock shows them."""
    style = {"dateStyle": "medium", "timeStyle": "short"}
    js_format = Intl.DateTimeFormat.new(document.documentElement.lang, js_object(style))
    return lambda seconds: str(js_format.format(seconds * 1000))
