"""SHA-256 by the browser, over bytes that stay on its side."""

from __future__ import annotations

from typing import Any

from js import Uint8Array, crypto


async def sha256(js_content: Any) -> str:
    """Digest an ArrayBuffer or a view of one; 64 lower-case hexadecimal digits.

    Needs a secure context (https or localhost), as service workers do.
    """
    js_digest = await crypto.subtle.digest("SHA-256", js_content)
    return bytes(Uint8Array.new(js_digest).to_bytes()).hex()
