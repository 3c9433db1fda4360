"""A hand: it draws with the browser's own input, all of a drawing's events in one go.

The browser takes them in order; what it has not handed to the page by the next frame it puts
together, as it does for a fast hand.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.stress.soak import scripts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import CDPSession, Page

    type Stroke = Sequence[tuple[float, float]]


class Hand:
    """Draws on the sheet, and presses the buttons below it."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools
        self._places: dict[str, dict[str, float]] = {}

    async def look(self) -> None:
        """Find out where the sheet and the buttons are, and have them in view."""
        self._places = await self._page.evaluate(scripts.PLACES)

    async def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw strokes. Points are in sheet sides."""
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
