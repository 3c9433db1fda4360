"""Uses the page for long in a real Chromium, and tells whether it is as on the first day."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import ViewportSize, async_playwright

from tests.stress.soak import report
from tests.stress.soak.drawings import draw
from tests.stress.soak.lessons import learn
from tests.stress.soak.visits import live
from tests.support.tables import as_text
from tools.cache import SCRATCH
from tools.console import say
from tools.env import chromium
from tools.site import bundle
from tools.site.serve import serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from playwright.async_api import BrowserContext, BrowserType

    from tests.stress.soak.drawings import Drawn
    from tests.stress.soak.lessons import Learned
    from tests.stress.soak.report import Row
    from tests.stress.soak.visits import Lived

EXAMPLES = 1000
VIEW = ViewportSize(width=1280, height=800)


@dataclass
class Report:
    """The rows, and how many seconds each part has taken."""

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether every measure is as it should be."""
        return all(row.good for row in self.rows)

    def as_json(self) -> str:
        """Write the report for programs."""
        return json.dumps({**asdict(self), "is_good": self.is_good}, indent=1)

    def as_text(self) -> str:
        """Write the report for people."""
        cells = [{**row.cells, "": "" if row.good else "NOT FLAT"} for row in self.rows]
        took = [f"{part}: {seconds:.0f} s" for part, seconds in self.seconds.items()]
        return "\n".join([*as_text(cells), "", *took])


def run(executable: str, count: int) -> Report:
    """Make so many drawings, three reloads for a hundred of them and an update for two hundred."""
    told = Report()
    bundle.bundle(bundle.WEB, bundle.MODEL)
    with _timed(told, f"{EXAMPLES:,} examples"):
        learned = asyncio.run(lessons(executable, EXAMPLES))
    with _timed(told, f"{count:,} drawings"):
        drawn = asyncio.run(drawings(executable, count))
    with _timed(told, f"{3 * count // 100:,} reloads, {count // 200:,} updates"):
        lived = asyncio.run(visits(executable, 3 * count // 100, count // 200))
    told.rows += [
        *report.of_drawings(drawn),
        *report.of_latency(drawn),
        *report.of_visits(lived),
        *report.of_disk(lived),
        *report.of_lessons(learned),
        *report.of_pace(learned),
    ]
    return told


async def drawings(executable: str, count: int) -> Drawn:
    """Make so many drawings in one page."""
    async with _browser() as browser, _visitor(browser, executable) as (context, address):
        return await draw(context, address, count)


async def lessons(executable: str, count: int) -> Learned:
    """Teach a page so many examples."""
    async with _browser() as browser, _visitor(browser, executable) as (context, address):
        return await learn(context, address, count)


async def visits(executable: str, reloads: int, updates: int) -> Lived:
    """Reload the page, and take updates of it, on one profile."""
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        async with _browser() as browser:
            return await live(browser, executable, bundle.WEB, Path(folder), reloads, updates)


@asynccontextmanager
async def _browser() -> AsyncGenerator[BrowserType]:
    async with async_playwright() as playwright:
        yield playwright.chromium


@asynccontextmanager
async def _visitor(
    browser: BrowserType, executable: str
) -> AsyncGenerator[tuple[BrowserContext, str]]:
    """Serve the site, and start a browser that has not been there yet."""
    with serving(bundle.WEB) as address:
        started = await browser.launch(executable_path=executable, args=chromium.ARGUMENTS)
        yield await started.new_context(viewport=VIEW, locale="en-US"), address
        await started.close()


@contextmanager
def _timed(told: Report, part: str) -> Generator[None]:
    say(f"{part} ...")
    begin = time.monotonic()
    yield
    told.seconds[part] = time.monotonic() - begin
