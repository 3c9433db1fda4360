"""Draw in the page with a mouse, finger, pen or script, and wait for the result.

Use `draw` in all tests that need a drawing but don't test the pointer.
"""

import json
from itertools import pairwise

from playwright.sync_api import expect
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.strokes import DRAWN_DIGITS
from tests.support.time_limits import TIMEOUT


def wait_until_started(page):
    """Wait until the page has hidden its start screen."""
    page.locator("#start").wait_for(state="hidden")


def wait_until_offline_ready(page):
    """Wait until the page shows that it is stored for offline use."""
    page.locator("#offline[data-state=offline_ready]").wait_for()


def reload(page):
    """Reload the page and wait until it has started."""
    page.reload()
    wait_until_started(page)


def page_points(page, stroke):
    """Scroll the sheet into view; return the points of a stroke in pixels of the viewport.

    Args:
        page: the app's page.
        stroke: points in fractions of the sheet's width and height.
    """
    page.locator("#sheet").scroll_into_view_if_needed()
    box = page.locator("#sheet").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]


def draw_without_release(page, stroke):
    """Draw a stroke with the mouse, and leave the mouse button pressed."""
    first, *rest = page_points(page, stroke)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point)


def draw_with_mouse(page, strokes):
    """Draw strokes with the mouse, through the browser's own input pipeline."""
    for stroke in strokes:
        draw_without_release(page, stroke)
        page.mouse.up()


def draw_by_touch(page, strokes):
    """Draw strokes with a finger, with touch events from the browser's own input pipeline."""
    devtools = page.context.new_cdp_session(page)

    def send(kind, *points):
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    for stroke in strokes:
        points = page_points(page, stroke)
        send("touchStart", points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            for step in (1, 2):
                send("touchMove", (x0 + (x1 - x0) * step / 2, y0 + (y1 - y0) * step / 2))
        send("touchEnd")


def draw_with_pen(page, stroke, forces):
    """Draw a stroke with a pen.

    Args:
        page: the app's page.
        stroke: points in fractions of the sheet's width and height.
        forces: the pressure of the pen at each point, 0 to 1.
    """
    devtools = page.context.new_cdp_session(page)

    def send(kind, point, force):
        pen = {"pointerType": "pen", "button": "left", "buttons": 1, "force": force}
        devtools.send("Input.dispatchMouseEvent", {"type": kind, **point, **pen})

    points = [{"x": x, "y": y} for x, y in page_points(page, stroke)]
    send("mousePressed", {**points[0], "clickCount": 1}, forces[0])
    for point, force in zip(points[1:], forces[1:], strict=True):
        send("mouseMoved", point, force)
    send("mouseReleased", {**points[-1], "clickCount": 1}, 0)


# Dispatches pointer events. Each event is a list of its target, its type, its position on the sheet
# and its properties.
DISPATCH_POINTER_EVENTS = """(events) => {
  const sheet = document.getElementById("sheet"), box = sheet.getBoundingClientRect();
  for (const [target, type, [x, y], properties] of events) {
    const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
    const event = new PointerEvent(type, {...properties, clientX, clientY});
    (target === "sheet" ? sheet : document).dispatchEvent(event);
  }
}"""


def pointer_events(strokes, end="sheet"):
    """Return the events with which pointers draw strokes, for DISPATCH_POINTER_EVENTS.

    Args:
        strokes: pairs of a stroke and the kind of its pointer: "mouse", "pen", "touch", or "" for
            an unknown kind.
        end: the target of events at positions to the right of the sheet, and of the event that
            lifts the pointer: "sheet" or "document"; None leaves the pointers down.
    """
    events = []
    for number, ((first, *rest), kind) in enumerate(strokes):
        pointer = {"pointerId": 900 + number, "pointerType": kind, "pressure": 0.5}
        events.append(("sheet", "pointerdown", first, pointer))
        for x, y in rest:
            events.append((end if x > 1 else "sheet", "pointermove", (x, y), pointer))
        if end:
            events.append((end, "pointerup", (rest or [first])[-1], pointer))
    return events


def dispatch_strokes(page, strokes, end="sheet"):
    """Draw strokes in one task of the page, with the events that `pointer_events` returns."""
    page.evaluate(DISPATCH_POINTER_EVENTS, pointer_events(strokes, end))


def draw(page, strokes):
    """Draw strokes one after the other: a script dispatches the pointer events of a mouse.

    That takes a third of the processor time of `draw_with_mouse`, because the page paints and reads
    the drawing only once instead of after each event.
    """
    dispatch_strokes(page, [(stroke, "mouse") for stroke in strokes])


def expect_digit(page, label):
    """Wait until the page shows this digit, number or sum as what it has read; "" for nothing."""
    expect(page.locator("#digit")).to_have_text(label)


def expect_works(page):
    """Clear the sheet, draw a 7, and expect that the page recognises it."""
    if page.locator("#clear").is_enabled():
        page.locator("#clear").click(force=True)
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")


def wait_for_value(read, expected):
    """Wait until `read()` returns the expected value; fail after `TIMEOUT` seconds."""
    # Polling without a pause would take processor time that the page needs.
    wait = WebDriverWait(read, TIMEOUT, poll_frequency=0.05)
    try:
        wait.until(lambda read: read() == expected)
    except TimeoutException:
        assert read() == expected


def stored_ink(page):
    """Return the drawing that the page has stored for a reload: a list of gestures.

    A gesture is a list of strokes: a pointer that leaves the sheet and comes back starts a new
    stroke. A stroke is a list of points.
    """
    return json.loads(page.evaluate("sessionStorage.getItem('offline-digits-ink')") or "[]")
