"""The live region: an element whose new text screen readers read out immediately.

The page has only one other live region, for failures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.page.answer.announcer import Announcer
from digits.page.dom import element, on_content_change, set_text

if TYPE_CHECKING:
    from digits.page.background import Run
    from digits.pen_rest import PenRest

SPOKEN = (
    "lesson",
    "digit",
    "sum",
    "doubt",
    "hint",
    "copied",
    "full",
    "picture-error",
    "taught-news",
    "history-message",
    "model-news",
    "update",
    "offline",
    "newer",
)
"""The ids of the elements whose texts are spoken after a change, in this order."""
PEN_STATE = "pen-state"
"""The id of the element that says whether the keyboard's pen is down; it is spoken at once."""


def speak_changes(pen: PenRest, run: Run) -> None:
    """Write each change of the SPOKEN texts into the live region, from now on."""
    announcer = Announcer(pen, run, _visible_texts, _say)
    on_content_change(map(element, SPOKEN), announcer.note_change)
    on_content_change([element(PEN_STATE)], lambda: _say(_text(PEN_STATE)))


def _visible_texts() -> dict[str, str]:
    return {element_id: _text(element_id) for element_id in SPOKEN}


def _text(element_id: str) -> str:
    """Return the text of an element, or what to say in its place; "" if it is hidden."""
    js_element = element(element_id)
    text = getattr(js_element.dataset, "spoken", None) or js_element.textContent
    return "" if js_element.closest("[hidden]") else " ".join(text.split())


def _say(text: str) -> None:
    set_text(element("spoken"), text)
