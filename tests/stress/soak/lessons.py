"""A thousand examples that a page is taught, loaded from a file as a user does, and their cost."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from playwright.async_api import FilePayload

from digits.drawing.raster import rasterise
from digits.reading.contract import DIGITS
from digits.reading.examples import Example, to_json
from model.data import handwriting
from tests.stress.soak import scripts
from tests.stress.soak.gauges import attach
from tests.stress.soak.hand import Hand
from tests.support.strokes import DRAWN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.async_api import BrowserContext, Page

TIMING = Path(__file__).parent / "page" / "timing.py"


@dataclass(frozen=True)
class Pace:
    """How long a reading takes: medians over all digits, in milliseconds.

    Attributes:
        reading: From strokes to answer, in Python.
        latency: From pointer up to the number shown.
        misread: How many digits were read as something else.
    """

    reading: float
    latency: float
    misread: int


@dataclass(frozen=True)
class Lessons:
    """What came of the examples.

    Attributes:
        shown: How many examples the panel shows.
        seconds: How long each part took.
    """

    count: int
    before: Pace
    after: Pace
    shown: int
    seconds: dict[str, float]


async def teach(context: BrowserContext, address: str, count: int) -> Lessons:
    """Teach a page `count` examples."""
    content = to_json(examples(count)).encode()
    file = FilePayload(name="taught.json", mimeType="application/json", buffer=content)
    page = await context.new_page()
    hand = Hand(page, await context.new_cdp_session(page))
    await page.goto(address)
    before = await _pace(page, hand)
    seconds: dict[str, float] = {}
    await page.locator("#taught > summary").click()
    with _timed(seconds, "loading the file"):
        await page.locator("#taught-chooser").set_input_files(file)
        await page.locator("#taught-news", has_text=f"{count}.").wait_for()
    with _timed(seconds, "a start with them"):
        await page.reload()
        await page.locator(f"#teach[data-examples='{count}']").wait_for(state="attached")
    after = await _pace(page, hand)
    items = page.locator("#taught-list > li")
    with _timed(seconds, "opening the panel"):
        await page.locator("#taught > summary").click()
        await items.nth(count - 1).wait_for()
    result = Lessons(count, before, after, await items.count(), seconds)
    await page.close()
    return result


def examples(count: int) -> list[Example]:
    """Return digits, each in another handwriting."""
    rng = np.random.default_rng(0)
    labels = (DIGITS[place % len(DIGITS)] for place in range(count))
    return [Example.of(label, rasterise(handwriting.write_digit(label, rng))) for label in labels]


async def _pace(page: Page, hand: Hand) -> Pace:
    """Draw all digits, and measure how long they take."""
    await page.locator("#teach[data-examples]").wait_for(state="attached")
    await attach(page)
    await hand.find_places()
    latencies, misread, timed = [], 0, []
    for label in DIGITS:
        await hand.draw(DRAWN_DIGITS[label])
        read, latency = await page.evaluate(scripts.READ)
        latencies.append(latency)
        misread += read != label
        timed.append(await page.evaluate(scripts.RUN, TIMING.read_text("utf-8")))
        await hand.press("clear")
    return Pace(1000 * median(timed), median(latencies), misread)


@contextmanager
def _timed(seconds: dict[str, float], what: str) -> Generator[None]:
    begin = time.monotonic()
    yield
    seconds[what] = time.monotonic() - begin
