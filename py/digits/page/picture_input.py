"""Pictures that are chosen, dropped or pasted: decoded by the browser, shown, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, window

from digits.light import Picture
from digits.page.dom import element, offer_files, on, write
from digits.picture import Found, find, nearer
from digits.pieces import NothingFound
from offline_onnx.browser.interop import Rejected, call

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digits.pieces import Box
    from digits.raster import Image
    from digits.text import Words

LARGEST = 64_000_000
"""The most bytes of a file: a telephone might run out of memory over more."""
LONGEST = 160
"""The longer side of what is read, in pixels."""
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
        offer_files(element("choose"), element("chooser"), self._open)
        element("choose").disabled = False
        self._back = back
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

    def _go_back(self) -> None:
        self._back()
        element("choose").focus()  # the button that had the focus is gone

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
            self._open(js_data.files.item(0))

    def _open(self, js_file: Any) -> None:
        self._newest = js_file
        self._run(self._show(js_file))

    async def _show(self, js_file: Any) -> None:
        """Decode, show and read a file, unless the user has gone on to something else meanwhile."""
        if js_file.size > LARGEST:
            self._tell("picture_too_large")
            return
        try:
            js_bitmap = await call(window, "createImageBitmap", js_file)
        except Rejected:
            if js_file is self._newest:
                self._tell("picture_unreadable")
            return
        try:
            if js_file is self._newest:
                self._look(js_bitmap)
        finally:
            js_bitmap.close()

    def _look(self, js_bitmap: Any) -> None:
        try:
            found = _find(js_bitmap)
        except NothingFound:
            self._tell("picture_empty")
            return
        js_shown, whole = element("picture-shown"), (0, 0, js_bitmap.width, js_bitmap.height)
        js_small = _scaled(js_bitmap, whole, SHOWN)
        js_shown.width, js_shown.height = js_small.width, js_small.height
        js_shown.getContext("2d").drawImage(js_small, 0, 0)
        element("picture-fault").hidden = True
        element("picture").hidden = False
        self._read(found.image)

    def _tell(self, key: str) -> None:
        self._back()
        element("picture-fault").hidden = False
        write(element("picture-fault"), self._words.say(key))


def _find(js_bitmap: Any) -> Found:
    """Find the digit; if it is far away, look again at that part of the picture alone."""
    width, height = js_bitmap.width, js_bitmap.height
    js_far = _scaled(js_bitmap, (0, 0, width, height), LONGEST)
    found = find(_grey(js_far))
    part, scale = nearer(found.box, js_far.width, js_far.height), width / js_far.width
    if part is None or scale <= 1:
        return found
    left, top, right, bottom = (round(side * scale) for side in part)
    near = left, top, min(right, width), min(bottom, height)
    try:
        return find(_grey(_scaled(js_bitmap, near, LONGEST)))
    except NothingFound:
        return found


def _scaled(js_source: Any, box: Box, longest: int) -> Any:
    """Draw a part of a picture smaller, by halves: one large step would lose a fine pen."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    while True:
        scale = max(min(longest / max(width, height), 1), 0.5)
        js_canvas = document.createElement("canvas")
        js_canvas.width = max(round(width * scale), 1)
        js_canvas.height = max(round(height * scale), 1)
        js_context = js_canvas.getContext("2d")
        js_context.fillStyle = "white"  # paper, where a picture is transparent
        js_context.fillRect(0, 0, js_canvas.width, js_canvas.height)
        js_context.imageSmoothingQuality = "high"
        size = js_canvas.width, js_canvas.height
        js_context.drawImage(js_source, left, top, width, height, 0, 0, *size)
        js_source, left, top, (width, height) = js_canvas, 0, 0, size
        if max(width, height) <= longest:
            return js_canvas


def _grey(js_canvas: Any) -> Picture:
    """Give the brightness of each pixel, by the weights of Rec. 601."""
    width, height = js_canvas.width, js_canvas.height
    colours = js_canvas.getContext("2d").getImageData(0, 0, width, height).data.to_bytes()
    channels = zip(colours[0::4], colours[1::4], colours[2::4], strict=True)
    return Picture(width, height, bytes((77 * r + 150 * g + 29 * b) >> 8 for r, g, b in channels))
