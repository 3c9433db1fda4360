"""Accept pictures from the paste button, other pages, other apps, and from before a reload.

If the page is installed as an app, other apps can share pictures with it or open pictures in it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from js import URL, Blob, document, navigator, window
from pyodide.ffi import JsException, create_proxy, to_js

from digits.page.dom import element, on, on_click
from digits.page.input.pictures import PictureError
from digits.picture.file.address import embedded_picture, picture_address
from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.browser.quota import STORAGE_ERRORS

if TYPE_CHECKING:
    from digits.page.input.pictures import PictureInput

SHARED = "?shared"
"""The query in the page's address when another app has shared a picture."""
CACHE, KEY = "offline-digits-shared", "shared"
"""The cache and the key under which the service worker stores a shared picture: see
tools/node/service_worker_template.mjs."""
SHOWN = "offline-digits-picture"
"""The sessionStorage key of the picture that is shown when the page is left.

The value is a data: address.
"""
JPEG_QUALITY = 0.95


def accept_from_clipboard(pictures: PictureInput) -> None:
    """Show the paste button if the browser lets a page read images from the clipboard."""
    element("paste").hidden = not hasattr(navigator.clipboard, "read")
    on_click(element("paste"), lambda: pictures.open_fetched(_read_clipboard))


def accept_from_other_pages(pictures: PictureInput) -> None:
    """Read images that are dragged from another page, or copied together with text.

    If the browser passes the image as a file, `PictureInput` reads this file. Otherwise the browser
    passes only the image's address: fetch the image from there.
    """

    def received(js_data: Any, uri_list: str) -> None:
        if js_data and not js_data.files.length:
            html = str(js_data.getData("text/html"))
            if address := picture_address(html, uri_list):
                pictures.open_fetched(lambda: _fetch_picture(address))

    on(
        document,
        "drop",
        lambda js_event: received(
            js_event.dataTransfer, str(js_event.dataTransfer.getData("text/uri-list"))
        ),
    )
    on(document, "paste", lambda js_event: received(js_event.clipboardData, ""))


def accept_from_other_apps(pictures: PictureInput) -> None:
    """Read the picture that another app opens in this page, or shares with it.

    Of several files that are opened at once, only the first is read.
    """

    def on_launch(js_launch: Any) -> None:
        if js_launch.files and js_launch.files.length:
            js_handle = js_launch.files[0]
            pictures.open_fetched(lambda: _read_file_handle(js_handle))

    if hasattr(window, "launchQueue"):
        window.launchQueue.setConsumer(create_proxy(on_launch))
    if window.location.search == SHARED:
        window.history.replaceState(None, "", "./")  # a reload must not expect a shared picture
        pictures.open_fetched(_take_shared_picture)


def keep_when_reloaded(pictures: PictureInput) -> None:
    """Show the picture again that was shown before a reload: switching the language reloads."""

    def leave(_js_event: Any) -> None:
        with suppress(*STORAGE_ERRORS):  # storage may be blocked, or too small for a picture
            window.sessionStorage.removeItem(SHOWN)
            if not element("picture").hidden:
                address = element("picture-shown").toDataURL("image/jpeg", JPEG_QUALITY)
                window.sessionStorage.setItem(SHOWN, address)

    with suppress(*STORAGE_ERRORS):
        if address := window.sessionStorage.getItem(SHOWN):
            pictures.open_fetched(lambda: _fetch_picture(str(address)))
    on(window, "pagehide", leave)


async def _fetch_picture(address: str) -> Any:
    """Return the picture at an address, as a blob.

    The page's Content Security Policy allows it to fetch from its own server only.

    Raises:
        PictureError: The picture is on another server, or it can't be fetched.

    """
    if embedded := embedded_picture(address):
        kind, content = embedded
        return Blob.new(to_js([content]), js_object({"type": kind}))
    try:
        if URL.new(address, window.location.href).origin != window.location.origin:
            raise PictureError("picture_elsewhere")
        js_response = await call(window, "fetch", address)
        return await call(js_response, "blob")
    except (JsException, Rejected) as error:  # JsException: the address is malformed
        raise PictureError("picture_elsewhere") from error


async def _read_clipboard() -> Any:
    """Return the first image on the clipboard, as a blob. Raises PictureError."""
    try:
        for js_item in await call(navigator.clipboard, "read"):
            for kind in js_item.types:
                if kind.startswith("image/"):
                    return await call(js_item, "getType", kind)
    except Rejected as error:
        raise PictureError("paste_refused") from error
    raise PictureError("paste_empty")


async def _read_file_handle(js_handle: Any) -> Any:
    """Return the file of a handle. Raises PictureError."""
    try:
        return await call(js_handle, "getFile")
    except Rejected as error:
        raise PictureError("picture_unreadable") from error


async def _take_shared_picture() -> Any:
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
