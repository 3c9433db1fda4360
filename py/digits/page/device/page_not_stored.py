"""Find out why the page could not be stored for offline use. Imported only if this has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import URL, document

from offline_onnx.browser.precache import find_refused_file

if TYPE_CHECKING:
    from digits.words import Words


async def reason(words: Words) -> str:
    """Return a text about why the page was not stored, and what the user can do."""
    file = await find_refused_file(str(URL.new(".", document.baseURI).href))
    if file is None:
        return words.say("offline_failed", detail=words.say("reason_files"))
    if file.is_altered:
        return words.say("offline_altered", file=file.path)
    if file.status:
        return words.say("offline_missing", file=file.path, status=file.status)
    return words.say("offline_unreachable", file=file.path)
