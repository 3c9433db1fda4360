"""The files of the page: each a link, with what it is for, its size, and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.facts.requests import Source, by_part
from digits.page.dom import child, element, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.facts.requests import File
    from digits.words import Words


class FileList:
    """Fills the element `about-list` of index.html: a list for each part of the page."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._js_parts: dict[str, Any] = {}
        self._rows: dict[str, tuple[File, Any]] = {}

    def show(self, files: Sequence[File]) -> None:
        """Show the files. What is shown already is left alone: somebody may be on a link."""
        for part, members in by_part(files).items():
            if part not in self._js_parts:
                self._js_parts[part] = self._part(part)
            js_part = self._js_parts[part]
            total = sum(file.size or 0 for file in members)
            write(js_part.querySelector("h3 span"), self._words.size(total))
            for file in members:
                self._put(js_part.lastElementChild, file)

    def _part(self, part: str) -> Any:
        js_part = child(element("about-list"), "section")
        child(child(js_part, "h3", self._words.say(f"about_part_{part}")), "span")
        child(js_part, "ul")
        return js_part

    def _put(self, js_list: Any, file: File) -> None:
        known, js_old = self._rows.get(file.address, (None, None))
        if file == known:
            return
        js_item = self._item(file)
        self._rows[file.address] = file, js_item
        if js_old is None:
            js_list.append(js_item)
        else:
            js_old.replaceWith(js_item)

    def _item(self, file: File) -> Any:
        js_item = document.createElement("li")
        js_link = child(js_item, "a", file.name)
        if file.source is not Source.REGISTRATION:  # what the browser keeps to itself is no link
            js_link.href = file.address or "."
            js_link.target, js_link.rel = "_blank", "noopener"
        child(js_item, "span", self._words.say(f"about_file_{file.role}") if file.role else "")
        child(js_item, "b", self._words.size(file.size))
        child(js_item, "small", self._words.say(f"about_from_{file.source.value}"))
        return js_item
