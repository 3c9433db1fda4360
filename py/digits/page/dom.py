"""The few things that the page does to the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document
from pyodide.ffi.wrappers import add_event_listener

if TYPE_CHECKING:
    from collections.abc import Callable


def element(name: str) -> Any:
    """Give the element with this id. Raises LookupError if the page has none."""
    js_element = document.getElementById(name)
    if not js_element:
        raise LookupError(f"index.html has no element with the id {name!r}")
    return js_element


def on(js_target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Call the handler with each such event, for the page's life."""
    add_event_listener(js_target, event, handler)


def write(js_element: Any, words: str) -> None:
    """Set an element's text, and leave it alone if it has it: a live region would speak again."""
    if js_element.textContent != words:
        js_element.textContent = words
