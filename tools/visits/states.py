"""Bring the page into each of its states."""

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


def empty(page: Page, address: str) -> None:
    """Draw nothing."""
    _open(page, address)
    page.locator("#hint").wait_for()


def drawing(page: Page, address: str) -> None:
    """Draw a digit without lifting the pen. The page recognises it while it is drawn."""
    _open(page, address)
    press(page, SEVEN)
    page.locator("#digit:not(:empty)").wait_for()


def sure(page: Page, address: str) -> None:
    """Draw a clear digit."""
    _open(page, address)
    draw(page, SEVEN)
    page.locator("#digit").get_by_text("7", exact=True).wait_for()


def not_sure(page: Page, address: str) -> None:
    """Draw a spiral, so that the page reports low confidence."""
    _open(page, address)
    draw(page, SPIRAL)
    page.locator("#digit .unsure").wait_for()


def number(page: Page, address: str) -> None:
    """Draw a number of two digits."""
    _open(page, address)
    for stroke in STROKES:
        draw(page, stroke)
    page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()


def why(page: Page, address: str) -> None:
    """Draw a number and open the explanation of its recognition, with the network's layers."""
    number(page, address)
    page.locator("#why > summary").click()
    page.locator("#layers > summary").click()
    page.locator("#layers-list canvas").last.wait_for()
    page.locator("#explanation[aria-busy=false]").wait_for()


def teach(page: Page, address: str) -> None:
    """Correct a misread digit and open the list of taught examples."""
    _open(page, address)
    draw(page, MIRRORED_THREE)
    page.locator("#bars button[value='3']").click()
    page.locator("#digit").get_by_text("3", exact=True).wait_for()
    page.locator("#taught > summary").click()
    page.locator("#taught-list canvas").wait_for()


def history(page: Page, address: str) -> None:
    """Draw two numbers, one after the other, and open the history."""
    for _ in range(2):
        number(page, address)
        page.locator("#clear").click()
    page.locator("#history > summary").click()
    page.locator("#history-list li").last.wait_for()


def model(page: Page, address: str) -> None:
    """Open the facts about the model."""
    sure(page, address)
    page.locator("#model > summary").click()
    page.locator("#model-facts dd").last.wait_for()


def about(page: Page, address: str) -> None:
    """Open the panel "How this works", with its list of files."""
    number(page, address)
    page.locator("#about > summary").click()
    page.locator("#about-files > summary").click()
    page.locator("#about-steps li:nth-child(4) dd").filter(
        has_text=re.compile(r"\d")
    ).last.wait_for()


def offline(page: Page, address: str) -> None:
    """Draw a digit without a network connection."""
    _open(page, address)
    page.context.set_offline(True)
    sure(page, address)


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


IN_ONE_CONTEXT = (
    empty,
    drawing,
    sure,
    not_sure,
    number,
    why,
    history,
    model,
    about,
    offline,
    teach,
)
"""States of pages that are opened one after the other in one browser context.

The first page is a first visit, all others are later visits.
"""
FIRST_VISITS = error, first_load
"""States of first visits, each in a browser context of its own."""


def visit(browser: Browser, address: str, **options: Any) -> Iterator[tuple[str, Page]]:
    """Bring a page into one state after the other; yield the state's name and the page.

    Args:
        browser: the browser.
        address: the page's address.
        **options: options of `browser.new_context`.
    """
    context = browser.new_context(**options)
    for state in IN_ONE_CONTEXT:
        page = context.new_page()
        state(page, address)
        yield state.__name__, page
        page.close()
        context.set_offline(False)
    context.close()
    for state in FIRST_VISITS:
        context = browser.new_context(**options)
        page = context.new_page()
        state(page, address)
        yield state.__name__, page
        context.close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#offline[data-state=offline_ready]").wait_for()
    page.locator("#teach[data-examples]").wait_for()
