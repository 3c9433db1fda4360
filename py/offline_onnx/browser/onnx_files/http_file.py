"""A file on a server, without a manifest."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from js import URL, AbortController

from offline_onnx.browser.http import (
    abort_on_error,
    await_server,
    is_web_page,
    position_and_length,
    send,
    validator_of,
)
from offline_onnx.browser.interop import Rejected, call
from offline_onnx.errors import CaptivePortal, FetchError, Truncated, Unreachable, WrongType
from offline_onnx.storage.file_download import FileResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

_FORBIDDEN = re.compile(r"[/\\?#:\0]")
"""Characters that the name of a file in a manifest can't have."""


class HttpFile:
    """A RemoteFile at a URL.

    Args:
        address: the absolute URL of the file.
        headers: sent with every request.
        credentials: as in `fetch`.

    """

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        credentials: str = "same-origin",
    ) -> None:
        self.address = address
        self._headers = dict(headers or {})
        self._credentials = credentials

    @property
    def name(self) -> str:
        """The name of the file, without folders and without the characters of _FORBIDDEN."""
        last = unquote(urlsplit(self.address).path.rpartition("/")[2])
        return _FORBIDDEN.sub("_", last).strip(".") or "model.onnx"

    def beside(self, name: str) -> HttpFile:
        """Return another file in the folder of this one."""
        address = str(URL.new(quote(name), self.address).href)
        return HttpFile(address, self._headers, self._credentials)

    async def validator(self) -> str:
        """Return the validator of the file that the server has now; "" if it sends none.

        Raises:
            Unreachable: the server did not answer.

        """
        js_abort = AbortController.new()
        try:
            with abort_on_error(js_abort):
                js_response = await self._send({}, "no-store", js_abort, "HEAD")
                return validator_of(js_response)
        except Unreachable:
            raise
        except FetchError:  # some servers refuse HEAD
            return ""

    async def begin(self, start: int, validator: str, *, fresh: bool) -> FileResponse[Any]:
        """Begin to download the file; see `RemoteFile.begin`."""
        headers = {"Range": f"bytes={start}-", "If-Range": validator} if start else {}
        js_abort = AbortController.new()
        with abort_on_error(js_abort):
            cache = "reload" if fresh else "no-cache"
            js_response = await self._send(headers, cache, js_abort)
            position, total = position_and_length(self.address, js_response)
            if position not in (0, start):
                raise WrongType(self.address, f"a range that starts at byte {position}")
        body = _body(self.address, js_response, position, total)
        return FileResponse(position, total, validator_of(js_response), body)

    async def _send(
        self, headers: Mapping[str, str], cache: str, js_abort: Any, method: str = "GET"
    ) -> Any:
        headers = {**self._headers, **headers}
        return await send(self.address, headers, self._credentials, cache, js_abort, method)


async def _body(
    address: str, js_response: Any, position: int, total: int | None
) -> AsyncGenerator[Any]:
    """Yield the body as it arrives.

    Args:
        address: the URL, for error messages.
        js_response: the response.
        position: the position of the body's first byte in the file.
        total: the length of the whole file; None if unknown.

    Raises:
        CaptivePortal: the body is a web page.
        Truncated: the body ends too early, or stalls.
        Unreachable: the body stalls, and the length is unknown.

    """
    js_reader = js_response.body.getReader()
    try:
        while not (js_read := await await_server(address, js_reader, "read")).done:
            if position == 0 and is_web_page(js_read.value):
                raise CaptivePortal(address)
            position += js_read.value.length
            yield js_read.value
    except Unreachable as error:
        if total is None:
            raise
        raise Truncated(address, position, total) from error
    finally:
        with suppress(Rejected):
            await call(js_reader, "cancel")
    if total is not None and position < total:
        raise Truncated(address, position, total)
