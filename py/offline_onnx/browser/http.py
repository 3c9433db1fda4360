"""Download a model over HTTP, chunk by chunk, going on where an earlier download stopped.

The body is read piece by piece, so that a slow download can last and a stalled one can't.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import URL, Uint8Array, globalThis

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import (
    BadStatus,
    CaptivePortal,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)
from offline_onnx.parts import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from offline_onnx.manifest import Manifest

STALL = 30.0
"""Seconds without a byte after which a download counts as failed."""

_OTHER = re.compile(r"(image|audio|video|font)/|application/json|text/(css|javascript)")


class HttpSource:
    """A model that lies beside its manifest on a server.

    address: the manifest's, absolute. headers: sent along with every request. credentials: "omit",
    "same-origin" or "include", as `fetch` has them.
    """

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
    ) -> None:
        self._address = address
        self._headers = dict(headers or {})
        self._credentials = credentials

    async def manifest(self) -> str:
        """Fetch the manifest's text, past a cache that has not asked the server.

        Raises Unreachable, BadStatus, or CaptivePortal if it is a web page.
        """
        js_response = await self._get(self._address, {}, "no-cache")
        text = str(await _answer(self._address, js_response, "text"))
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise CaptivePortal(self._address)
        return text

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[Any]:
        """Begin to fetch the file beside the manifest; see `Source.open`.

        fresh: ask under an address that neither a service worker nor a cache knows yet. Raises
        Unreachable, BadStatus, CaptivePortal, WrongType, WrongLength or, in the course, Truncated.
        """
        file = f"{manifest.file}?sha256={manifest.sha256}" if fresh else manifest.file
        address = str(URL.new(file, self._address).href)
        headers = {}
        if first:
            headers["Range"] = f"bytes={manifest.span(first)[0]}-"
            if validator:
                headers["If-Range"] = validator
        js_response = await self._get(address, headers, "reload" if fresh else "default")
        start = _start(address, js_response, manifest)
        if start % manifest.chunk_size:
            raise WrongLength(address, start, manifest.size)
        chunks = _chunks(address, js_response, manifest, start)
        return Download(start // manifest.chunk_size, _validator(js_response), chunks)

    async def _get(self, address: str, headers: Mapping[str, str], cache: str) -> Any:
        options = {"cache": cache, "credentials": self._credentials}
        js_options = js_object({**options, "headers": js_object({**self._headers, **headers})})
        js_response = await _answer(address, globalThis, "fetch", address, js_options)
        if js_response.status == 416 and "Range" in headers:  # a file that is shorter now
            return await self._get(address, {}, "reload")
        if not js_response.ok:
            raise BadStatus(address, int(js_response.status))
        return js_response


def _start(address: str, js_response: Any, manifest: Manifest) -> int:
    """Tell at which byte the answer begins, and refuse one that can't be the file."""
    kind = _header(js_response, "content-type").lower()
    if kind.startswith("text/html"):
        raise CaptivePortal(address)
    if _OTHER.match(kind):
        raise WrongType(address, kind)
    start, total = 0, ""
    if js_response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", _header(js_response, "content-range"))
        if not found:
            raise WrongType(address, "a part without a Content-Range")
        start, total = int(found[1]), found[2]
    elif not _header(js_response, "content-encoding"):
        total = _header(js_response, "content-length")
    if total.isdecimal() and int(total) != manifest.size:
        raise WrongLength(address, int(total), manifest.size)
    return start


async def _chunks(
    address: str, js_response: Any, manifest: Manifest, start: int
) -> AsyncGenerator[Any]:
    """Give the body in chunks, the last of which ends with the file."""
    js_reader = js_response.body.getReader()
    place = start
    js_chunk, filled = None, 0
    try:
        while True:
            try:
                js_read = await _answer(address, js_reader, "read")
            except Unreachable as error:
                raise Truncated(address, place, manifest.size) from error
            if js_read.done:
                break
            js_piece = js_read.value
            if not place and js_piece.length and js_piece[0] == ord("<"):
                raise CaptivePortal(address)
            taken = 0
            while taken < js_piece.length:
                if place == manifest.size:
                    raise WrongLength(address, None, manifest.size)
                if js_chunk is None:
                    begin, end = manifest.span(place // manifest.chunk_size)
                    js_chunk, filled = Uint8Array.new(end - begin), 0
                part = min(js_piece.length - taken, js_chunk.length - filled)
                js_chunk.set(js_piece.subarray(taken, taken + part), filled)
                taken, filled, place = taken + part, filled + part, place + part
                if filled == js_chunk.length:
                    yield js_chunk
                    js_chunk = None
        if place < manifest.size:
            raise Truncated(address, place, manifest.size)
    finally:
        with suppress(Rejected):
            await call(js_reader, "cancel")


def _validator(js_response: Any) -> str:
    """Give what names this very file to its server: a strong ETag, else its date."""
    etag = _header(js_response, "etag")
    return etag if etag.startswith('"') else _header(js_response, "last-modified")


def _header(js_response: Any, name: str) -> str:
    value = js_response.headers.get(name)
    return value if isinstance(value, str) else ""


async def _answer(address: str, js_owner: Any, method: str, *arguments: Any) -> Any:
    try:
        return await call(js_owner, method, *arguments, patience=STALL)
    except TimeoutError as error:
        raise Unreachable(address, f"no answer for {STALL:.0f} seconds") from error
    except Rejected as error:
        raise Unreachable(address, str(error)) from error
