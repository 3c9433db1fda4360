"""The sheet: which pens, palms, fingers and scripts draw on it; its resolution and its colours.

The last test is about numbers on a page that is set right-to-left.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import boxes, draw_number
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    dispatch_strokes,
    draw,
    draw_with_mouse,
    expect_digit,
    page_points,
    stored_ink,
    wait_for_value,
)

INK_BRIGHTNESS = """() => {
  const {width} = sheet;
  const pixels = sheet.getContext("2d").getImageData(width / 2, width / 2, 1, 1).data;
  return pixels[3] === 255 ? pixels[0] + pixels[1] + pixels[2] : null;
}"""
"""JavaScript: the brightness of the ink in the middle of the sheet, which is the sum of red, green
and blue, 0 to 765. It is null if there is no ink."""
VISUAL_ORDER = """(root) => {
  const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    for (let index = 0; index < node.length; index++) {
      const range = new Range();
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      found.push([range.getBoundingClientRect().left, node.data[index]]);
    }
  }
  return found.sort(([a], [b]) => a - b).map(([, text]) => text).join("");
}"""
"""JavaScript: the characters of an element in the order in which they are shown, from left to
right."""


class Touchscreen:
    """Fingers and a pen on the screen of a page, through the browser's own input pipeline."""

    def __init__(self, page):
        self._page = page
        self._devtools = page.context.new_cdp_session(page)

    def touch(self, kind, *points):
        """Send a touch event with the positions of all fingers, in fractions of the sheet."""
        places = enumerate(page_points(self._page, points))
        fingers = [{"x": x, "y": y, "id": index} for index, (x, y) in places]
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def write(self, strokes):
        """Draw strokes with the pen."""
        for stroke in strokes:
            first, *rest = page_points(self._page, stroke)
            self._pen("mousePressed", first, clickCount=1)
            for point in rest:
                self._pen("mouseMoved", point)
            self._pen("mouseReleased", (rest or [first])[-1], clickCount=1)

    def _pen(self, kind, point, **more):
        x, y = point
        pen = {"pointerType": "pen", "button": "left", "buttons": 1, "force": 0.5}
        event = {"type": kind, "x": x, "y": y, **pen, **more}
        self._devtools.send("Input.dispatchMouseEvent", event)


@pytest.fixture
def screen(shared_app):
    """Return the touchscreen on which the page of `shared_app` is shown."""
    return Touchscreen(shared_app)


def first_points(page):
    """Return the first point of each stored gesture."""
    return [pytest.approx(gesture[0][0][:2], abs=0.01) for gesture in stored_ink(page)]


def test_a_palm_that_rests_on_the_sheet_does_not_stop_the_pen(shared_app, screen):
    palm, moved = (0.85, 0.85), (0.87, 0.9)
    screen.touch("touchStart", palm)
    screen.touch("touchMove", moved)
    screen.write(DRAWN_DIGITS["7"])
    screen.touch("touchMove", palm)
    screen.touch("touchEnd")
    expect_digit(shared_app, "7")
    assert [stroke[0] for stroke in DRAWN_DIGITS["7"]] == first_points(shared_app)
    shared_app.locator("#undo").click()
    shared_app.locator("#undo").click()
    expect_digit(shared_app, "")
    assert stored_ink(shared_app) == []


def test_a_palm_before_and_after_the_pen_leaves_no_ink(shared_app):
    tap = [(0.85, 0.85), (0.86, 0.87)]
    strokes = [(tap, "touch"), *((each, "pen") for each in DRAWN_DIGITS["7"]), (tap, "touch")]
    dispatch_strokes(shared_app, strokes)
    expect_digit(shared_app, "7")
    assert [stroke[0] for stroke in DRAWN_DIGITS["7"]] == first_points(shared_app)


def test_a_cancelled_touch_leaves_no_ink(shared_app, screen):
    screen.touch("touchStart", (0.85, 0.2))
    screen.touch("touchMove", (0.85, 0.8))
    expect(shared_app.locator("#hint")).to_be_hidden()
    screen.touch("touchCancel")
    expect(shared_app.locator("#hint")).to_be_visible()
    expect(shared_app.locator("#undo")).to_be_disabled()
    draw(shared_app, DRAWN_DIGITS["7"])
    screen.touch("touchStart", (0.85, 0.2))
    screen.touch("touchMove", (0.85, 0.8))
    screen.touch("touchCancel")
    expect_digit(shared_app, "7")
    assert [stroke[0] for stroke in DRAWN_DIGITS["7"]] == first_points(shared_app)
    for _ in DRAWN_DIGITS["7"]:
        shared_app.locator("#undo").click()
    expect(shared_app.locator("#undo")).to_be_disabled()


def test_a_second_finger_adds_no_ink(shared_app, screen):
    screen.touch("touchStart", (0.52, 0.2))
    screen.touch("touchMove", (0.52, 0.4))
    screen.touch("touchStart", (0.52, 0.4), (0.9, 0.3))
    screen.touch("touchMove", (0.51, 0.6), (0.9, 0.6))
    screen.touch("touchMove", (0.5, 0.8), (0.8, 0.8))
    screen.touch("touchEnd")
    expect_digit(shared_app, "1")
    ((stroke,),) = stored_ink(shared_app)
    assert stroke[0] == pytest.approx([0.52, 0.2], abs=0.01)
    assert stroke[-1] == pytest.approx([0.5, 0.8], abs=0.01)


DISPATCH_TOUCHES = """(events) => {
  const box = sheet.getBoundingClientRect();
  for (const [type, identifier, x, y] of events) {
    const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
    const touch = new Touch({target: sheet, identifier, clientX, clientY});
    sheet.dispatchEvent(new TouchEvent(type, {changedTouches: [touch], cancelable: true}));
  }
}"""
"""JavaScript: dispatch touch events, but no pointer events. Each event is a list of its type, the
number of its finger, and its position on the sheet."""


def test_a_finger_draws_in_engines_that_report_it_only_with_touch_events(app):
    cancelled = [
        ("touchstart", 1, 0.2, 0.2),
        ("touchmove", 1, 0.3, 0.3),
        ("touchcancel", 1, 0.3, 0.3),
    ]
    app.evaluate(DISPATCH_TOUCHES, cancelled)
    expect(app.locator("#undo")).to_be_disabled()
    drawn = [
        ("touchstart", 1, 0.52, 0.2),
        ("touchstart", 2, 0.9, 0.2),
        ("touchmove", 2, 0.9, 0.6),
        ("touchmove", 1, 0.51, 0.5),
        ("touchend", 2, 0.9, 0.6),
        ("touchmove", 1, 0.5, 0.8),
        ("touchend", 1, 0.5, 0.8),
    ]
    app.evaluate(DISPATCH_TOUCHES, drawn)
    expect_digit(app, "1")
    ((stroke,),) = stored_ink(app)
    assert stroke == [
        pytest.approx(point, abs=0.01) for point in [(0.52, 0.2), (0.51, 0.5), (0.5, 0.8)]
    ]


@pytest.mark.parametrize("kind", ["mouse", "pen", "touch", ""])
def test_pointer_events_of_a_script_draw(shared_app, kind):
    dispatch_strokes(shared_app, [(stroke, kind) for stroke in DRAWN_DIGITS["7"]])
    expect_digit(shared_app, "7")
    shared_app.locator("#clear").click()
    # The browser can't capture this pointer: its events outside the sheet go to other elements.
    dispatch_strokes(shared_app, [([(0.5, 0.2), (0.5, 0.8), (1.3, 0.8)], kind)], end="document")
    ((stroke,),) = stored_ink(shared_app)
    assert stroke[-1] == pytest.approx([1, 0.8], abs=0.01)


def test_clear_ends_a_stroke_whose_pointer_was_never_reported_as_lifted(shared_app):
    dispatch_strokes(shared_app, [([(0.2, 0.2), (0.3, 0.3)], "touch")], end=None)
    shared_app.locator("#clear").click()
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")


def test_drawing_deselects_text_because_firefox_would_drag_it(shared_app):
    shared_app.keyboard.press("Control+a")
    assert not shared_app.evaluate("getSelection().isCollapsed")
    draw_with_mouse(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    assert shared_app.evaluate("getSelection().isCollapsed")


@pytest.fixture
def set_density(app):
    """Return a function that changes the pixel density of the screen, but not the window's size."""
    devtools = app.context.new_cdp_session(app)
    size = app.viewport_size | {"mobile": False}

    def change(density):
        override = size | {"deviceScaleFactor": density}
        devtools.send("Emulation.setDeviceMetricsOverride", override)
        # Chromium does not evaluate media queries again for this override, but it does for this
        # change of the emulated media.
        app.emulate_media(reduced_motion="no-preference" if density == 1 else "reduce")

    yield change
    devtools.send("Emulation.clearDeviceMetricsOverride")


def test_the_sheet_adapts_when_the_density_of_the_screen_changes(app, set_density):
    draw(app, [[(0.5, 0.2), (0.5, 0.8)]])
    css_width = app.evaluate("sheet.clientWidth")
    for density in (2, 1, 1.5):
        set_density(density)
        wait_for_value(lambda: app.evaluate("sheet.width"), round(css_width * density))
        assert app.evaluate(INK_BRIGHTNESS) is not None


def test_the_ink_is_dark_on_paper_and_light_on_a_dark_screen(shared_app):
    shared_app.emulate_media(color_scheme="dark")
    draw(shared_app, [[(0.5, 0.2), (0.5, 0.8)]])
    wait_for_value(lambda: shared_app.evaluate(INK_BRIGHTNESS) > 600, True)
    shared_app.emulate_media(media="print", color_scheme="dark")
    wait_for_value(lambda: shared_app.evaluate(INK_BRIGHTNESS) < 200, True)
    shared_app.emulate_media(media="screen", color_scheme="dark")
    wait_for_value(lambda: shared_app.evaluate(INK_BRIGHTNESS) > 600, True)
    shared_app.evaluate(
        f"addEventListener('beforeprint', () => {{ window.inkOnPaper = ({INK_BRIGHTNESS})() }})"
    )
    shared_app.pdf()
    assert shared_app.evaluate("inkOnPaper") < 200
    assert shared_app.evaluate(INK_BRIGHTNESS) > 600


def test_numbers_are_not_mirrored_in_a_page_that_is_set_right_to_left(shared_app):
    shared_app.evaluate("document.documentElement.dir = 'rtl'")
    draw_number(shared_app, "274")
    expect_digit(shared_app, "274")
    shared_app.locator("#choices label").nth(2).wait_for()
    for selector in ("#digit", "#choices", "#boxes"):
        assert shared_app.locator(selector).evaluate(VISUAL_ORDER) == "274"
    sheet = shared_app.locator("#sheet").bounding_box()
    for index, gesture in enumerate([0, 1, 3]):  # each digit's first gesture: the 7 has two
        box = boxes(shared_app).nth(index).bounding_box()
        x = sheet["x"] + stored_ink(shared_app)[gesture][0][0][0] * sheet["width"]
        assert box["x"] < x < box["x"] + box["width"]
    shared_app.locator("#choices label").first.click()
    expect(boxes(shared_app).first).to_have_class("chosen")
    shared_app.locator("#choices input").first.press("ArrowRight")
    expect(boxes(shared_app).nth(1)).to_have_class("chosen")
    shared_app.evaluate("document.documentElement.removeAttribute('dir')")
