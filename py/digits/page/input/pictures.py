"""Pictures that are chosen, dropped or pasted: decoded by the browser, shown, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, window

from digits.page.dom import element, offer_files, on, write
from digits.page.input.bitmap import find_digit, scaled
from digits.picture.components import NoDigitFound
from digits.picture.image_size import HEADER_BYTES, reason_to_refuse
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digits.drawing.raster import Image
    from digits.page.page import Run
    from digits.words import Words

SHOWN = 960
"""The longer side of the picture on the sheet, in pixels."""


class PictureError(Exception):
    """A picture can't be read. key: of the words that tell the user why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class PictureInput:
    """Lays a picture over the sheet and has it read. The drawing stays below, as it was.

    Only the newest picture counts: an older one that is still being decoded, or can't be read, is
    neither shown nor reported.
    """

    def __init__(
        self,
        words: Words,
        run: Run,
        read: Callable[[Image], None],
        back: Callable[[], None],
    ) -> None:
        """Listen to the buttons, to pasting and to dropping.

        Args:
            words: The page's words.
            run: Starts work in the background.
            read: Called with the 28x28 image of the picture that is shown now.
            back: Called when the drawing is to be shown and read again.

        """
        self._words = words
        self._run = run
        self._read = read
        self._back = back
        self._newest: object = None
        for button, chooser in (("choose", "chooser"), ("camera", "camera-chooser")):
            offer_files(element(button), element(chooser), lambda js_files: self.open(js_files[0]))
        element("pictures").disabled = False
        on(element("back"), "click", lambda _: self._go_back())
        on(document, "paste", lambda js_event: self._take(js_event, js_event.clipboardData))
        on(document, "dragover", self._dragged_over)
        on(document, "dragleave", self._dragged_out)
        on(document, "drop", self._dropped)

    def open(self, js_file: Any) -> None:
        """Show and read a file or a blob."""

        async def fetch() -> Any:
            return js_file

        self.fetch(fetch)

    def fetch(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        """Show and read a picture that has to be fetched first.

        Args:
            fetch: Returns a file or a blob. Raises PictureError if there is none.

        """
        self._newest = fetch
        self._run(self._show_if_newest(fetch))

    def dismiss(self) -> None:
        """Take the picture, and any message about it, off the sheet."""
        self._newest = None
        element("picture").hidden = True
        element("picture-fault").hidden = True

    async def _show_if_newest(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        """Fetch, decode, show and read a picture, unless the user has gone on meanwhile."""
        try:
            js_bitmap = await _decode(await fetch())
            try:
                if self._newest is fetch:
                    self._show(js_bitmap)
            finally:
                js_bitmap.close()
        except PictureError as error:
            if self._newest is fetch:
                self._back()
                element("picture-fault").hidden = False
                write(element("picture-fault"), self._words.say(error.key))

    def _show(self, js_bitmap: Any) -> None:
        try:
            found = find_digit(js_bitmap)
        except NoDigitFound as error:
            raise PictureError("picture_empty") from error
        js_shown, whole = element("picture-shown"), (0, 0, js_bitmap.width, js_bitmap.height)
        js_small = scaled(js_bitmap, whole, SHOWN)
        js_shown.width, js_shown.height = js_small.width, js_small.height
        js_shown.getContext("2d").drawImage(js_small, 0, 0)
        element("picture-fault").hidden = True
        element("picture").hidden = False
        self._read(found.image)

    def _go_back(self) -> None:
        self._back()
        element("pictures").focus()  # the button that had the focus is hidden now

    def _dragged_over(self, js_event: Any) -> None:
        if "Files" in list(js_event.dataTransfer.types):
            element("paper").classList.add("awaits")

    def _dragged_out(self, js_event: Any) -> None:
        if not js_event.relatedTarget:  # out of the page, not from one element to another
            element("paper").classList.remove("awaits")

    def _dropped(self, js_event: Any) -> None:
        element("paper").classList.remove("awaits")
        self._take(js_event, js_event.dataTransfer)

    def _take(self, js_event: Any, js_data: Any) -> None:
        if js_data and js_data.files.length:
            js_event.preventDefault()
            self.open(js_data.files.item(0))


async def _decode(js_file: Any) -> Any:
    """Return a file's or a blob's bitmap.

    Raises:
        PictureError: It is too large, or the browser can't decode it.

    """
    try:
        js_head = await call(js_file.slice(0, HEADER_BYTES), "arrayBuffer")
        if key := reason_to_refuse(js_head.to_bytes(), js_file.size):
            raise PictureError(key)
        return await call(window, "createImageBitmap", js_file)
    except Rejected as error:
        raise PictureError("picture_unreadable") from error
