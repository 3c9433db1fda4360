"""What older versions of the page have left: the service worker clears its own cache alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import URL, document, window

from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.main import Page

CACHE, PLACE = "offline-digits-release", "built/release-"
"""What a model of the user's own needs, once it was wanted: tools/node/service_worker.mjs."""


async def sweep(page: Page) -> None:
    """Throw away what another version's onnxruntime-web for any model has left."""
    all_of_ours, now = map(_address, (PLACE, str(page.js_boot.folders.release)))
    try:
        if await call(window.caches, "has", CACHE):
            js_cache = await call(window.caches, "open", CACHE)
            for js_request in await call(js_cache, "keys"):
                if js_request.url.startswith(all_of_ours) and not js_request.url.startswith(now):
                    await call(js_cache, "delete", js_request)
    except (AttributeError, Rejected):
        return  # site data is blocked: there is nothing left


def _address(path: str) -> str:
    """Give a path's address: sites may share an origin, and its caches."""
    return str(URL.new(path, document.baseURI).href)
