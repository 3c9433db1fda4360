"""A mouse pointer that draws and presses buttons, and a class that opens panels.

All mouse events of a drawing are sent at once. The browser processes them in order. It merges the
events that happen within a frame, as it does for a user who draws fast.
"""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import TYPE_CHECKING, Any

from tests.stress.soak import scripts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import CDPSession, Page

    type Stroke = Sequence[tuple[float, float]]

PANEL_CONTENT = {
    "why": "#explanation[aria-busy=false]",
    "taught": "#taught-count:not(:empty)",
    "history": "#history-list > li",
    "model": "#model-facts > div",
    "about": "#about-steps > li",
}
"""By panel id: the selector of an element that exists as soon as the panel shows its content."""


class Pointer:
    """Draws on the sheet and presses the buttons below it, with mouse events of the browser."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools
        self._boxes: dict[str, dict[str, float]] = {}

    async def locate(self) -> None:
        """Scroll the sheet and the buttons into view, and read their positions."""
        self._boxes = await self._page.evaluate(scripts.LOCATE)

    async def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw strokes. Coordinates are relative to the size of the sheet, from 0 to 1."""
        events = []
        for stroke in strokes:
            first, *others = (self._position("sheet", *point) for point in stroke)
            events += [self._event("mousePressed", first)]
            events += [self._event("mouseMoved", position) for position in others]
            events += [self._event("mouseReleased", (others or [first])[-1])]
        await asyncio.gather(*events)

    async def press(self, name: str) -> None:
        """Press the button with this id."""
        position = self._position(name, 0.5, 0.5)
        await asyncio.gather(
            self._event("mousePressed", position), self._event("mouseReleased", position)
        )

    def _position(self, name: str, x: float, y: float) -> tuple[float, float]:
        """Return the pixel coordinates of a point in an element; x and y are from 0 to 1."""
        box = self._boxes[name]
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def _event(self, kind: str, position: tuple[float, float]) -> Any:
        """Return a coroutine that sends a mouse event to the browser."""
        x, y = position
        buttons = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1}
        clicks = {"clickCount": 0 if kind == "mouseMoved" else 1}
        return self._devtools.send(
            "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **buttons, **clicks}
        )


class Panels:
    """Opens the panels one after another, and closes each panel when it shows its content."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._names = cycle(PANEL_CONTENT)
        self._has_opened_layers = False

    async def open_next(self) -> None:
        """Open and close the next panel."""
        await self._open(next(self._names))

    async def open_all(self) -> None:
        """Open and close every panel."""
        for name in PANEL_CONTENT:
            await self._open(name)

    async def _open(self, name: str) -> None:
        await self._press(f"#{name} > summary")
        await self._wait(PANEL_CONTENT[name])
        if name == "why" and not self._has_opened_layers:
            self._has_opened_layers = True
            await self._press("#layers > summary")
            await self._wait("#layers-list > figure")
        await self._press(f"#{name} > summary")

    async def _press(self, selector: str) -> None:
        await self._page.locator(selector).click()

    async def _wait(self, selector: str) -> None:
        await self._page.evaluate(scripts.WAIT_FOR_ELEMENT, selector)
