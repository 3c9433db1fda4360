"""The README's pictures, taken from the real page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools import chromium

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

VIEWS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: Final = ("light", "dark")
NUMBER = "27"
STROKES = (
    (
        (0.13, 0.37), (0.17, 0.29), (0.26, 0.25), (0.35, 0.29), (0.36, 0.39), (0.29, 0.52),
        (0.12, 0.71), (0.26, 0.70), (0.42, 0.71),
    ),
    ((0.56, 0.27), (0.87, 0.25), (0.68, 0.73)),
    ((0.60, 0.50), (0.84, 0.49)),
)  # fmt: skip


def take(site: Path, folder: Path) -> None:
    """Draw a number in the page at each size and theme, and save folder/SIZE-THEME.png."""
    folder.mkdir(exist_ok=True)
    with chromium.visiting(site) as (browser, address):
        for name, (width, height) in VIEWS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                page = context.new_page()
                page.goto(address)
                page.locator("#offline[data-state=offline_ready]").wait_for()
                for stroke in STROKES:
                    draw(page, stroke)
                page.locator("#digit").get_by_text(NUMBER, exact=True).wait_for()
                page.screenshot(path=folder / f"{name}-{scheme}.png", animations="disabled")
                context.close()


def draw(page: Page, stroke: tuple[tuple[float, float], ...]) -> None:
    """Draw with the mouse. stroke: points in sheet sides."""
    box = page.locator("#sheet").bounding_box()
    if box is None:
        raise LookupError("the page shows no sheet")
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=12)
    page.mouse.up()
