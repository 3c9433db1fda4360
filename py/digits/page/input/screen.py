"""Redraw the ink when the screen changes, and end the stroke when the page is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document, window
from pyodide.ffi import create_proxy

from digits.page.dom import element, on
from offline_onnx.browser.interop import js_object

if TYPE_CHECKING:
    from digits.page.input.sheet import Sheet

INK_COLOUR_QUERIES = (
    "(prefers-color-scheme: dark)",
    "(prefers-contrast: more)",
    "(forced-colors: active)",
)
"""The media queries that the colour of the ink depends on."""


class Screen:
    """Redraws the sheet when the screen's pixel density or colours change, and for printing."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        for query in INK_COLOUR_QUERIES:
            on(window.matchMedia(query), "change", lambda _: sheet.redraw())
        on(window.matchMedia("print"), "change", lambda js_event: self._print(js_event.matches))
        on(window, "beforeprint", lambda _: self._print(True))
        on(window, "afterprint", lambda _: self._print(False))
        on(document, "visibilitychange", lambda _: self._visibility_changed())
        self._js_density_changed = create_proxy(self._density_changed)
        self._density_changed()

    def _density_changed(self, _: Any = None) -> None:
        """Redraw the sheet, and listen to the next change of the pixel density.

        The density changes when the window moves to another screen or the page is zoomed. A media
        query contains one density and reports a change only from this density. So each density
        needs a new query.
        """
        self._sheet.redraw()
        js_query = window.matchMedia(f"(resolution: {window.devicePixelRatio}dppx)")
        once = js_object({"once": True})
        js_query.addEventListener("change", self._js_density_changed, once)

    def _print(self, is_printing: bool) -> None:
        """Draw the ink for paper, in the light scheme's colour, or for the screen again."""
        element("sheet").style.colorScheme = "light" if is_printing else ""
        self._sheet.redraw()

    def _visibility_changed(self) -> None:
        """End the stroke when the page is hidden: it might not notice that the pen is lifted."""
        if document.hidden:
            self._sheet.lift()
