"""Draws digits in the page as a person would, with the real mouse or with touches."""

import json
from itertools import pairwise

from playwright.sync_api import expect
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.strokes import DRAWN_DIGITS


def wait_until_started(page):
    page.locator("#start").wait_for(state="hidden")


def wait_until_offline_ready(page):
    page.locator("#offline[data-state=offline_ready]").wait_for()


def reload(page):
    page.reload()
    wait_until_started(page)


def places(page, stroke):
    """Give the points of a stroke in the page, and have them in view."""
    page.locator("#sheet").scroll_into_view_if_needed()
    box = page.locator("#sheet").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]


def press(page, stroke):
    """Draw a stroke and keep the button down."""
    first, *rest = places(page, stroke)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=2)


def draw(page, strokes):
    for stroke in strokes:
        press(page, stroke)
        page.mouse.up()


def touch(page, strokes):
    """Draw with a finger, through the browser's own input pipeline."""
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
    """Draw a stroke with a pen that tells its pressure: one force of 0..1 for each point."""
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
    """The page reads what is drawn."""
    page.locator("#clear").click(force=True) if page.locator("#clear").is_enabled() else None
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")


def eventually(read, wanted):
    """What is read is as wanted, now or when the page has caught up."""
    # Who asks all the time takes the processor that the page needs.
    wait = WebDriverWait(read, 60, poll_frequency=0.02)
    try:
        wait.until(lambda read: read() == wanted)
    except TimeoutException:
        assert read() == wanted


def kept_ink(page):
    """Give the gestures that the page keeps for a reload."""
    return json.loads(page.evaluate("sessionStorage.getItem('offline-digits-ink')") or "[]")
