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


def child(js_parent: Any, tag: str, words: str = "") -> Any:
    """Give a new element at the end of another."""
    js_child = document.createElement(tag)
    js_child.textContent = words
    js_parent.append(js_child)
    return js_child


def on(js_target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Call the handler with each such event, for the page's life."""
    add_event_listener(js_target, event, handler)


def on_pressed(js_list: Any, handler: Callable[[str], None]) -> None:
    """Call the handler with the value of each button in the list that is pressed."""

    def pressed(js_event: Any) -> None:
        if js_button := js_event.target.closest("button"):
            handler(str(js_button.value))

    on(js_list, "click", pressed)


def offer_files(js_button: Any, js_chooser: Any, take: Callable[[list[Any]], None]) -> None:
    """Have the button open the chooser, and hand the files that are chosen to `take`."""

    def chosen(_: Any) -> None:
        if js_chooser.files.length:
            take(list(js_chooser.files))
        js_chooser.value = ""  # or the same file could not be chosen again

    on(js_button, "click", lambda _: js_chooser.click())
    on(js_chooser, "change", chosen)


def write(js_element: Any, words: str) -> None:
    """Set an element's text, and leave it alone if it has it: a live region would speak again."""
    if js_element.textContent != words:
        js_element.textContent = words
