"""Request files from a host."""

from __future__ import annotations

import gzip
import http.client
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from email.message import Message

TIMEOUT = 30.0
"""How long to wait for a host, in seconds."""
_HEADERS = {
    # Some hosts refuse requests of programs without a name.
    "User-Agent": "Mozilla/5.0 (compatible; offline-onnx)",
    "Accept-Encoding": "br, gzip" if find_spec("brotli") else "gzip",
    "Cache-Control": "no-cache",
}
_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%"
"""The characters of an address that stay as they are, besides letters and digits."""
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Response:
    """What a host has answered.

    Attributes:
        url: the address after redirections.
        status: the status; 0 if there was no answer.
        headers: the headers.
        content: the content, decompressed.
        reason: why there was no answer; "" if there was one.

    """

    url: str
    status: int
    headers: Message
    content: bytes
    reason: str = ""

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    @property
    def encoding(self) -> str:
        """The content encoding; "" if the file arrived uncompressed."""
        return str(self.headers.get("Content-Encoding", "")).strip().lower()

    @property
    def is_page(self) -> bool:
        """Whether a web page has arrived."""
        return self.content_type == "text/html" or self.content[:200].lstrip().lower().startswith(
            (b"<!doctype html", b"<html")
        )


def request(url: str, headers: dict[str, str] | None = None) -> Response:
    """Request a file; follow redirections. A response with an error's status is returned, too.

    Args:
        url: the address.
        headers: further headers of the request.

    """
    ascii_url = quote(url, safe=_IN_ADDRESSES)
    asked = urllib.request.Request(ascii_url, headers=_HEADERS | (headers or {}))  # noqa: S310
    try:
        try:
            answer: Any = urllib.request.urlopen(asked, timeout=TIMEOUT)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
            found = Response(answer.url, answer.status, answer.headers, content)
        return Response(found.url, found.status, found.headers, _decoded(found))
    except (OSError, http.client.HTTPException) as error:
        reason = str(getattr(error, "reason", "")) or str(error) or type(error).__name__
        return Response(url, 0, http.client.HTTPMessage(), b"", reason)


def check_address(address: str) -> None:
    """Raise SiteError unless an address begins with http:// or https://."""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.netloc)
    except ValueError:  # such as that of an incomplete IPv6 address
        is_address = False
    if not is_address:
        raise SiteError(f"{address} is no folder, and no address that begins with https://.")


def is_secure(address: str) -> bool:
    """Return whether browsers allow service workers at an address."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in _LOCAL_HOSTS or host.endswith(".localhost")


def _decoded(response: Response) -> bytes:
    """Return the decompressed content; the content as it is if it can't be decompressed."""
    content = response.content
    try:
        if response.encoding == "gzip":
            return gzip.decompress(content)
        if response.encoding == "br" and find_spec("brotli"):
            import brotli

            try:
                return bytes(brotli.decompress(content))
            except brotli.error:
                return content
    except (OSError, EOFError, zlib.error):
        pass
    return content
