"""Draw strokes in the page with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

NUMBER = "27"
"""The number that STROKES show."""
STROKES = (
    (
        (0.13, 0.37), (0.17, 0.29), (0.26, 0.25), (0.35, 0.29), (0.36, 0.39), (0.29, 0.52),
        (0.12, 0.71), (0.26, 0.70), (0.42, 0.71),
    ),
    ((0.56, 0.27), (0.87, 0.25), (0.68, 0.73)),
    ((0.60, 0.50), (0.84, 0.49)),
)  # fmt: skip
"""The strokes of NUMBER as (x, y) points, in fractions of the drawing area's side."""


def draw(page: Page, stroke: tuple[tuple[float, float], ...]) -> None:
    """Draw a stroke: (x, y) points, in fractions of the drawing area's side."""
    press(page, stroke)
    page.mouse.up()


def press(page: Page, stroke: tuple[tuple[float, float], ...]) -> None:
    """Draw a stroke without releasing the mouse button."""
    box = page.locator("#sheet").bounding_box()
    if box is None:
        raise LookupError("the page does not show the drawing area #sheet")
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
