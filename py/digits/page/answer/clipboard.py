"""Text is put on the clipboard, and what came of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import navigator

from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.words import Words


async def copy(text: str, words: Words) -> str:
    """Copy the text; give the words to tell the user."""
    try:
        await call(navigator.clipboard, "writeText", text)
    except Rejected:
        return words.say("copy_refused")
    return words.say("copied")
