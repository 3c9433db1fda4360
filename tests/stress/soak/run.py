"""The whole soak: use the page for long in a real Chromium, and report what has grown."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from playwright.async_api import ViewportSize, async_playwright

from tests.stress.harness.site import scratch_folder
from tests.stress.soak import report
from tests.stress.soak.drawings import draw
from tests.stress.soak.lessons import teach
from tests.stress.soak.visits import visit
from tests.support import time_limits
from tools.console import say
from tools.env import engines
from tools.site import bundle
from tools.site.serve import serve_in_background

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from playwright.async_api import BrowserContext, BrowserType

    from tests.stress.soak.drawings import Drawings
    from tests.stress.soak.lessons import Lessons
    from tests.stress.soak.visits import Visits

EXAMPLES = 1000
VIEW = ViewportSize(width=1280, height=800)


def run(executable: str, count: int) -> report.Report:
    """Use the page for long; the site has to be bundled.

    Args:
        executable: A Chromium.
        count: Drawings, a multiple of 100; a hundred of them bring three reloads, two hundred an
            update, and there are as many examples, 1,000 at most.
    """
    result = report.Report()
    examples, reloads, updates = min(EXAMPLES, count), 3 * count // 100, max(2, count // 200)
    with _timed(result, f"{examples:,} examples"):
        taught = asyncio.run(lessons(executable, examples))
    with _timed(result, f"{count:,} drawings"):
        drawn = asyncio.run(drawings(executable, count))
    with _timed(result, f"{reloads:,} reloads, {updates:,} updates"):
        visited = asyncio.run(visits(executable, reloads, updates))
    result.rows += [
        *report.of_drawings(drawn),
        *report.of_latency(drawn),
        *report.of_visits(visited),
        *report.of_disk(visited),
        *report.of_lessons(taught),
        *report.of_pace(taught),
    ]
    return result


async def drawings(executable: str, count: int) -> Drawings:
    """Draw `count` drawings in one page."""
    async with _chromium() as browser, _new_visitor(browser, executable) as (context, address):
        return await draw(context, address, count)


async def lessons(executable: str, count: int) -> Lessons:
    """Teach a page `count` examples."""
    async with _chromium() as browser, _new_visitor(browser, executable) as (context, address):
        return await teach(context, address, count)


async def visits(executable: str, reloads: int, updates: int) -> Visits:
    """Reload the page, and install updates of it, on one profile."""
    with scratch_folder() as folder:
        async with _chromium() as browser:
            return await visit(browser, executable, folder, reloads, updates)


@asynccontextmanager
async def _chromium() -> AsyncGenerator[BrowserType]:
    async with async_playwright() as playwright:
        yield playwright.chromium


@asynccontextmanager
async def _new_visitor(
    browser: BrowserType, executable: str
) -> AsyncGenerator[tuple[BrowserContext, str]]:
    """Serve the site, and start a browser that has never visited it."""
    with serve_in_background(bundle.WEB) as address:
        started = await browser.launch(executable_path=executable, args=engines.CHROMIUM_ARGUMENTS)
        context = await started.new_context(viewport=VIEW, locale="en-US")
        context.set_default_timeout(1000 * time_limits.TIMEOUT)
        yield context, address
        await started.close()


@contextmanager
def _timed(result: report.Report, part: str) -> Generator[None]:
    say(f"{part} ...")
    begin = time.monotonic()
    yield
    result.seconds[part] = time.monotonic() - begin
