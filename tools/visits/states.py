"""Bring the page into each of its states. A function is named after the state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tools.visits.pen import NUMBER, STROKES, draw, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

type Stroke = tuple[tuple[float, float], ...]

SEVEN = STROKES[1]
MIRRORED_THREE: Stroke = (
    (0.67, 0.25), (0.5, 0.2), (0.37, 0.28), (0.38, 0.4), (0.52, 0.47), (0.37, 0.55),
    (0.34, 0.68), (0.48, 0.8), (0.67, 0.74),
)  # fmt: skip
SPIRAL: Stroke = (
    (0.5, 0.5), (0.56, 0.46), (0.6, 0.54), (0.5, 0.62), (0.4, 0.52), (0.46, 0.36), (0.64, 0.36),
    (0.72, 0.56), (0.56, 0.76), (0.34, 0.7), (0.28, 0.44), (0.42, 0.24), (0.7, 0.22),
)  # fmt: skip
NEVER_LOAD_MODEL = """
const { fetch } = window;
window.fetch = (resource, ...rest) => {
  const isModel = String(resource.url ?? resource).endsWith(".onnx");
  return isModel ? new Promise(() => {}) : fetch(resource, ...rest);
};
"""


def empty(page: Page) -> None:
    """Draw nothing."""
    page.locator("#hint").wait_for()


def drawing(page: Page) -> None:
    """Draw a digit without lifting the pen. The page recognises it while it is drawn."""
    press(page, SEVEN)
    page.locator("#digit:not(:empty)").wait_for()


def sure(page: Page) -> None:
    """Draw a clear digit."""
    draw(page, SEVEN)
    page.locator("#digit").get_by_text("7", exact=True).wait_for()


def not_sure(page: Page) -> None:
    """Draw a spiral, so that the page reports low confidence."""
    draw(page, SPIRAL)
    page.locator("#digit .unsure").wait_for()


def number(page: Page) -> None:
    """Draw a number of two digits."""
    for stroke in STROKES:
        draw(page, stroke)
    page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()


def why(page: Page) -> None:
    """Draw a number and open the explanation of its recognition, with the network's layers."""
    number(page)
    page.locator("#why > summary").click()
    page.locator("#layers > summary").click()
    page.locator("#layers-list canvas").last.wait_for()
    page.locator("#explanation[aria-busy=false]").wait_for()


def teach(page: Page) -> None:
    """Correct a misread digit and open the list of taught examples."""
    draw(page, MIRRORED_THREE)
    page.locator("#bars button[value='3']").click()
    page.locator("#digit").get_by_text("3", exact=True).wait_for()
    page.locator("#taught > summary").click()
    page.locator("#taught-list canvas").wait_for()


def history(page: Page) -> None:
    """Draw two numbers, one after the other, and open the history."""
    for _ in range(2):
        number(page)
        page.locator("#clear").click()
    page.locator("#history > summary").click()
    page.locator("#history-list li").last.wait_for()


def model(page: Page) -> None:
    """Open the facts about the model."""
    sure(page)
    page.locator("#model > summary").click()
    page.locator("#model-facts dd").last.wait_for()


def about(page: Page) -> None:
    """Open the panel "How this works", with its list of files."""
    number(page)
    page.locator("#about > summary").click()
    page.locator("#about-files > summary").click()
    page.locator("#about-steps li:nth-child(4) dd").filter(
        has_text=re.compile(r"\d")
    ).last.wait_for()


def offline(page: Page) -> None:
    """Draw a digit without a network connection."""
    page.context.set_offline(True)
    page.reload()
    _wait_until_ready(page)
    sure(page)


def error(page: Page, address: str) -> None:
    """Load the page for the first time while the model can't be downloaded."""
    page.route("**/digits.json", lambda route: route.abort())
    page.goto(address)
    page.locator("#failure").wait_for()


def first_load(page: Page, address: str) -> None:
    """Load the page for the first time and stop while the model is being downloaded."""
    page.add_init_script(NEVER_LOAD_MODEL)
    page.goto(address)
    page.locator("#start[data-step=step_model]").wait_for()


OPEN_PAGE_STATES = (
    empty,
    drawing,
    sure,
    not_sure,
    number,
    why,
    history,
    model,
    about,
    teach,
    offline,
)
"""States of a page that `open_page` has opened. `offline` must be the last: it takes the network
away from the browser context."""
FIRST_VISIT_STATES = error, first_load
"""States of a first visit."""


def visit(browser: Browser, address: str, **options: Any) -> Iterator[tuple[str, Page]]:
    """For each state, open a new tab in that state; yield the state's name and the tab.

    Args:
        browser: the browser.
        address: the page's address.
        **options: options of `browser.new_context`.
    """
    context = browser.new_context(**options)
    for state in OPEN_PAGE_STATES:
        page = context.new_page()
        open_page(page, address)
        state(page)
        yield state.__name__, page
        page.close()
    context.close()
    for first_state in FIRST_VISIT_STATES:
        context = browser.new_context(**options)
        page = context.new_page()
        first_state(page, address)
        yield first_state.__name__, page
        context.close()


def open_page(page: Page, address: str) -> None:
    """Open the page; wait until it is stored for offline use and the taught examples are loaded."""
    page.goto(address)
    _wait_until_ready(page)


def _wait_until_ready(page: Page) -> None:
    page.locator("#offline[data-state=offline_ready]").wait_for()
    page.locator("#teach[data-examples]").wait_for()
