"""Download a model over HTTP, as an ArrayBuffer.

The body is read piece by piece, so that a slow download can last and a stalled one can't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import URL, Uint8Array, window

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.errors import BadStatus, IntegrityError, Unreachable

if TYPE_CHECKING:
    from offline_onnx.manifest import Manifest

STALL = 30.0
"""Seconds without a byte after which a download counts as failed."""


class HttpSource:
    """A model that lies beside its manifest on a server. address: the manifest's, absolute."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def manifest(self) -> str:
        """Fetch the manifest's text. Raises Unreachable or BadStatus."""
        js_response = await self._get(self._address)
        return str(await self._answer(self._address, js_response, "text"))

    async def content(self, manifest: Manifest, *, fresh: bool) -> Any:
        """Fetch the file beside the manifest, as an ArrayBuffer.

        fresh: ask under an address that neither a service worker nor a cache knows yet.

        Raises Unreachable or BadStatus, IntegrityError if the length is not the manifest's.
        """
        file = f"{manifest.file}?sha256={manifest.sha256}" if fresh else manifest.file
        address = str(URL.new(file, self._address).href)
        js_response = await self._get(address, cache="reload" if fresh else "default")
        js_reader = js_response.body.getReader()
        js_content = Uint8Array.new(manifest.size)
        length = 0
        while not (js_read := await self._answer(address, js_reader, "read")).done:
            js_piece = js_read.value
            if length + js_piece.length > manifest.size:
                js_reader.cancel()
                raise IntegrityError(address, f"longer than {manifest.size} bytes")
            js_content.set(js_piece, length)
            length += js_piece.length
        if length < manifest.size:
            raise IntegrityError(address, f"{length} of {manifest.size} bytes")
        return js_content.buffer

    async def _get(self, address: str, *, cache: str = "default") -> Any:
        js_options = js_object({"mode": "same-origin", "cache": cache})
        js_response = await self._answer(address, window, "fetch", address, js_options)
        if not js_response.ok:
            raise BadStatus(address, int(js_response.status))
        return js_response

    @staticmethod
    async def _answer(address: str, js_owner: Any, method: str, *arguments: Any) -> Any:
        try:
            return await call(js_owner, method, *arguments, patience=STALL)
        except TimeoutError as error:
            raise Unreachable(address, f"no answer for {STALL:.0f} seconds") from error
        except Rejected as error:
            raise Unreachable(address, str(error)) from error
