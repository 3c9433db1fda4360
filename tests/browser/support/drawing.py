"""Draw in the page as a person would, with mouse, finger or pen, and wait for the answer."""

import json
from itertools import pairwise

from playwright.sync_api import expect
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.strokes import DRAWN_DIGITS
from tests.support.waiting import PATIENCE


def wait_until_started(page):
    page.locator("#start").wait_for(state="hidden")


def wait_until_offline_ready(page):
    page.locator("#offline[data-state=offline_ready]").wait_for()


def reload(page):
    page.reload()
    wait_until_started(page)


def places(page, stroke):
    """Return the points of a stroke in pixels of the page, with the sheet scrolled into view."""
    page.locator("#sheet").scroll_into_view_if_needed()
    box = page.locator("#sheet").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]


def press(page, stroke):
    """Draw a stroke with the mouse and keep its button down."""
    first, *rest = places(page, stroke)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=2)


def draw(page, strokes):
    """Draw strokes with the mouse."""
    for stroke in strokes:
        press(page, stroke)
        page.mouse.up()


def touch(page, strokes):
    """Draw strokes with a finger: events go through the browser's own input pipeline."""
    devtools = page.context.new_cdp_session(page)

    def send(kind, *points):
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    for stroke in strokes:
        points = places(page, stroke)
        send("touchStart", points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            for part in (1, 2):
                send("touchMove", (x0 + (x1 - x0) * part / 2, y0 + (y1 - y0) * part / 2))
        send("touchEnd")


def draw_with_pen(page, stroke, forces):
    """Draw a stroke with a pen. forces: its pressure at each point, 0 to 1."""
    devtools = page.context.new_cdp_session(page)

    def send(kind, place, force):
        pen = {"pointerType": "pen", "button": "left", "buttons": 1, "force": force}
        devtools.send("Input.dispatchMouseEvent", {"type": kind, **place, **pen})

    spots = [{"x": x, "y": y} for x, y in places(page, stroke)]
    send("mousePressed", {**spots[0], "clickCount": 1}, forces[0])
    for spot, force in zip(spots[1:], forces[1:], strict=True):
        send("mouseMoved", spot, force)
    send("mouseReleased", {**spots[-1], "clickCount": 1}, 0)


def expect_digit(page, label):
    expect(page.locator("#digit")).to_have_text(label)


def expect_works(page):
    """Expect that the page reads a digit that is drawn now."""
    if page.locator("#clear").is_enabled():
        page.locator("#clear").click(force=True)
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")


def eventually(read, wanted):
    """Wait until `read()` returns what is wanted."""
    # Asking without a pause would take the processor that the page needs.
    wait = WebDriverWait(read, PATIENCE, poll_frequency=0.05)
    try:
        wait.until(lambda read: read() == wanted)
    except TimeoutException:
        assert read() == wanted


def stored_ink(page):
    """Return the gestures that the page has stored for a reload."""
    return json.loads(page.evaluate("sessionStorage.getItem('offline-digits-ink')") or "[]")
