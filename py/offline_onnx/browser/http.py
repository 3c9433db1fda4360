"""Download a model over HTTP, and resume interrupted downloads.

The body is read as it arrives, with a timeout for each read. So a slow download continues, however
long it takes, and a stalled download fails.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import js
from js import URL, AbortController, Array, Object, Promise, Reflect, Uint8Array, globalThis
from pyodide.ffi import JsException, to_js

from offline_onnx.browser.interop import Rejected, begin, call, js_object, value_of
from offline_onnx.errors import (
    AddressError,
    BadStatus,
    BaseMissing,
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
    from offline_onnx.inference.model_file import ModelFile

STALL_TIMEOUT = 30.0
"""A download fails after this many seconds without a byte."""
MAX_READS = 16
"""Maximum number of reads that Python awaits together.

Awaiting JavaScript once takes Python as long as several reads take the browser.
"""
MAX_FILLED = 1 << 20
"""Maximum size in bytes of a chunk whose buffer the browser fills in one read.

If the network becomes so slow that such a read takes longer than STALL_TIMEOUT, the download fails.
It resumes after the last chunk, with reads that return whatever has arrived.
"""
MAX_FILLS = 8
"""Maximum number of reads that Python awaits together if each fills the buffer of a chunk."""
FAST_READS_TIMEOUT = 0.1
"""Python awaits several reads for at most this many seconds, and then takes those that have ended.

If all reads have ended in time, Python awaits twice as many the next time, otherwise one.
"""

_OTHER_TYPES = re.compile(r"(image|audio|video|font)/|application/json|text/(css|javascript)")
"""Content types that a model's file never has."""


class HttpSource:
    """A Source that downloads a manifest, and a model from the same folder, from a server.

    Args:
        address: the URL of the manifest.
        headers: sent with every request.
        credentials: "omit", "same-origin" or "include", as in `fetch`.

    Raises:
        BaseMissing: the address is relative, and there is no base for it.
        AddressError: the address is not in a folder, for example the address of a Blob.

    """

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
    ) -> None:
        self._address = str(absolute_url(address, None).href)
        try:
            URL.new(".", self._address)  # throws if the address is not in a folder
        except JsException as error:
            raise AddressError(f"{address} has no folder for the model's file.", address) from error
        self._headers = dict(headers or {})
        self._credentials = credentials

    async def manifest(self) -> str:
        """Return the manifest's text, bypassing the browser's cache, which may be damaged.

        Raises:
            Unreachable: the server did not answer.
            BadStatus: the server answered with an error status.
            CaptivePortal: the response is a web page.

        """
        js_abort = AbortController.new()
        with abort_on_error(js_abort):
            js_response = await self._get(self._address, {}, "no-store", js_abort)
            text = str(await await_server(self._address, js_response, "text"))
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise CaptivePortal(self._address)
        return text

    async def open(
        self, manifest: Manifest, first: int, *, validator: str = "", fresh: bool = False
    ) -> Download[Any]:
        """Begin to download a file in the manifest's folder; see `Source.open`.

        With `fresh`, a query is added to the URL, so that no service worker and no cache has a
        response for it. Raises Unreachable, BadStatus, CaptivePortal or WrongType. Iterating over
        the chunks may raise CaptivePortal, WrongLength or Truncated.
        """
        number, begin = manifest.file_of(first)
        file, skipped = manifest.files[number], first - begin
        query = f"?sha256={file.sha256}" if fresh else ""
        address = str(URL.new(file.file + query, self._address).href)
        headers = {}
        if skipped:
            headers["Range"] = f"bytes={file.span(skipped)[0]}-"
            if validator:
                headers["If-Range"] = validator
        cache = "reload" if fresh else "default"
        try:
            download = await self._begin(file, skipped, address, headers, cache)
        except BadStatus as error:
            if error.status != 416 or not skipped:
                raise
            download = None
        except Unreachable as error:
            is_refused = isinstance(error.__cause__, Rejected) and not _is_same_origin(address)
            if not is_refused or not skipped:
                raise
            download = None
        if download is None:
            # Status 416 means that the file on the server is now shorter than the chunks before
            # `first`. Otherwise the server, on another origin, does not allow the header If-Range
            # (CORS). In both cases, request the whole file.
            download = await self._begin(file, skipped, address, {}, "reload")
        return replace(download, first=begin + download.first)

    async def _begin(
        self, file: ModelFile, first: int, address: str, headers: Mapping[str, str], cache: str
    ) -> Download[Any]:
        """Send one request for a file; abort the request if its response is not usable."""
        js_abort = AbortController.new()
        with abort_on_error(js_abort):
            js_response = await self._get(address, headers, cache, js_abort)
            start, total = position_and_length(address, js_response)
            if start % file.chunk_size or start > file.span(first)[0]:
                raise WrongType(address, f"a range that starts at byte {start}")
        body = _body(address, js_response, file, start, total)
        index = start // file.chunk_size
        return Download(index, validator_of(js_response), _chunks(body, file, start))

    async def _get(
        self, address: str, headers: Mapping[str, str], cache: str, js_abort: Any
    ) -> Any:
        headers = {**self._headers, **headers}
        return await send(address, headers, self._credentials, cache, js_abort)


async def send(
    address: str,
    headers: Mapping[str, str],
    credentials: str,
    cache: str,
    js_abort: Any,
    method: str = "GET",
) -> Any:
    """Send a request and return the response.

    Raises:
        Unreachable: the server did not answer.
        BadStatus: the server answered with a status other than 200 and 206.

    """
    options = {
        "method": method,
        "cache": cache,
        "credentials": credentials,
        "headers": js_object(headers),
        "signal": js_abort.signal,
    }
    js_response = await await_server(address, globalThis, "fetch", address, js_object(options))
    if js_response.status not in (200, 206):
        raise BadStatus(address, int(js_response.status))
    return js_response


@contextmanager
def abort_on_error(js_abort: Any) -> Iterator[None]:
    """Abort the request if the block raises an error.

    Otherwise, a response that this file rejects would continue to use a connection, and a stalled
    response would delay the next request for the same URL.
    """
    try:
        yield
    except BaseException:
        js_abort.abort()
        raise


def position_and_length(address: str, js_response: Any) -> tuple[int, int | None]:
    """Return the position of the body's first byte in the file, and the length of the whole file.

    The length is None if the server does not send it.

    Raises:
        CaptivePortal: the headers are those of a web page.
        WrongType: the headers are those of another type of file, or the range is not valid.

    """
    kind = _header(js_response, "content-type").lower()
    if kind.startswith("text/html"):
        raise CaptivePortal(address)
    if _OTHER_TYPES.match(kind):
        raise WrongType(address, kind)
    if js_response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", _header(js_response, "content-range"))
        if not found:
            raise WrongType(address, "a range without a valid Content-Range")
        return int(found[1]), int(found[2])
    length = _header(js_response, "content-length")
    # Content-Length is the length of the encoded file, so it is used only without an encoding.
    # Scripts can't read Content-Encoding in responses from other origins.
    is_plain = js_response.type != "cors" and not _header(js_response, "content-encoding")
    return 0, int(length) if length.isdecimal() and is_plain else None


async def _body(
    address: str, js_response: Any, file: ModelFile, start: int, total: int | None
) -> AsyncGenerator[Any]:
    """Yield the body as it arrives.

    Args:
        address: the URL, for error messages.
        js_response: the response.
        file: the file according to the manifest.
        start: the position of the body's first byte in the file.
        total: the length of the whole file according to the server; None if unknown.

    Raises:
        CaptivePortal: the body is a web page.
        WrongLength: the manifest has another length than `total`.
        Truncated: the body stalls, or ends before `_chunks` has all chunks.

    """
    size, position = file.size, start
    try:
        async with aclosing(_reads(address, js_response.body, file, start)) as reads:
            async for js_bytes in reads:
                if position == 0 and is_web_page(js_bytes):
                    raise CaptivePortal(address)
                if total not in (size, None):  # after the type: a web page has another length
                    raise WrongLength(address, total, size)
                position += int(js_bytes.length)
                yield js_bytes
    except Unreachable as error:
        raise Truncated(address, position, size) from error
    # The body has ended before `_chunks` had all chunks and closed this generator.
    raise Truncated(address, position, size)


async def _reads(address: str, js_body: Any, file: ModelFile, start: int) -> AsyncGenerator[Any]:
    """Yield what is read from a body, until its end. Raises Unreachable.

    On a fast network, several reads are awaited together, and each fills the buffer of a chunk.
    In WebKit, which can't read into buffers, and if chunks are larger than MAX_FILLED, each read
    returns what has arrived.

    Args:
        address: the URL, for error messages.
        js_body: the body.
        file: has the sizes of the chunks.
        start: the position of the body's first byte in the file.

    """
    fills_buffers = file.chunk_size <= MAX_FILLED
    try:
        js_reader = js_body.getReader(js_object({"mode": "byob"} if fills_buffers else {}))
    except JsException:
        fills_buffers, js_reader = False, js_body.getReader()
    js_read = Reflect.apply.bind(None, js_reader.read, js_reader)

    def begin_reads(position: int, count: int) -> Any:
        arguments = _buffers(file, position, count) if fills_buffers else [[]] * count
        js_promises = Array.from_(to_js(arguments, dict_converter=Object.fromEntries), js_read)
        Promise.allSettled(js_promises)  # the browser reports rejections that nothing handles
        return js_promises

    position, count, are_fast = start, 1, True
    js_promises = begin_reads(position, count)
    try:
        while True:
            js_outcomes = await _ended_reads(address, js_promises)
            js_promises = js_promises.slice(len(js_outcomes))
            arrived, has_ended, failure = [], False, None
            for js_outcome in js_outcomes:
                try:
                    js_result = value_of(js_outcome)
                except Rejected as error:
                    failure = failure or error
                    continue
                has_ended = has_ended or js_result.done
                if not js_result.done:
                    arrived.append(js_result.value)
                    position += int(js_result.value.length)
            if js_promises.length:
                are_fast = False
            elif not (has_ended or failure):
                # The browser reads the next bytes while Python uses these.
                most = MAX_FILLS if fills_buffers else MAX_READS
                count, are_fast = min(2 * count, most) if are_fast else 1, True
                js_promises = begin_reads(position, count)
            for js_bytes in arrived:
                yield js_bytes
            if failure:
                raise Unreachable(address, str(failure)) from failure
            if has_ended:
                return
    finally:
        with suppress(Rejected):
            if position < file.size:
                begin(js_reader, "cancel")
            else:
                # The body's end may arrive after its last byte. Cancel only after the end, or the
                # request would count as failed, and the browser might not cache the file.
                js_last = begin(js_reader, "read", *([Uint8Array.new(1)] if fills_buffers else []))
                js_last.then(lambda _: begin(js_reader, "cancel"))


def _buffers(file: ModelFile, position: int, count: int) -> list[list[Any]]:
    """Return the arguments of up to `count` reads that start at a position in the file.

    The first read has the rest of a chunk, each of the others a whole chunk. A single read, as on a
    slow network, returns what has arrived.
    """
    chunks = range(position // file.chunk_size, file.digests.count)
    ends = [file.span(index)[1] for index in chunks[:count]]
    sizes = [end - begin for begin, end in pairwise((position, *ends))]
    return [[Uint8Array.new(size), {"min": size if count > 1 else 1}] for size in sizes]


async def _ended_reads(address: str, js_promises: Any) -> list[Any]:
    """Return the outcomes of the reads that have ended, at least one. Reads end in order.

    Raises Unreachable if no read ends within STALL_TIMEOUT.
    """
    with suppress(TimeoutError):
        return list(await asyncio.wait_for(Promise.allSettled(js_promises), FAST_READS_TIMEOUT))
    # `Promise.race` of a promise and its index returns the index if the promise is pending.
    js_pairs = Array.from_(js_promises, Array.of)
    js_races = Array.from_(js_pairs, Promise.race.bind(Promise))
    js_outcomes = await Promise.allSettled(js_races)
    ended = [each for each in js_outcomes if not isinstance(getattr(each, "value", None), int)]
    if ended:
        return ended
    try:
        js_first = Promise.allSettled(js_promises.slice(0, 1))
        return list(await asyncio.wait_for(js_first, STALL_TIMEOUT))
    except TimeoutError as error:
        raise Unreachable(address, f"no answer for {STALL_TIMEOUT:.0f} seconds") from error


async def _chunks(body: AsyncGenerator[Any], file: ModelFile, start: int) -> AsyncGenerator[Any]:
    """Cut the body into the manifest's chunks.

    Args:
        body: yields the bytes as they arrive.
        file: has the sizes of the chunks.
        start: the position of the body's first byte in the file, at which a chunk starts.

    """
    js_chunk, size, filled = None, 0, 0
    position = start
    async with aclosing(body):
        async for js_bytes in body:
            copied, length = 0, int(js_bytes.length)
            while copied < length and position < file.size:
                if js_chunk is None:
                    begin, end = file.span(position // file.chunk_size)
                    size, filled = end - begin, 0
                    js_chunk = js_bytes if length == size else Uint8Array.new(size)
                count = min(length - copied, size - filled)
                if js_chunk is not js_bytes:
                    js_chunk.set(js_bytes.subarray(copied, copied + count), filled)
                copied, filled, position = copied + count, filled + count, position + count
                if filled == size:
                    yield js_chunk
                    js_chunk = None
            if position == file.size:
                return


def _is_same_origin(address: str) -> bool:
    origin = getattr(getattr(js, "location", None), "origin", "")
    return bool(URL.new(address).origin == origin)


def is_web_page(js_bytes: Any) -> bool:
    """Return whether the bytes start with "<", as HTML does and an ONNX file never does."""
    return bool(js_bytes.length and js_bytes[0] == ord("<"))


def validator_of(js_response: Any) -> str:
    """Return the validator for If-Range: the ETag if it is strong, otherwise Last-Modified."""
    etag = _header(js_response, "etag")
    return etag if etag.startswith('"') else _header(js_response, "last-modified")


def _header(js_response: Any, name: str) -> str:
    """Return a header of the response; "" if it is missing or can't be read."""
    value = js_response.headers.get(name)
    return value if isinstance(value, str) else ""


async def await_server(address: str, js_owner: Any, method: str, *arguments: Any) -> Any:
    """Call a JavaScript method that waits for the server.

    Raises Unreachable if the method fails or the server does not answer in time.
    """
    try:
        return await call(js_owner, method, *arguments, timeout_s=STALL_TIMEOUT)
    except TimeoutError as error:
        raise Unreachable(address, f"no answer for {STALL_TIMEOUT:.0f} seconds") from error
    except Rejected as error:
        raise Unreachable(address, str(error)) from error


def absolute_url(address: str, base: str | None) -> Any:
    """Return a URL object for an address.

    Args:
        address: an absolute or relative URL.
        base: the base URL of a relative address; None for the address of the page, or of the
            worker's script.

    Raises:
        BaseMissing: the address is relative, and the base can't resolve it: it is missing, or it is
            a URL without folders, such as that of a Blob.

    """
    start = _own_base() if base is None else base
    for arguments in ((address,), (address, start)):
        with suppress(JsException):
            return URL.new(*arguments)
    raise BaseMissing(address, start)


def _own_base() -> str:
    """Return the base URL of relative addresses in this page or worker; "" if there is none."""
    if not hasattr(js, "document"):
        with suppress(ModuleNotFoundError):  # python_worker.js registers this module
            return str(import_module("offline_onnx_worker").base)
    return str(getattr(getattr(js, "location", None), "href", ""))


def name_of(js_url: Any) -> str:
    """Return the name under which the model at a URL is stored: without query and fragment."""
    return f"{js_url.origin}{js_url.pathname}"
