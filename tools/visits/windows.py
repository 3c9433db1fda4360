"""The windows in which the layout has to work: width, orientation, zoom and text size."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

SIZES = (
    (320, 640, 256),
    (390, 844, 320),
    (600, 960, 338),
    (768, 1024, 432),
    (834, 1194, 390),
    (1024, 1366, 768),
    (1280, 1706, 720),
    (1920, 2560, 1080),
    (3840, 5120, 2160),
)
"""(width, height of a portrait window, height of a landscape window) in pixels, before the zoom."""
ZOOMS = (1, 2, 4)
TEXT_SIZES = (1, 2)
"""The text size that the user has set in the browser, as a multiple of its default."""
DEFAULT_TEXT_SIZE = 16
"""The browser's default text size in pixels."""
MIN_WIDTH = 240
"""The minimum width of a window after the zoom, in CSS pixels; narrower ones are left out. WCAG
1.4.10 asks for 320."""


class Window(NamedTuple):
    """A window of the browser.

    Attributes:
        width: in CSS pixels, after the zoom.
        height: in CSS pixels, after the zoom.
        zoom: as a multiple of 100 %.
        text: the text size, as a multiple of the browser's default.
    """

    width: int
    height: int
    zoom: int
    text: int

    @property
    def name(self) -> str:
        """Return a name for tables and files, such as 640x360-zoom200-text100."""
        return f"{self.width}x{self.height}-zoom{100 * self.zoom}-text{100 * self.text}"


def all_windows() -> list[Window]:
    """Return all windows; of those with the same width, height and text size, only the first.

    For example, 1920 pixels at 200 % and 3840 pixels at 400 % give the same layout.
    """
    windows: dict[tuple[int, int, int], Window] = {}
    for zoom, text, (width, *heights) in product(ZOOMS, TEXT_SIZES, SIZES):
        if width / zoom >= MIN_WIDTH:
            for height in heights:
                window = Window(round(width / zoom), round(height / zoom), zoom, text)
                windows.setdefault((window.width, window.height, text), window)
    return list(windows.values())


def resize(devtools: CDPSession, window: Window) -> None:
    """Set the size, the zoom and the text size of the page to those of `window`."""
    size = {"width": window.width, "height": window.height}
    devtools.send(
        "Emulation.setDeviceMetricsOverride",
        {**size, "deviceScaleFactor": window.zoom, "mobile": False},
    )
    standard = DEFAULT_TEXT_SIZE * window.text
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": standard}})
