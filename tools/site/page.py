"""Write the app's index.html from the template web/page.html, with all texts in both languages.

A browser shows the texts before any script runs, and search engines and screen readers find them.
The template names the keys of py/digits/text.json: `data-text` for an element's content,
`data-label` for its accessible name, `data-content` for the attribute `content`. web/early.js
removes the texts of the other language.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from offline_onnx_page.site.sources import BUILT
from tools.site.webmanifest import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEMPLATE = "page.html"
INDEX = "index.html"
PREVIEW = "preview.png"
"""The picture that other sites show with a link to the page."""
FOR_CRAWLERS = ("robots.txt", PREVIEW)
"""Files for search engines and for sites that link to the page; the page needs none of them."""
_TEXT = re.compile(r'<(\w+)([^<>]*?) data-text="(\w+)"([^<>]*)>(?=</)')
_LABEL = re.compile(r' data-label="(\w+)"')
_CONTENT = re.compile(r' data-content="(\w+)"')
_FOLDER_WITHOUT_DIGEST = re.compile(rf'(?<="{BUILT}/)(\w+)(?=/)')
_PREVIEW_ELEMENT = f'<meta property="og:image" content="{PREVIEW}">'


def write(site: Path, texts: Mapping[str, Mapping[str, str]], address: str) -> None:
    """Replace the template in the folder of a site by its index.html.

    Args:
        site: the folder of the site. Its folder `built/` is complete.
        texts: the texts of the page by language, then by key.
        address: the address of the published page, "" if it is unknown.
    """
    folders = {folder.name.rpartition("-")[0]: folder.name for folder in (site / BUILT).glob("*/")}
    template = site / TEMPLATE
    page = render(template.read_text("utf-8"), texts, folders, address)
    (site / INDEX).write_text(page, "utf-8")
    template.unlink()


def render(
    template: str,
    texts: Mapping[str, Mapping[str, str]],
    folders: Mapping[str, str],
    address: str,
) -> str:
    """Return the page.

    Args:
        template: the template.
        texts: the texts of the page by language, then by key.
        folders: the names of the folders in `built/`, by their names without the digest.
        address: the address of the published page, "" if it is unknown. Some sites ignore a preview
            picture whose address is relative.
    """

    def escaped(key: str) -> dict[str, str]:
        return {language: html.escape(texts[language][key]) for language in LANGUAGES}

    def text(match: re.Match[str]) -> str:
        tag, before, key, after = match.groups()
        words = escaped(key)
        if tag == "title":  # it can't contain elements
            return f'<title{before}{after} data-zh="{words["zh"]}">{words["en"]}'
        # No spans in <noscript>: a browser without the media feature `scripting` would keep one
        # language hidden (style.css).
        if tag == "noscript":
            return f"<noscript{before}{after}>{' · '.join(words.values())}"
        spans = "".join(
            f'<span class="{language}" lang="{LANGUAGES[language]}">{words[language]}</span>'
            for language in LANGUAGES
        )
        return f"<{tag}{before}{after}>{spans}"

    def label(match: re.Match[str]) -> str:
        words = escaped(match[1])
        return f' aria-label="{words["en"]}" data-zh="{words["zh"]}"'

    def content(match: re.Match[str]) -> str:
        return f' content="{" · ".join(escaped(match[1]).values())}"'

    page = _CONTENT.sub(content, _LABEL.sub(label, _TEXT.sub(text, template)))
    page = _FOLDER_WITHOUT_DIGEST.sub(lambda match: folders[match[1]], page)
    if not address:
        return page
    links = (
        _PREVIEW_ELEMENT.replace(PREVIEW, address + PREVIEW),
        f'<meta property="og:url" content="{address}">',
        f'<link rel="canonical" href="{address}">',
    )
    return page.replace(_PREVIEW_ELEMENT, "\n    ".join(links))
