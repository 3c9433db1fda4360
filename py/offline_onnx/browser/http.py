"""Download a model over HTTP, as an ArrayBuffer.

The body is read piece by piece, so that a slow download can last and a stalled one can't.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from js import URL, Uint8Array, fetch
from pyodide.ffi import JsException

from offline_onnx.browser.interop import js_object, reason
from offline_onnx.errors import BadStatus, IntegrityError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable

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
        return str(await self._answer(js_response.text(), self._address))

    async def content(self, manifest: Manifest) -> Any:
        """Fetch the file beside the manifest, as an ArrayBuffer.

        Raises Unreachable or BadStatus, IntegrityError if the length is not the manifest's.
        """
        address = str(URL.new(manifest.file, self._address).href)
        js_reader = (await self._get(address)).body.getReader()
        js_content = Uint8Array.new(manifest.size)
        length = 0
        while not (js_read := await self._answer(js_reader.read(), address)).done:
            js_piece = js_read.value
            if length + js_piece.length > manifest.size:
                await js_reader.cancel()
                raise IntegrityError(address, f"longer than {manifest.size} bytes")
            js_content.set(js_piece, length)
            length += js_piece.length
        if length < manifest.size:
            raise IntegrityError(address, f"{length} of {manifest.size} bytes")
        return js_content.buffer

    async def _get(self, address: str) -> Any:
        js_response = await self._answer(
            fetch(address, js_object({"mode": "same-origin"})), address
        )
        if not js_response.ok:
            raise BadStatus(address, int(js_response.status))
        return js_response

    @staticmethod
    async def _answer(js_promise: Awaitable[Any], address: str) -> Any:
        try:
            return await asyncio.wait_for(js_promise, STALL)
        except TimeoutError as error:
            raise Unreachable(address, f"no answer for {STALL:.0f} seconds") from error
        except JsException as error:
            raise Unreachable(address, reason(error)) from error
