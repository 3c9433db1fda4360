"""Runs the soak test: uses the page for a long time in a real Chromium, and reports growth."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from playwright.async_api import ViewportSize, async_playwright

from offline_onnx_page.serving.server import serve_in_background
from tests.stress.harness.site import scratch_folder
from tests.stress.soak import report
from tests.stress.soak.drawings import draw_and_measure
from tests.stress.soak.teaching import teach
from tests.stress.soak.visits import reload_and_update
from tests.support import time_limits
from tools.console import say
from tools.env import engines
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from playwright.async_api import BrowserContext, BrowserType

    from tests.stress.soak.drawings import DrawingResult
    from tests.stress.soak.teaching import TeachingResult
    from tests.stress.soak.visits import VisitResult

MAX_EXAMPLES = 1000
VIEWPORT = ViewportSize(width=1280, height=800)


def run(executable: str, count: int) -> report.Report:
    """Run all parts of the soak test. The site must be bundled already.

    Args:
        executable: The path of a Chromium.
        count: The number of drawings, a multiple of 100. It also determines the number of reloads
            (3 for 100 drawings), of updates (one for 200 drawings, but at least 2), and of examples
            (one for each drawing, but at most MAX_EXAMPLES).
    """
    result = report.Report()
    examples, reloads, updates = min(MAX_EXAMPLES, count), 3 * count // 100, max(2, count // 200)
    with _record_seconds(result, f"{examples:,} examples"):
        teaching_result = asyncio.run(run_teaching(executable, examples))
    with _record_seconds(result, f"{count:,} drawings"):
        drawing_result = asyncio.run(run_drawings(executable, count))
    with _record_seconds(result, f"{reloads:,} reloads, {updates:,} updates"):
        visit_result = asyncio.run(run_visits(executable, reloads, updates))
    result.rows += [
        *report.drawing_rows(drawing_result),
        *report.latency_rows(drawing_result),
        *report.visit_rows(visit_result),
        *report.disk_rows(visit_result),
        *report.teaching_rows(teaching_result),
        *report.speed_rows(teaching_result),
    ]
    return result


async def run_drawings(executable: str, count: int) -> DrawingResult:
    """Draw `count` drawings in one page."""
    async with _chromium() as browser, _new_visitor(browser, executable) as (context, address):
        return await draw_and_measure(context, address, count)


async def run_teaching(executable: str, count: int) -> TeachingResult:
    """Teach a page `count` examples."""
    async with _chromium() as browser, _new_visitor(browser, executable) as (context, address):
        return await teach(context, address, count)


async def run_visits(
    executable: str, reloads: int, updates: int, *, restart: bool = True
) -> VisitResult:
    """Reload the page and install updates, all with the same profile: see `reload_and_update`."""
    with scratch_folder() as folder:
        async with _chromium() as browser:
            return await reload_and_update(
                browser, executable, folder, reloads, updates, restart=restart
            )


@asynccontextmanager
async def _chromium() -> AsyncGenerator[BrowserType]:
    """Start Playwright; yield its browser type for Chromium."""
    async with async_playwright() as playwright:
        yield playwright.chromium


@asynccontextmanager
async def _new_visitor(
    browser: BrowserType, executable: str
) -> AsyncGenerator[tuple[BrowserContext, str]]:
    """Serve the site, and start a browser without stored data.

    Yield the browser context, and the address of the site.
    """
    with serve_in_background(bundle.WEB) as address:
        chromium = await browser.launch(executable_path=executable, args=engines.CHROMIUM_ARGUMENTS)
        context = await chromium.new_context(
            viewport=VIEWPORT, locale="en-US", reduced_motion="reduce"
        )
        context.set_default_timeout(1000 * time_limits.TIMEOUT)
        yield context, address
        await chromium.close()


@contextmanager
def _record_seconds(result: report.Report, part: str) -> Generator[None]:
    """Print the name of a part, and record its duration in the report."""
    say(f"{part} ...")
    begin = time.monotonic()
    yield
    result.seconds[part] = time.monotonic() - begin
