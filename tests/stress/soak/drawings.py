"""Thousands of drawings in one page, as a person draws, and what grows meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.stress.soak import scripts
from tests.stress.soak.gauges import Gauges, attach
from tests.stress.soak.hand import Hand, Panels
from tests.stress.soak.trend import TENTHS, Trend, percentile, trend
from tests.support.strokes import DRAWN_DIGITS
from tools.console import say

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

SAMPLES = 10
"""Measurements in each of the two tenths that are compared."""
UNDO, NUMBER, LESSON, PANEL = (10, 4), (50, 27), (50, 33), (100, 99)
"""Every how many drawings one is undone, is a number, is taught, or a panel is opened; and which of
these drawings comes first."""


@dataclass
class Drawings:
    """What came of the drawings.

    Attributes:
        misread: How many were read as something else.
        samples: After how many drawings, and what was measured.
        latencies: Each drawing's number, and the milliseconds from pointer up to the number shown.
    """

    count: int
    misread: int = 0
    samples: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    latencies: list[tuple[int, float]] = field(default_factory=list)

    @property
    def trends(self) -> dict[str, Trend]:
        """The trend of each measure."""
        measures = self.samples[0][1]
        return {
            name: trend([(at, sample[name]) for at, sample in self.samples], self.count)
            for name in measures
        }

    @property
    def latency(self) -> Trend:
        """The trend of the time from pointer up to the number."""
        return trend(self.latencies, self.count)

    @property
    def slowness(self) -> Trend:
        """The trend of the time that 95 % of the drawings do not exceed."""
        return trend(self.latencies, self.count, partial(percentile, part=0.95))


class Drawer:
    """Draws one drawing after the other in a page."""

    def __init__(self, page: Page, hand: Hand, result: Drawings) -> None:
        self._page = page
        self._hand = hand
        self._panels = Panels(page)
        self._result = result

    async def draw(self, number: int) -> None:
        """Draw the drawing of this number, counted from 1, and clear the sheet again."""
        label = str(number % 10)
        strokes = DRAWN_DIGITS[label]
        if _is(number, NUMBER):
            label, strokes = "17", [*_shifted("1", -0.25), *_shifted("7", 0.2)]
        await self._hand.draw(strokes)
        read, latency = await self._read()
        self._result.latencies.append((number, latency))
        self._result.misread += read != label
        if _is(number, UNDO):
            await self._hand.press("undo")
            await self._hand.draw(strokes[-1:])
            self._result.misread += (await self._read())[0] != label
        if _is(number, PANEL):
            await self._panels.open_next()
            await self._hand.find_places()
        await self._hand.press("clear")
        if _is(number, LESSON):
            await self._teach()

    async def open_all_panels(self) -> None:
        """Open every panel once."""
        await self._panels.open_all()
        await self._hand.find_places()

    async def _teach(self) -> None:
        """Teach the page what a drawing is, and undo that."""
        await self._hand.draw([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
        was, _ = await self._read()
        await self._page.locator("#bars button[value='3']").click()
        await self._page.evaluate(scripts.APPEARS, "#doubt.as-taught")
        learned, _ = await self._read()
        await self._page.locator("#unteach").click()
        await self._page.evaluate(scripts.APPEARS, "#unteach[hidden]")
        again, _ = await self._read()
        self._result.misread += (learned, again) != ("3", was)
        await self._hand.find_places()
        await self._hand.press("clear")

    async def _read(self) -> tuple[str, float]:
        text, milliseconds = await self._page.evaluate(scripts.READ)
        return str(text), float(milliseconds)


async def draw(context: BrowserContext, address: str, count: int) -> Drawings:
    """Draw `count` drawings in one page, a multiple of 100, and measure what grows."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    gauges, hand, result = Gauges(page, devtools), Hand(page, devtools), Drawings(count)
    await gauges.prepare()
    await page.goto(address)
    await page.locator("#offline[data-state=offline_ready]").wait_for()
    await page.locator("#teach[data-examples]").wait_for(state="attached")
    await attach(page)
    await hand.find_places()
    drawer = Drawer(page, hand, result)
    tenth = count // TENTHS
    for number in range(1, count + 1):
        await drawer.draw(number)
        if number == tenth:  # the first tenth loads everything into the page
            await drawer.open_all_panels()
        compared = (number - 1) // tenth in (1, TENTHS - 1)
        if number % (tenth // SAMPLES if compared else tenth) == 0:
            result.samples.append((number, await gauges.read()))
        if number % tenth == 0:
            say(f"{number:,} drawings.")
    await page.close()
    return result


def _is(number: int, times: tuple[int, int]) -> bool:
    each, first = times
    return number % each == first


def _shifted(label: str, by: float) -> list[list[tuple[float, float]]]:
    return [[(x + by, y) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]
