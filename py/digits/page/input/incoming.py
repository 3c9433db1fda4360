"""Pictures from the clipboard, through a button, and from other apps.

Where this page is installed as an app, other apps can share a picture with it or open one in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import navigator, window
from pyodide.ffi import create_proxy

from digits.page.dom import element, on_click
from digits.page.input.pictures import PictureError
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from digits.page.input.pictures import PictureInput

SHARED = "?shared"
"""The query that the page is opened with when a picture was shared with it."""
CACHE, KEY = "offline-digits-shared", "shared"
"""Where the service worker stores a shared picture: tools/node/service_worker.mjs."""


def accept_from_clipboard(pictures: PictureInput) -> None:
    """Show the paste button if the browser lets a page read images from the clipboard."""
    element("paste").hidden = not hasattr(navigator.clipboard, "read")
    on_click(element("paste"), lambda: pictures.fetch(_pasted))


def accept_from_other_apps(pictures: PictureInput) -> None:
    """Read the picture that the page was opened with, if any, and every later one."""

    def launched(js_launch: Any) -> None:
        if js_launch.files and js_launch.files.length:
            js_handle = js_launch.files[0]
            pictures.fetch(lambda: _opened(js_handle))

    if hasattr(window, "launchQueue"):
        window.launchQueue.setConsumer(create_proxy(launched))
    if window.location.search == SHARED:
        window.history.replaceState(None, "", "./")  # after a reload nothing is shared
        pictures.fetch(_shared)


async def _pasted() -> Any:
    """Return the first image on the clipboard, as a blob. Raises PictureError."""
    try:
        for js_item in await call(navigator.clipboard, "read"):
            for kind in js_item.types:
                if kind.startswith("image/"):
                    return await call(js_item, "getType", kind)
    except Rejected as error:
        raise PictureError("paste_refused") from error
    raise PictureError("paste_empty")


async def _opened(js_handle: Any) -> Any:
    """Return the file of a handle. Raises PictureError."""
    try:
        return await call(js_handle, "getFile")
    except Rejected as error:
        raise PictureError("picture_unreadable") from error


async def _shared() -> Any:
    """Return the shared picture, as a blob, and remove it from the cache. Raises PictureError."""
    try:
        js_cache = await call(window.caches, "open", CACHE)
        js_response = await call(js_cache, "match", KEY)
        js_picture = js_response and await call(js_response, "blob")
        await call(js_cache, "delete", KEY)
    except (AttributeError, Rejected):  # some browsers have no Cache Storage
        js_picture = None
    if not js_picture:
        raise PictureError("share_empty")
    return js_picture
