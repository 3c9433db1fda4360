"""Teaches the page up to a thousand examples, and measures whether the page becomes slower."""

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
from model.writing import handwriting
from tests.stress.soak import scripts
from tests.stress.soak.gauges import add_functions
from tests.stress.soak.pointer import Pointer
from tests.support.strokes import DRAWN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.async_api import BrowserContext, Page

TIMING_FILE = Path(__file__).parent / "page" / "timing.py"


@dataclass(frozen=True)
class ReadingSpeed:
    """How fast and how correctly the page reads all digits. Times are medians in milliseconds.

    Attributes:
        reading: The time of a reading in Python, from the strokes to the digit.
        latency: The time from `pointerup` until the page shows the digit.
        misread: The number of misread digits.
    """

    reading: float
    latency: float
    misread: int


@dataclass(frozen=True)
class TeachingResult:
    """The results of the teaching.

    Attributes:
        count: The number of examples.
        before: The speed before the page has learned the examples.
        after: The speed after the page has learned the examples.
        shown: The number of examples that the panel shows.
        seconds: The duration of each step.
    """

    count: int
    before: ReadingSpeed
    after: ReadingSpeed
    shown: int
    seconds: dict[str, float]


async def teach(context: BrowserContext, address: str, count: int) -> TeachingResult:
    """Teach a page `count` examples, and measure its speed before and after."""
    content = to_json(examples(count)).encode()
    file = FilePayload(name="taught.json", mimeType="application/json", buffer=content)
    page = await context.new_page()
    pointer = Pointer(page, await context.new_cdp_session(page))
    await page.goto(address)
    before = await _measure_speed(page, pointer)
    seconds: dict[str, float] = {}
    await page.locator("#taught > summary").click()
    with _record_seconds(seconds, "loading the file"):
        await page.locator("#taught-chooser").set_input_files(file)
        await page.locator("#taught-news", has_text=f"{count}.").wait_for()
    with _record_seconds(seconds, "starting with all examples"):
        await page.reload()
        await page.locator(f"#teach[data-examples='{count}']").wait_for(state="attached")
    after = await _measure_speed(page, pointer)
    items = page.locator("#taught-list > li")
    with _record_seconds(seconds, "opening the panel"):
        await page.locator("#taught > summary").click()
        await items.nth(count - 1).wait_for()
    result = TeachingResult(count, before, after, await items.count(), seconds)
    await page.close()
    return result


def examples(count: int) -> list[Example]:
    """Return examples of all digits, each in a different handwriting."""
    rng = np.random.default_rng(0)
    labels = (DIGITS[number % len(DIGITS)] for number in range(count))
    return [Example.of(label, rasterise(handwriting.write_symbol(label, rng))) for label in labels]


async def _measure_speed(page: Page, pointer: Pointer) -> ReadingSpeed:
    """Draw all digits, and measure the speed of the readings."""
    await page.locator("#teach[data-examples]").wait_for(state="attached")
    await add_functions(page)
    await pointer.locate()
    latencies, misread, reading_times = [], 0, []
    for label in DIGITS:
        await pointer.draw(DRAWN_DIGITS[label])
        read, latency = await page.evaluate(scripts.WAIT_FOR_READING)
        latencies.append(latency)
        misread += read != label
        reading_times.append(
            await page.evaluate(scripts.RUN_PYTHON, TIMING_FILE.read_text("utf-8"))
        )
        await pointer.press("clear")
    return ReadingSpeed(1000 * median(reading_times), median(latencies), misread)


@contextmanager
def _record_seconds(seconds: dict[str, float], name: str) -> Generator[None]:
    """Measure the duration of the block, and store it in `seconds` under a name."""
    begin = time.monotonic()
    yield
    seconds[name] = time.monotonic() - begin
