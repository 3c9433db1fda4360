"""The files of the page: each a link, with what it is for, its size, and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.amounts import size
from digits.files import Source, by_part
from digits.page.dom import child, element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.files import File
    from digits.text import Words


class FileList:
    """Fills the element `about-list` of index.html: a list for each part of the page."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._shown: Sequence[File] = []

    def show(self, files: Sequence[File]) -> None:
        """Show the files, if they are others than those shown."""
        if files == self._shown:
            return
        self._shown = files
        element("about-list").replaceChildren()
        for part, members in by_part(files).items():
            js_part = child(element("about-list"), "section")
            js_title = child(js_part, "h3", self._words.say(f"about_part_{part}"))
            total = sum(file.size or 0 for file in members)
            child(js_title, "span", size(total, self._words))
            child(js_part, "ul").replaceChildren(*map(self._item, members))

    def _item(self, file: File) -> Any:
        js_item = document.createElement("li")
        js_link = child(js_item, "a", file.name)
        if file.source is not Source.REGISTRATION:  # what the browser keeps to itself is no link
            js_link.href = file.address or "."
            js_link.target, js_link.rel = "_blank", "noopener"
        child(js_item, "span", self._words.say(f"about_file_{file.role}") if file.role else "")
        child(js_item, "b", size(file.size, self._words))
        child(js_item, "small", self._words.say(f"about_from_{file.source.value}"))
        return js_item
