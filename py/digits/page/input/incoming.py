"""Pictures from other apps: shared with this one, or opened with it, where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import window
from pyodide.ffi import create_proxy

from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.main import Page

SHARED = "?shared"
"""What the page is opened with when something was shared: tools/node/service_worker.mjs."""
CACHE, KEY = "offline-digits-shared", "shared"
"""Where the service worker has put it."""


class Incoming:
    """Reads what comes, as if the user had chosen it in the page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        if hasattr(window, "launchQueue"):
            window.launchQueue.setConsumer(create_proxy(self._launched))
        if window.location.search == SHARED:
            window.history.replaceState(None, "", "./")  # a reload shares nothing again
            page.run(self._take_shared())

    def _launched(self, js_launch: Any) -> None:
        if js_launch.files and js_launch.files.length:
            self._page.run(self._open(js_launch.files[0]))

    async def _open(self, js_handle: Any) -> None:
        try:
            self._page.pictures.open(await call(js_handle, "getFile"))
        except Rejected:
            self._page.pictures.tell("picture_unreadable")

    async def _take_shared(self) -> None:
        try:
            js_cache = await call(window.caches, "open", CACHE)
            js_response = await call(js_cache, "match", KEY)
            js_picture = js_response and await call(js_response, "blob")
            await call(js_cache, "delete", KEY)
        except (AttributeError, Rejected):  # perhaps there is no Cache Storage
            js_picture = None
        if js_picture:
            self._page.pictures.open(js_picture)
        else:
            self._page.pictures.tell("share_empty")
