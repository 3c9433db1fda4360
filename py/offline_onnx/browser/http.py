"""Download a model over HTTP, resuming where an earlier download stopped.

The body is read piece by piece, so that a slow download may take any time and a stalled one fails.
"""

from __future__ import annotations

import re
from contextlib import aclosing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from js import URL, AbortController, Uint8Array, globalThis

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import (
    BadStatus,
    CaptivePortal,
    Truncated,
    Unreachable,
    WrongLength,
    WrongType,
)
from offline_onnx.storage.source import Download

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from offline_onnx.inference.manifest import Manifest

STALL = 30.0
"""Seconds without a byte after which a download fails."""

_OTHER = re.compile(r"(image|audio|video|font)/|application/json|text/(css|javascript)")


class HttpSource:
    """A model beside its manifest on a server.

    Args:
        address: of the manifest, absolute.
        headers: sent with every request.
        credentials: "omit", "same-origin" or "include", as in `fetch`.

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
        """Return the manifest's text; the browser's cache is bypassed, it may be damaged.

        Raises Unreachable, BadStatus, or CaptivePortal for a web page.
        """
        js_abort = AbortController.new()
        with _aborting(js_abort):
            js_response = await self._get(self._address, {}, "no-store", js_abort)
            text = str(await _answer(self._address, js_response, "text"))
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise CaptivePortal(self._address)
        return text

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[Any]:
        """Begin to download the file beside the manifest; see `Source.open`.

        With `fresh`, the address gets a query that no service worker and no cache knows. Raises
        Unreachable, BadStatus, CaptivePortal, WrongType, WrongLength or Truncated; the last three
        may also come while the chunks arrive.
        """
        file = f"{manifest.file}?sha256={manifest.sha256}" if fresh else manifest.file
        address = str(URL.new(file, self._address).href)
        headers = {}
        if first:
            headers["Range"] = f"bytes={manifest.span(first)[0]}-"
            if validator:
                headers["If-Range"] = validator
        js_abort = AbortController.new()
        with _aborting(js_abort):
            js_response = await self._get(
                address, headers, "reload" if fresh else "default", js_abort
            )
            start, total = _extent(address, js_response)
            if start % manifest.chunk_size or start > manifest.span(first)[0]:
                raise WrongType(address, f"the bytes from {start} on")
        body = _body(address, js_response, manifest.size, start, total)
        index = start // manifest.chunk_size
        return Download(index, _validator_of(js_response), _chunks(body, manifest, start))

    async def _get(
        self, address: str, headers: Mapping[str, str], cache: str, js_abort: Any
    ) -> Any:
        options = {
            "cache": cache,
            "credentials": self._credentials,
            "headers": js_object({**self._headers, **headers}),
            "signal": js_abort.signal,
        }
        js_response = await _answer(address, globalThis, "fetch", address, js_object(options))
        if js_response.status == 416 and "Range" in headers:  # the file is shorter now
            return await self._get(address, {}, "reload", js_abort)
        if js_response.status not in (200, 206):
            raise BadStatus(address, int(js_response.status))
        return js_response


@contextmanager
def _aborting(js_abort: Any) -> Iterator[None]:
    """Abort the request if the block fails.

    Left open, a refused response would occupy a connection, and a stalled one would delay the next
    request for its address.
    """
    try:
        yield
    except BaseException:
        js_abort.abort()
        raise


def _extent(address: str, js_response: Any) -> tuple[int, int | None]:
    """Return the position of the body's first byte in the file, and the length of the whole file.

    The length is None if the server does not send it. Raises CaptivePortal or WrongType if the
    headers are not those of a model's file.
    """
    kind = _header(js_response, "content-type").lower()
    if kind.startswith("text/html"):
        raise CaptivePortal(address)
    if _OTHER.match(kind):
        raise WrongType(address, kind)
    if js_response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", _header(js_response, "content-range"))
        if not found:
            raise WrongType(address, "a range without its position")
        return int(found[1]), int(found[2])
    length = _header(js_response, "content-length")
    # Scripts can't see another origin's Content-Encoding; the length is that of the encoded file.
    is_plain = js_response.type != "cors" and not _header(js_response, "content-encoding")
    return 0, int(length) if length.isdecimal() and is_plain else None


async def _body(
    address: str, js_response: Any, size: int, start: int, total: int | None
) -> AsyncGenerator[Any]:
    """Yield the body as it arrives.

    Args:
        address: for errors.
        js_response: has the body.
        size: bytes of the whole file by its manifest.
        start: the position of the body's first byte in the file.
        total: bytes of the whole file by the server; None if unknown.

    Raises:
        CaptivePortal: it is a web page.
        WrongLength: the two sizes differ.
        Truncated: it ends early, or stalls.

    """
    js_reader = js_response.body.getReader()
    position = start
    try:
        while not (js_read := await _answer(address, js_reader, "read")).done:
            if position == 0 and _is_page(js_read.value):
                raise CaptivePortal(address)
            if total not in (size, None):
                raise WrongLength(address, total, size)
            position += js_read.value.length
            yield js_read.value
    except Unreachable as error:
        raise Truncated(address, position, size) from error
    finally:
        with suppress(Rejected):
            await call(js_reader, "cancel")
    raise Truncated(address, position, size)


async def _chunks(body: AsyncGenerator[Any], manifest: Manifest, start: int) -> AsyncGenerator[Any]:
    """Cut the body into chunks; the first one starts at the position `start` of the file."""
    js_chunk, filled = None, 0
    async with aclosing(body):
        async for js_piece in body:
            taken = 0
            while taken < js_piece.length and start < manifest.size:
                if js_chunk is None:
                    begin, end = manifest.span(start // manifest.chunk_size)
                    js_chunk, filled = Uint8Array.new(end - begin), 0
                part = min(js_piece.length - taken, js_chunk.length - filled)
                js_chunk.set(js_piece.subarray(taken, taken + part), filled)
                taken, filled, start = taken + part, filled + part, start + part
                if filled == js_chunk.length:
                    yield js_chunk
                    js_chunk = None
            if start == manifest.size:
                return


def _is_page(js_piece: Any) -> bool:
    """Return whether the bytes start like a web page; no ONNX file does."""
    return bool(js_piece.length and js_piece[0] == ord("<"))


def _validator_of(js_response: Any) -> str:
    """Return what identifies this very file to its server: a strong ETag, else its date."""
    etag = _header(js_response, "etag")
    return etag if etag.startswith('"') else _header(js_response, "last-modified")


def _header(js_response: Any, name: str) -> str:
    value = js_response.headers.get(name)
    return value if isinstance(value, str) else ""


async def _answer(address: str, js_owner: Any, method: str, *arguments: Any) -> Any:
    """Call JavaScript that waits for the server. Raises Unreachable."""
    try:
        return await call(js_owner, method, *arguments, patience=STALL)
    except TimeoutError as error:
        raise Unreachable(address, f"no answer for {STALL:.0f} seconds") from error
    except Rejected as error:
        raise Unreachable(address, str(error)) from error
