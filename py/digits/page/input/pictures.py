"""Pictures that are chosen, dropped or pasted: decoded by the browser, shown, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, window

from digits.page.dom import element, offer_files, on, write
from digits.page.input.bitmap import find_digit, scaled
from digits.picture.components import NoDigitFound
from digits.picture.image_size import HEAD, refusal
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.drawing.raster import Image
    from digits.words import Words

SHOWN = 960
"""The longer side of what is shown, in pixels."""


class PictureInput:
    """Takes pictures and lays them over the sheet. The drawing stays below, as it was.

    run: starts work that lasts. read: called with the image of a picture that is shown now. back:
    called when the user wants the drawing back.
    """

    def __init__(
        self,
        words: Words,
        run: Callable[[Coroutine[Any, Any, None]], None],
        read: Callable[[Image], None],
        back: Callable[[], None],
    ) -> None:
        self._words = words
        self._run = run
        self._read = read
        self._newest: Any = None
        self._back = back
        for button, chooser in (("choose", "chooser"), ("camera", "camera-chooser")):
            offer_files(element(button), element(chooser), lambda js_files: self.open(js_files[0]))
        element("pictures").disabled = False
        on(element("back"), "click", lambda _: self._go_back())
        on(document, "paste", lambda js_event: self._take(js_event, js_event.clipboardData))
        on(document, "dragover", self._dragged)
        on(document, "dragleave", self._left)
        on(document, "drop", self._dropped)

    def dismiss(self) -> None:
        """Take the picture, and what was said about it, off the sheet."""
        self._newest = None
        element("picture").hidden = True
        element("picture-fault").hidden = True

    def open(self, js_file: Any) -> None:
        """Show and read a file or a blob, or tell why it can't be."""
        self._newest = js_file
        self._run(self._show(js_file))

    def tell(self, key: str) -> None:
        """Tell why there is no picture; the drawing is there again."""
        self._back()
        element("picture-fault").hidden = False
        write(element("picture-fault"), self._words.say(key))

    def _go_back(self) -> None:
        self._back()
        element("pictures").focus()  # the button that had the focus is gone

    def _dragged(self, js_event: Any) -> None:
        if "Files" in list(js_event.dataTransfer.types):
            element("paper").classList.add("awaits")

    def _left(self, js_event: Any) -> None:
        if not js_event.relatedTarget:  # out of the page, not from one part of it to another
            element("paper").classList.remove("awaits")

    def _dropped(self, js_event: Any) -> None:
        element("paper").classList.remove("awaits")
        self._take(js_event, js_event.dataTransfer)

    def _take(self, js_event: Any, js_data: Any) -> None:
        if js_data and js_data.files.length:
            js_event.preventDefault()
            self.open(js_data.files.item(0))

    async def _show(self, js_file: Any) -> None:
        """Decode, show and read a file, unless the user has gone on to something else meanwhile."""
        try:
            js_head = await call(js_file.slice(0, HEAD), "arrayBuffer")
            if reason := refusal(js_head.to_bytes(), js_file.size):
                self.tell(reason)
                return
            js_bitmap = await call(window, "createImageBitmap", js_file)
        except Rejected:
            if js_file is self._newest:
                self.tell("picture_unreadable")
            return
        try:
            if js_file is self._newest:
                self._look(js_bitmap)
        finally:
            js_bitmap.close()

    def _look(self, js_bitmap: Any) -> None:
        try:
            found = find_digit(js_bitmap)
        except NoDigitFound:
            self.tell("picture_empty")
            return
        js_shown, whole = element("picture-shown"), (0, 0, js_bitmap.width, js_bitmap.height)
        js_small = scaled(js_bitmap, whole, SHOWN)
        js_shown.width, js_shown.height = js_small.width, js_small.height
        js_shown.getContext("2d").drawImage(js_small, 0, 0)
        element("picture-fault").hidden = True
        element("picture").hidden = False
        self._read(found.image)
