"""Download a model over HTTP, going on where an earlier download stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import URL, AbortController, globalThis

from offline_onnx.browser.interop import js_object
from offline_onnx.browser.response import answer, chunks, extent, pieces, validator_of
from offline_onnx.errors import BadStatus, CaptivePortal, Unreachable, WrongType
from offline_onnx.storage.parts import Download

if TYPE_CHECKING:
    from collections.abc import Mapping

    from offline_onnx.inference.manifest import Manifest


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
        """Fetch the manifest's text, past the browser's cache, which may hold a damaged one.

        Raises Unreachable, BadStatus, or CaptivePortal if it is a web page.
        """
        js_response = await self._get(self._address, {}, "no-store")
        text = str(await answer(self._address, js_response, "text"))
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
        start, total = extent(address, js_response)
        if start % manifest.chunk_size or start > manifest.span(first)[0]:
            raise WrongType(address, f"the bytes from {start} on")
        body = pieces(address, js_response, manifest.size, start, total)
        first = start // manifest.chunk_size
        return Download(first, validator_of(js_response), chunks(body, manifest, start))

    async def _get(self, address: str, headers: Mapping[str, str], cache: str) -> Any:
        js_abort = AbortController.new()
        options = {
            "cache": cache,
            "credentials": self._credentials,
            "headers": js_object({**self._headers, **headers}),
            "signal": js_abort.signal,
        }
        try:
            js_response = await answer(address, globalThis, "fetch", address, js_object(options))
        except Unreachable:
            js_abort.abort()  # left open, it would keep the next request for this address waiting
            raise
        if js_response.status == 416 and "Range" in headers:  # a file that is shorter now
            return await self._get(address, {}, "reload")
        if js_response.status not in (200, 206):
            raise BadStatus(address, int(js_response.status))
        return js_response
