"""Decode, show and read pictures that the user chooses, drops or pastes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import URL, Blob, document, window
from pyodide.ffi import JsException, to_js

from digits.page.dom import connect_file_chooser, element, on, set_text
from digits.page.input.bitmap import PixelsRefused, background, find_ink, scaled
from digits.picture.components import NothingToRead
from digits.picture.file import svg
from digits.picture.file.image_size import HEADER_BYTES, reason_to_refuse
from offline_onnx.browser.interop import Rejected, call, js_object

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digits.page.background import Run
    from digits.picture.source import PictureSource
    from digits.words import Words

SHOWN_SIDE = 960
"""The maximum length of the longer side of the picture on the sheet, in pixels."""
SVG_TIMEOUT = 10.0
"""Timeout in seconds for drawing an SVG."""


class PictureError(Exception):
    """A picture can't be read.

    Attributes:
        key: The key of the text that tells the user why.

    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class PictureInput:
    """Shows a picture over the sheet and reads it. The drawing below does not change.

    Only the newest picture counts. An older picture that is still being decoded is not shown, and
    its errors are not reported.
    """

    def __init__(
        self,
        words: Words,
        run: Run,
        read: Callable[[PictureSource], None],
        show_drawing: Callable[[], None],
    ) -> None:
        """Listen to the buttons, to pasting and to dropping.

        Args:
            words: The texts of the page.
            run: Starts work in the background.
            read: Called with the ink of each picture that is shown.
            show_drawing: Called to show and read the drawing again.

        """
        self._words = words
        self._run = run
        self._read = read
        self._show_drawing = show_drawing
        self._newest_request: object = None
        for button, chooser in (("choose", "chooser"), ("camera", "camera-chooser")):
            connect_file_chooser(
                element(button), element(chooser), lambda js_files: self.open(js_files[0])
            )
        element("pictures").disabled = False
        on(element("back"), "click", lambda _: self.close())
        on(
            document,
            "paste",
            lambda js_event: self._open_first_file(js_event, js_event.clipboardData),
        )
        on(document, "dragover", self._dragged_over)
        on(document, "dragleave", self._dragged_out)
        on(document, "drop", self._dropped)

    def open(self, js_file: Any) -> None:
        """Show and read a file or a blob."""

        async def fetch() -> Any:
            return js_file

        self.open_fetched(fetch)

    def open_fetched(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        """Show and read a picture that has to be fetched first.

        Args:
            fetch: Returns a file or a blob. Raises PictureError if there is none.

        """
        # Compare requests, not functions: `fetch` can be the same function as last time.
        self._newest_request = request = object()
        self._run(self._show_if_newest(fetch, request))

    def close(self) -> None:
        """Go back to the drawing from a picture that is shown, or that is still being decoded."""
        if self._newest_request is None:
            return
        was_shown = not element("picture").hidden
        self._show_drawing()
        if was_shown:
            element("pictures").focus()  # the button that had the focus is hidden now

    def dismiss(self) -> bool:
        """Hide the picture and any message about it; return whether a picture was shown."""
        self._newest_request = None
        was_shown = not element("picture").hidden
        element("picture").hidden = True
        element("picture-error").hidden = True
        return was_shown

    async def _show_if_newest(self, fetch: Callable[[], Awaitable[Any]], request: object) -> None:
        """Fetch, decode, show and read a picture, unless it is not the newest any more."""
        try:
            js_bitmap = await _decode(await fetch())
            try:
                if self._newest_request is request:
                    self._show(js_bitmap)
            finally:
                js_bitmap.close()
        except PictureError as error:
            if self._newest_request is request:
                self._show_drawing()
                element("picture-error").hidden = False
                set_text(element("picture-error"), self._words.say(error.key))

    def _show(self, js_bitmap: Any) -> None:
        try:
            source = find_ink(js_bitmap)
        except NothingToRead as error:
            raise PictureError(error.reason) from error
        except PixelsRefused as error:
            raise PictureError("picture_scrambled") from error
        js_shown, js_small = element("picture-shown"), scaled(js_bitmap, SHOWN_SIDE)
        js_shown.width, js_shown.height = js_small.width, js_small.height
        js_context = js_shown.getContext("2d")
        js_context.fillStyle = background(js_small)
        js_context.fillRect(0, 0, js_shown.width, js_shown.height)
        js_context.drawImage(js_small, 0, 0)
        element("picture-error").hidden = True
        element("picture").hidden = False
        self._read(source)

    def _dragged_over(self, js_event: Any) -> None:
        if {"Files", "text/uri-list"} & set(js_event.dataTransfer.types):
            element("paper").classList.add("drop-target")

    def _dragged_out(self, js_event: Any) -> None:
        if not js_event.relatedTarget:  # the file has left the page, not only an element of it
            element("paper").classList.remove("drop-target")

    def _dropped(self, js_event: Any) -> None:
        element("paper").classList.remove("drop-target")
        self._open_first_file(js_event, js_event.dataTransfer)

    def _open_first_file(self, js_event: Any, js_data: Any) -> None:
        if js_data and js_data.files.length:
            js_event.preventDefault()
            self.open(js_data.files.item(0))


async def _decode(js_file: Any) -> Any:
    """Decode a file or a blob into a bitmap.

    Raises:
        PictureError: The picture is too large, or the browser can't decode it.

    """
    try:
        js_head = await call(js_file.slice(0, HEADER_BYTES), "arrayBuffer")
        head = js_head.to_bytes()
        if svg.is_svg(head):
            return await _decode_svg(head, js_file.size)
        if key := reason_to_refuse(head, js_file.size):
            raise PictureError(key)
        return await call(window, "createImageBitmap", js_file)
    except Rejected as error:
        raise PictureError("picture_unreadable") from error


async def _decode_svg(content: bytes, length: int) -> Any:
    """Draw an SVG into a bitmap. createImageBitmap can't decode such a file itself.

    Args:
        content: The file, or its first bytes if it is longer than HEADER_BYTES.
        length: The length of the file in bytes.

    Raises:
        PictureError: The SVG is too large or too complex, or the browser can't draw it.

    """
    if length > len(content):
        raise PictureError("picture_svg")
    js_image = window.Image.new()
    try:
        sized, width, height = svg.with_size_in_pixels(content)
        js_image.src = URL.createObjectURL(
            Blob.new(to_js([sized]), js_object({"type": "image/svg+xml"}))
        )
        await call(js_image, "decode", timeout_s=SVG_TIMEOUT)
        js_canvas = document.createElement("canvas")
        js_canvas.width, js_canvas.height = width, height
        js_canvas.getContext("2d").drawImage(js_image, 0, 0, width, height)
        return await call(window, "createImageBitmap", js_canvas)
    except (svg.SvgRefused, Rejected, JsException, TimeoutError) as error:
        raise PictureError("picture_svg") from error
    finally:
        URL.revokeObjectURL(js_image.src)
