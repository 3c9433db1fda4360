"""Work with the document: elements, events, images on a canvas, and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import (
    Date,
    ImageData,
    Intl,
    MutationObserver,
    Uint8ClampedArray,
    document,
    performance,
)
from pyodide.ffi import create_proxy
from pyodide.ffi.wrappers import add_event_listener

from digits.drawing.raster import SIDE
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digits.drawing.raster import Image

START_ENDED = "start-ended"
"""The performance mark that boot.js sets when the start has ended."""
FIRST_DATE = 1704067200
"""2024-01-01 in seconds since 1970. An earlier time is wrong: the page did not exist yet."""
MAX_AHEAD = 86400
"""A time may be at most this many seconds (one day) in the future.

The clock may have been corrected by some hours after the time was recorded.
"""


def element(element_id: str) -> Any:
    """Return the element with this id.

    Raises:
        LookupError: index.html has no such element.

    """
    js_element = document.getElementById(element_id)
    if not js_element:
        raise LookupError(f"index.html has no element with the id {element_id!r}")
    return js_element


def add_child(js_parent: Any, tag: str, text: str = "") -> Any:
    """Append a new element to `js_parent`, and return the new element."""
    js_child = document.createElement(tag)
    js_child.textContent = text
    js_parent.append(js_child)
    return js_child


def set_text(js_element: Any, text: str) -> None:
    """Set an element's text, unless it is the same text: screen readers would repeat it."""
    if js_element.textContent != text:
        js_element.textContent = text


def on(js_target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Call the handler with each event of this type on the target, until the page is closed."""
    add_event_listener(js_target, event, handler)


def on_content_change(js_elements: Iterable[Any], handler: Callable[[], None]) -> None:
    """Call the handler when the text of an element changes, or when it is hidden or shown."""
    js_observer = MutationObserver.new(create_proxy(lambda *_: handler()))
    kinds = {"childList": True, "characterData": True, "subtree": True}
    options = js_object({**kinds, "attributeFilter": ["hidden"]})
    for js_element in js_elements:
        js_observer.observe(js_element, options)


def on_click(js_button: Any, handler: Callable[[], None]) -> None:
    """Call the handler at each click, and enable the button.

    index.html disables or hides it, or its menu: a click before this call would have no effect.
    """
    on(js_button, "click", lambda _: handler())
    js_button.disabled = False


def on_list_click(js_list: Any, handler: Callable[[str], None]) -> None:
    """Call the handler when a button in the list is clicked, with the value of that button."""

    def clicked(js_event: Any) -> None:
        if js_button := js_event.target.closest("button"):
            handler(str(js_button.value))

    on(js_list, "click", clicked)


def connect_file_chooser(
    js_button: Any, js_chooser: Any, on_chosen: Callable[[list[Any]], None]
) -> None:
    """Let the button open a file chooser, and pass the chosen files to `on_chosen`.

    Args:
        js_button: The button that the user sees.
        js_chooser: The hidden `<input type=file>`. Files that the user chose before this call are
            passed to `on_chosen` immediately.
        on_chosen: Called with a list of one or more `File` objects.

    """

    def pass_files() -> None:
        if js_chooser.files.length:
            js_files = list(js_chooser.files)
            js_chooser.value = ""  # otherwise choosing the same file again would cause no event
            on_chosen(js_files)

    on(js_chooser, "change", lambda _: pass_files())
    on_click(js_button, js_chooser.click)
    pass_files()


def image_data(image: Image) -> Any:
    """Convert a 28x28 image for a canvas: white ink on black, as the network sees it."""
    return grey_data(bytes(round(255 * value) for value in image))


def grey_data(greys: bytes) -> Any:
    """Convert a 28x28 grey image for a canvas. greys: one byte for each pixel, 0 is black."""
    pixels = bytearray(b"\xff" * 4 * len(greys))
    for channel in range(3):
        pixels[channel::4] = greys
    return js_pixels(pixels, SIDE)


def js_pixels(pixels: bytes | bytearray, width: int) -> Any:
    """Convert the pixels of an image to an ImageData, for a canvas.

    Args:
        pixels: Red, green, blue and opacity of each pixel, one byte each, row by row.
        width: The image's width, in pixels.

    """
    js_bytes = Uint8ClampedArray.new(len(pixels))
    js_bytes.assign(pixels)
    return ImageData.new(js_bytes, width)


def seconds_to_start() -> float | None:
    """Return the seconds from the beginning of the page load to the end of the start.

    The start ends when the page can read or shows a failure. Return None before that.
    """
    js_marks = performance.getEntriesByName(START_ENDED)
    return js_marks[js_marks.length - 1].startTime / 1000 if js_marks.length else None


def date_formatter() -> Callable[[float], str]:
    """Return a function that formats a time for the user's language and time zone.

    The function takes seconds since 1970. It returns "" for an impossible time, which a wrong clock
    has recorded.
    """
    style = {"dateStyle": "medium", "timeStyle": "short"}
    js_format = Intl.DateTimeFormat.new(document.documentElement.lang, js_object(style))

    def format_date(seconds: float) -> str:
        is_possible = FIRST_DATE <= seconds <= Date.now() / 1000 + MAX_AHEAD
        return str(js_format.format(seconds * 1000)) if is_possible else ""

    return format_date
