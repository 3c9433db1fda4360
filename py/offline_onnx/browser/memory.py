"""A model's bytes, as a Uint8Array that stays on JavaScript's side."""

from __future__ import annotations

from typing import Any

from js import Uint8Array, crypto
from pyodide.ffi import JsException

from offline_onnx.errors import SessionError


class WebMemory:
    """A Memory of Uint8Arrays. Digests need a secure context, as service workers do."""

    def allocate(self, size: int) -> Any:
        """Give a Uint8Array of zeros. Raises SessionError if the browser has not that much."""
        try:
            return Uint8Array.new(size)
        except JsException as error:
            raise SessionError(f"There is no memory for {size} bytes ({error}).") from error

    def length(self, js_content: Any) -> int:
        """Give the number of bytes."""
        return int(js_content.length)

    def part(self, js_content: Any, start: int, stop: int) -> Any:
        """Give a view of the bytes from start to stop."""
        return js_content.subarray(start, stop)

    def write(self, js_content: Any, start: int, js_chunk: Any) -> None:
        """Copy a chunk to its place."""
        js_content.set(js_chunk, start)

    async def digest(self, js_content: Any) -> str:
        """Give the SHA-256 in lower-case hexadecimal."""
        js_digest = await crypto.subtle.digest("SHA-256", js_content)
        return bytes(Uint8Array.new(js_digest).to_bytes()).hex()
