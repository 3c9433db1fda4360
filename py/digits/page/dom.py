"""Work with the document: elements, events, pixels and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Date, ImageData, Intl, Uint8ClampedArray, document
from pyodide.ffi.wrappers import add_event_listener

from digits.drawing.raster import SIDE
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.drawing.raster import Image

FIRST_DATE = 1704067200
"""2024-01-01, in seconds since 1970: the page did not exist before."""
DAY = 86400
"""In seconds. A time up to a day ahead is accepted: the clock may have been set back since then."""


def element(name: str) -> Any:
    """Return the element with this id.

    Raises:
        LookupError: index.html has no such element.

    """
    js_element = document.getElementById(name)
    if not js_element:
        raise LookupError(f"index.html has no element with the id {name!r}")
    return js_element


def child(js_parent: Any, tag: str, text: str = "") -> Any:
    """Append a new element to another, and return it."""
    js_child = document.createElement(tag)
    js_child.textContent = text
    js_parent.append(js_child)
    return js_child


def write(js_element: Any, text: str) -> None:
    """Set an element's text, unless it is the same: screen readers would read it out again."""
    if js_element.textContent != text:
        js_element.textContent = text


def on(js_target: Any, event: str, handler: Callable[[Any], None]) -> None:
    """Call the handler with each such event, as long as the page is open."""
    add_event_listener(js_target, event, handler)


def on_click(js_button: Any, handler: Callable[[], None]) -> None:
    """Call the handler at each click, and enable the button.

    Such buttons are disabled in index.html, because a user could click them before Python listens.
    """
    on(js_button, "click", lambda _: handler())
    js_button.disabled = False


def on_list_button_click(js_list: Any, handler: Callable[[str], None]) -> None:
    """Call the handler with the value of each button in the list that is pressed."""

    def pressed(js_event: Any) -> None:
        if js_button := js_event.target.closest("button"):
            handler(str(js_button.value))

    on(js_list, "click", pressed)


def offer_files(js_button: Any, js_chooser: Any, take: Callable[[list[Any]], None]) -> None:
    """Let the button open a file chooser, and pass the chosen files to `take`.

    Args:
        js_button: The button that the user sees.
        js_chooser: The hidden `<input type=file>`. Files that the
            user chose before Python listened are passed to `take` immediately.
        take: Called with a list of one or more `File` objects.

    """

    def hand_over() -> None:
        if js_chooser.files.length:
            js_files = list(js_chooser.files)
            js_chooser.value = ""  # otherwise choosing the same file again would be no change
            take(js_files)

    on(js_chooser, "change", lambda _: hand_over())
    on_click(js_button, js_chooser.click)
    hand_over()


def image_data(image: Image) -> Any:
    """Return a 28x28 image for a canvas: white ink on black, as the network sees it."""
    return grey_data(bytes(round(255 * value) for value in image))


def grey_data(greys: bytes) -> Any:
    """Return a 28x28 image for a canvas. greys: one byte for each pixel, 0 is black."""
    pixels = bytearray(b"\xff" * 4 * len(greys))
    for channel in range(3):
        pixels[channel::4] = greys
    return js_pixels(pixels, SIDE)


def js_pixels(pixels: bytes | bytearray, width: int) -> Any:
    """Return an image for a canvas.

    Args:
        pixels: Red, green, blue and opacity of each pixel, one byte each, row by row.
        width: The image's width, in pixels.

    """
    js_bytes = Uint8ClampedArray.new(len(pixels))
    js_bytes.assign(pixels)
    return ImageData.new(js_bytes, width)


def date_writer() -> Callable[[float], str]:
    """Return a function that formats a time for the user's language and time zone.

    It takes seconds since 1970. For an impossible time, which a wrong clock has written, it
    returns "".
    """
    style = {"dateStyle": "medium", "timeStyle": "short"}
    js_format = Intl.DateTimeFormat.new(document.documentElement.lang, js_object(style))

    def write_date(seconds: float) -> str:
        is_possible = FIRST_DATE <= seconds <= Date.now() / 1000 + DAY
        return str(js_format.format(seconds * 1000)) if is_possible else ""

    return write_date
