"""Find the files that an HTML page or a style sheet loads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

_LOADING_LINKS = {"stylesheet", "modulepreload", "preload", "icon", "manifest"}
"""The values of `rel` with which a <link> loads a file."""
_SOURCES = {"script", "img", "audio", "video", "source", "iframe", "embed", "track", "input"}
"""The elements whose attribute `src` is loaded."""
_CSS_URL = re.compile(r"""@import\s+["']([^"']+)["']|url\(\s*["']?([^"')]+)["']?\s*\)""")


@dataclass
class Page(HTMLParser):
    """What an HTML page loads.

    Attributes:
        html: the text of the page.
        base: the address in the page's <base>; "" if it has none.
        addresses: the addresses of the loaded files, as they are in the page.
        main: the address of the Python file that the page runs; "" if it runs none.

    """

    html: str
    base: str = field(default="", init=False)
    addresses: list[str] = field(default_factory=list, init=False)
    main: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Parse the page."""
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add what an element loads; called for each start tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = values.get("href", "")
        elif tag == "link" and _LOADING_LINKS & set(values.get("rel", "").lower().split()):
            self._add(values.get("href", ""))
        elif tag in _SOURCES:
            self._add(values.get("src", ""))
        if tag == "script" and values.get("data-main"):
            self.main = values["data-main"]
            self._add(self.main)

    def _add(self, address: str) -> None:
        if address:
            self.addresses.append(address)


def loaded_by(path: str, text: str) -> list[str]:
    """Return the addresses of the files that a file loads, as they are in the file.

    Args:
        path: the path of the file. HTML pages and style sheets are understood.
        text: the content of the file.

    """
    if path.endswith((".html", ".htm")):
        return Page(text).addresses
    if path.endswith(".css"):
        return [one or other for one, other in _CSS_URL.findall(text)]
    return []


def is_elsewhere(address: str) -> bool:
    """Return whether an address names another host, so that it is loaded over the network."""
    return urlsplit(address).scheme in ("http", "https", "") and bool(urlsplit(address).netloc)


def path_in_site(address: str, file: str) -> str | None:
    """Return the path in the site of an address in a file; None if it is no path of the site.

    Args:
        address: a relative address.
        file: the path of the file in which it is.

    """
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    joined = urlsplit(urljoin(f"http://site/folder/{file}", parts.path)).path
    return unquote(joined.removeprefix("/folder/")) if joined.startswith("/folder/") else None
