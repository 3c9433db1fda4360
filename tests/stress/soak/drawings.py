"""Make thousands of drawings in one page, and measure whether memory or delays grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.stress.soak import scripts
from tests.stress.soak.gauges import Gauges, add_functions
from tests.stress.soak.pointer import Panels, Pointer
from tests.stress.soak.trend import TENTHS, Trend, compute_trend, percentile
from tests.support.strokes import DRAWN_DIGITS
from tools.console import say

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

SAMPLES_PER_TENTH = 10
"""The largest number of measurements in the second and in the last tenth of the drawings. These two
tenths are compared. Each other tenth is measured once, at its end."""
MIN_INTERVAL = 2
"""The smallest number of drawings between two measurements, which collect garbage: that takes
longer than a drawing."""

# A schedule is (interval, first). It contains drawing number `first`, drawing number
# `first + interval`, drawing number `first + 2 * interval`, and so on.
UNDO_SCHEDULE = (10, 4)
"""Drawings whose last stroke is undone and drawn again."""
NUMBER_SCHEDULE = (50, 27)
"""Drawings that are a number with two digits."""
TEACHING_SCHEDULE = (50, 33)
"""Drawings after which the page is taught an example."""
PANEL_SCHEDULE = (100, 99)
"""Drawings after which a panel is opened."""


@dataclass
class DrawingResult:
    """The results of the drawings.

    Attributes:
        count: The number of all drawings.
        misread: The number of wrong readings.
        samples: Pairs of a number of drawings, and the values of all measures after this number of
            drawings.
        latencies: Pairs of the number of a drawing, and the milliseconds from `pointerup` until the
            page showed the digits.
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
            name: compute_trend(
                [(steps, sample[name]) for steps, sample in self.samples], self.count
            )
            for name in measures
        }

    @property
    def latency(self) -> Trend:
        """The trend of the median delay from `pointerup` until the page shows the digits."""
        return compute_trend(self.latencies, self.count)

    @property
    def latency_95(self) -> Trend:
        """The trend of the 95th percentile of the delay that `latency` describes."""
        return compute_trend(self.latencies, self.count, partial(percentile, fraction=0.95))


class Drawer:
    """Draws one drawing after another in a page; adds the delays and wrong readings to a result."""

    def __init__(self, page: Page, pointer: Pointer, result: DrawingResult) -> None:
        self._page = page
        self._pointer = pointer
        self._panels = Panels(page)
        self._result = result

    async def draw(self, number: int) -> None:
        """Draw the drawing with this number, wait until it is read, and clear the sheet.

        Also do what the schedules above list for this number. The first drawing has the number 1.
        """
        label = str(number % 10)
        strokes = DRAWN_DIGITS[label]
        if _is_scheduled(number, NUMBER_SCHEDULE):
            label, strokes = "17", [*_shift("1", -0.25), *_shift("7", 0.2)]
        await self._pointer.draw(strokes)
        read, latency = await self._read()
        self._result.latencies.append((number, latency))
        self._result.misread += read != label
        if _is_scheduled(number, UNDO_SCHEDULE):
            await self._pointer.press("undo")
            await self._pointer.draw(strokes[-1:])
            self._result.misread += (await self._read())[0] != label
        if _is_scheduled(number, PANEL_SCHEDULE):
            await self._panels.open_next()
            await self._pointer.locate()
        await self._pointer.press("clear")
        if _is_scheduled(number, TEACHING_SCHEDULE):
            await self._teach()

    async def open_all_panels(self) -> None:
        """Open every panel once."""
        await self._panels.open_all()
        await self._pointer.locate()

    async def _teach(self) -> None:
        """Teach the page that a mirrored 3 is a 3, and undo the teaching."""
        await self._pointer.draw([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
        # The page shows a doubt only when the pen rests: here, that this looks like no digit.
        await self._page.evaluate(scripts.WAIT_FOR_ELEMENT, "#doubt:not(:empty)")
        before, _ = await self._read()
        await self._page.locator("#bars button[value='3']").click()
        await self._page.evaluate(scripts.WAIT_FOR_ELEMENT, "#doubt.as-taught")
        learned, _ = await self._read()
        await self._page.locator("#unteach").click()
        await self._page.evaluate(scripts.WAIT_FOR_ELEMENT, "#unteach[hidden]")
        after_undo, _ = await self._read()
        self._result.misread += (learned, after_undo) != ("3", before)
        await self._pointer.locate()
        await self._pointer.press("clear")

    async def _read(self) -> tuple[str, float]:
        """Wait until the drawing is read; return its digits, and the delay in milliseconds."""
        text, milliseconds = await self._page.evaluate(scripts.WAIT_FOR_READING)
        return str(text), float(milliseconds)


async def draw_and_measure(context: BrowserContext, address: str, count: int) -> DrawingResult:
    """Draw in one page, and measure memory and delays.

    Args:
        context: The context in which the page is opened.
        address: The address of the page.
        count: The number of drawings, a multiple of 100.
    """
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    gauges, pointer = Gauges(page, devtools), Pointer(page, devtools)
    result = DrawingResult(count)
    await gauges.prepare()
    await page.goto(address)
    await page.locator("#offline[data-state=offline_ready]").wait_for()
    await page.locator("#teach[data-examples]").wait_for(state="attached")
    await add_functions(page)
    await pointer.locate()
    drawer = Drawer(page, pointer, result)
    tenth = count // TENTHS
    for number in range(1, count + 1):
        await drawer.draw(number)
        if number == tenth:  # loads all code of the page before the tenths that are compared
            await drawer.open_all_panels()
        is_compared = (number - 1) // tenth in (1, TENTHS - 1)
        interval = max(MIN_INTERVAL, tenth // SAMPLES_PER_TENTH) if is_compared else tenth
        if number % interval == 0:
            result.samples.append((number, await gauges.read()))
        if number % tenth == 0:
            say(f"{number:,} drawings.")
    await page.close()
    return result


def _is_scheduled(number: int, schedule: tuple[int, int]) -> bool:
    """Return whether a schedule contains the drawing with this number."""
    interval, first = schedule
    return number % interval == first


def _shift(label: str, distance: float) -> list[list[tuple[float, float]]]:
    """Return the strokes of a digit, shifted to the right by a fraction of the sheet's width."""
    return [[(x + distance, y) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]
