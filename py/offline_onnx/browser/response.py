"""What comes from a server: how long it is, where it begins, and its bytes, chunk by chunk.

The body is read piece by piece, so that a slow download can last and a stalled one can't.
"""

from __future__ import annotations

import re
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from js import Uint8Array

from offline_onnx.browser.interop import Rejected, call
from offline_onnx.errors import CaptivePortal, Truncated, Unreachable, WrongLength, WrongType

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from offline_onnx.inference.manifest import Manifest

STALL = 30.0
"""Seconds without a byte after which a download counts as failed."""

_OTHER = re.compile(r"(image|audio|video|font)/|application/json|text/(css|javascript)")


def extent(address: str, js_response: Any) -> tuple[int, int | None]:
    """Tell at which byte the answer begins, and how long the whole file is, if it says."""
    kind = _header(js_response, "content-type").lower()
    if kind.startswith("text/html"):
        raise CaptivePortal(address)
    if _OTHER.match(kind):
        raise WrongType(address, kind)
    if js_response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", _header(js_response, "content-range"))
        if not found:
            raise WrongType(address, "a part that does not say which")
        return int(found[1]), int(found[2])
    length = _header(js_response, "content-length")
    # Another origin's Content-Encoding can't be seen, and the length is that of the encoded file.
    is_plain = js_response.type != "cors" and not _header(js_response, "content-encoding")
    is_told = length.isdecimal() and is_plain
    return 0, int(length) if is_told else None


async def pieces(
    address: str, js_response: Any, size: int, start: int, total: int | None
) -> AsyncGenerator[Any]:
    """Give the body as it comes.

    size: of the whole file. start: the byte that the body begins at. total: of the whole file, as
    the server has it, if it says.

    Raises CaptivePortal, WrongLength, Truncated.
    """
    js_reader = js_response.body.getReader()
    place = start
    try:
        while not (js_read := await answer(address, js_reader, "read")).done:
            if place == 0 and _is_page(js_read.value):
                raise CaptivePortal(address)
            if total not in (size, None):
                raise WrongLength(address, total, size)
            place += js_read.value.length
            yield js_read.value
    except Unreachable as error:
        raise Truncated(address, place, size) from error
    finally:
        with suppress(Rejected):
            await call(js_reader, "cancel")
    raise Truncated(address, place, size)


async def chunks(body: AsyncGenerator[Any], manifest: Manifest, start: int) -> AsyncGenerator[Any]:
    """Cut the body into chunks, the first of which begins at the byte `start`."""
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
    """No ONNX file begins like a web page does."""
    return bool(js_piece.length and js_piece[0] == ord("<"))


def validator_of(js_response: Any) -> str:
    """Give what names this very file to its server: a strong ETag, else its date."""
    etag = _header(js_response, "etag")
    return etag if etag.startswith('"') else _header(js_response, "last-modified")


def _header(js_response: Any, name: str) -> str:
    value = js_response.headers.get(name)
    return value if isinstance(value, str) else ""


async def answer(address: str, js_owner: Any, method: str, *arguments: Any) -> Any:
    """Call JavaScript that waits for the server. Raises Unreachable."""
    try:
        return await call(js_owner, method, *arguments, patience=STALL)
    except TimeoutError as error:
        raise Unreachable(address, f"no answer for {STALL:.0f} seconds") from error
    except Rejected as error:
        raise Unreachable(address, str(error)) from error
