"""A hand: draws with the browser's own input, presses buttons, opens panels.

All events of a drawing are sent at once. The browser processes them in order, and merges those
that it has not handed to the page by the next frame, as it does for a fast hand.
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

SHOWN = {
    "inside": "#why[aria-busy=false]",
    "taught": "#taught-count:not(:empty)",
    "history": "#history-list > li",
    "model": "#model-facts > div",
    "about": "#about-steps > li",
}
"""The id of each panel, and an element that is there once the panel shows its content."""


class Hand:
    """Draws on the sheet, and presses the buttons below it."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools
        self._places: dict[str, dict[str, float]] = {}

    async def find_places(self) -> None:
        """Find out where the sheet and the buttons are, and scroll them into view."""
        self._places = await self._page.evaluate(scripts.PLACES)

    async def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw strokes. Coordinates are in sides of the sheet."""
        events = []
        for stroke in strokes:
            first, *others = (self._place("sheet", *point) for point in stroke)
            events += [self._event("mousePressed", first)]
            events += [self._event("mouseMoved", place) for place in others]
            events += [self._event("mouseReleased", (others or [first])[-1])]
        await asyncio.gather(*events)

    async def press(self, name: str) -> None:
        """Press the button with this id."""
        place = self._place(name, 0.5, 0.5)
        await asyncio.gather(
            self._event("mousePressed", place), self._event("mouseReleased", place)
        )

    def _place(self, name: str, x: float, y: float) -> tuple[float, float]:
        box = self._places[name]
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def _event(self, kind: str, place: tuple[float, float]) -> Any:
        x, y = place
        buttons = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1}
        clicks = {"clickCount": 0 if kind == "mouseMoved" else 1}
        return self._devtools.send(
            "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **buttons, **clicks}
        )


class Panels:
    """Opens one panel after the other, each until it shows its content, and closes it again."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._names = cycle(SHOWN)
        self._sees_layers = False

    async def open_next(self) -> None:
        """Open the next panel once."""
        await self._open(next(self._names))

    async def open_all(self) -> None:
        """Open every panel once."""
        for name in SHOWN:
            await self._open(name)

    async def _open(self, name: str) -> None:
        await self._press(f"#{name} > summary")
        await self._wait(SHOWN[name])
        if name == "inside" and not self._sees_layers:
            self._sees_layers = True
            await self._press("#layers > summary")
            await self._wait("#layers-list > figure")
        await self._press(f"#{name} > summary")

    async def _press(self, selector: str) -> None:
        await self._page.locator(selector).click()

    async def _wait(self, selector: str) -> None:
        await self._page.evaluate(scripts.APPEARS, selector)
