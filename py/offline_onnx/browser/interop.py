"""The only converter of dicts, and the words that JavaScript has for what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Object
from pyodide.ffi import to_js

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide.ffi import JsException


def js_object(mapping: Mapping[str, Any]) -> Any:
    """Make a plain JavaScript object: what options, records and feeds have to be."""
    return to_js(mapping, dict_converter=Object.fromEntries)


def reason(error: JsException) -> str:
    """Say what JavaScript's error says, on one line: "QuotaExceededError: the disk is full"."""
    return " ".join(f"{error.name}: {error.message}".split())
