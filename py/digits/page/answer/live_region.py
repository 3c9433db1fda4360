"""The only live region of the page, except for failures: what screen readers say on their own."""

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
    "doubt",
    "hint",
    "copied",
    "full",
    "picture-fault",
    "taught-news",
    "history-message",
    "model-news",
    "update",
    "offline",
    "newer",
)
"""The elements whose texts are spoken after a change, in this order."""
PEN_STATE = "pen-state"
"""The element that says whether the keyboard's pen is down. It is spoken at once."""


def speak_changes(pen: PenRest, run: Run) -> None:
    """Write the changes of the page's texts into the live region, from now on."""
    announcer = Announcer(pen, run, _visible_texts, _say)
    on_content_change(map(element, SPOKEN), announcer.note_change)
    on_content_change([element(PEN_STATE)], lambda: _say(_text(PEN_STATE)))


def _visible_texts() -> dict[str, str]:
    return {name: _text(name) for name in SPOKEN}


def _text(name: str) -> str:
    js_element = element(name)
    return "" if js_element.closest("[hidden]") else " ".join(js_element.textContent.split())


def _say(text: str) -> None:
    set_text(element("spoken"), text)
