"""A model's bytes, as a Uint8Array that stays on JavaScript's side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Array, Promise, Reflect, Uint8Array, crypto
from pyodide.ffi import JsException, to_js

from offline_onnx.errors import SessionError

if TYPE_CHECKING:
    from collections.abc import Sequence


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

    async def digests(self, js_content: Any, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Give the SHA-256 of the bytes from start to stop of each span, in hexadecimal.

        JavaScript makes all the calls: made from Python they take as long as the digests do.
        """
        js_part = Reflect.apply.bind(None, js_content.subarray, js_content)
        js_digest = crypto.subtle.digest.bind(crypto.subtle, "SHA-256")
        js_parts = Array.from_(to_js(spans), js_part)
        js_digests = await Promise.all(Array.from_(js_parts, js_digest))
        return [bytes(digest).hex() for digest in js_digests.to_py()]
