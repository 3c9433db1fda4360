"""The page of the built site: starting, drawing and reading digits."""

import base64
import json
import math
import re

import pytest
from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from tests.browser.pictures.test_picture import choose_picture
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    dispatch_strokes,
    draw,
    draw_by_touch,
    draw_with_mouse,
    draw_with_pen,
    draw_without_release,
    expect_digit,
    expect_works,
    page_points,
    reload,
    stored_ink,
    wait_for_value,
)
from tests.support.photos import photo
from tools.site.sizes import transfer_sizes

SCRIBBLE = [
    (0.2, 0.2), (0.9, 0.8), (0.2, 0.8), (0.9, 0.2), (0.5, 0.1), (0.5, 0.9), (0.1, 0.5), (0.9, 0.5),
    (0.3, 0.1), (0.7, 0.9), (0.1, 0.3), (0.9, 0.7), (0.3, 0.9), (0.7, 0.1),
]  # fmt: skip
"""A stroke that looks like no digit."""
PEN_WIDTH = 0.028
"""The pen's width, as a fraction of the sheet's side: the PEN_WIDTH of the page's sheet.py."""


def test_digits_drawn_with_the_mouse_or_with_a_finger_are_read(shared_app):
    for label, strokes in DRAWN_DIGITS.items():
        (draw_by_touch if int(label) % 2 else draw_with_mouse)(shared_app, strokes)
        expect_digit(shared_app, label)
        shared_app.locator("#clear").click()
        expect_digit(shared_app, "")


def test_drawing_by_touch_does_not_scroll_the_page(shared_app):
    shared_app.set_viewport_size({"width": 390, "height": 500})
    assert shared_app.evaluate("document.documentElement.scrollHeight > innerHeight + 50")
    draw_by_touch(shared_app, [[(0.5, 0.9), (0.5, 0.1)]])
    expect_digit(shared_app, "1")
    assert shared_app.evaluate("scrollY") == 0


def test_the_digit_is_read_while_the_pen_is_down(shared_app):
    draw_without_release(shared_app, [(0.52, 0.2), (0.5, 0.8)])
    expect_digit(shared_app, "1")
    shared_app.mouse.move(*page_points(shared_app, [(0.5, 0.79)])[0])
    shared_app.mouse.up()
    expect_digit(shared_app, "1")


def test_undo_removes_the_last_stroke_and_clear_removes_all(shared_app):
    undo, clear = shared_app.locator("#undo"), shared_app.locator("#clear")
    expect(undo).to_be_disabled()
    expect(shared_app.locator("#hint")).to_be_visible()
    draw(shared_app, DRAWN_DIGITS["1"])
    expect_digit(shared_app, "1")
    expect(shared_app.locator("#hint")).to_be_hidden()
    draw(shared_app, [[(0.2, 0.2), (0.8, 0.3)], [(0.2, 0.6), (0.8, 0.7)]])
    assert len(stored_ink(shared_app)) == 3
    undo.click()
    undo.click()
    expect_digit(shared_app, "1")
    assert len(stored_ink(shared_app)) == 1
    undo.click()
    expect_digit(shared_app, "")
    expect(undo).to_be_disabled()
    draw(shared_app, DRAWN_DIGITS["7"])
    clear.click()
    expect_digit(shared_app, "")
    expect(clear).to_be_disabled()
    assert stored_ink(shared_app) == []


def test_an_empty_sheet_shows_no_digit_and_no_bar(shared_app):
    expect_digit(shared_app, "")
    assert shared_app.locator("#bars .percent").all_inner_texts() == [""] * 11
    assert shared_app.locator("#bars .best").count() == 0
    expect(shared_app.locator("#seen")).to_be_hidden()  # it would be a black square


def test_the_bars_show_the_probabilities(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    texts = shared_app.locator("#bars .percent").all_inner_texts()
    percents = [int(text.removesuffix("%")) for text in texts]
    assert len(percents) == 11
    assert sum(percents) == pytest.approx(100, abs=5)
    assert max(percents) == percents[7]
    assert shared_app.locator("#bars .best .label").all_inner_texts() == ["7"]


def test_doubt_is_shown_only_while_the_pen_rests(shared_app):
    doubt, unsure = (
        shared_app.locator("#doubt"),
        shared_app.locator("#digit .unsure, #boxes .unsure"),
    )
    for left in (0.1, 0.55):
        moved = [(left + 0.35 * x, 0.3 + 0.35 * y) for x, y in SCRIBBLE]
        draw_without_release(shared_app, moved)
        expect(shared_app.locator("#digit")).not_to_be_empty()
        assert (doubt.inner_text(), unsure.count()) == ("", 0)
        shared_app.mouse.up()
    expect(doubt).to_have_text("This doesn't look like a digit or sign.")
    expect(shared_app.locator("#boxes > .unsure")).to_have_count(2)
    expect(shared_app.locator("#bars .best .label")).to_have_text("none")
    expect_digit(shared_app, "??")
    expect(shared_app.locator("#copy")).to_be_hidden()
    shared_app.locator("#bars .best").click()  # is not a button: a click teaches nothing
    expect(shared_app.locator("#lesson")).to_be_empty()
    draw_without_release(shared_app, [(0.5, 0.9), (0.52, 0.92)])
    expect(doubt).to_be_empty()
    shared_app.mouse.up()


def test_the_empty_sheet_shows_what_to_do_until_the_first_stroke(app):
    example, title = app.locator("#example"), app.locator("header")
    app.locator("#teach[data-examples]").wait_for()
    expect(example).to_be_visible()
    running = "document.getAnimations().filter(({ playState }) => playState === 'running').length"
    app.emulate_media(reduced_motion="reduce")
    assert app.evaluate(running) == 0
    expect(example).to_be_visible()  # it does not move
    app.emulate_media(reduced_motion="no-preference")
    assert app.evaluate(running) > 0
    expect(title).to_contain_text("Works offline.")
    expect(app.locator("#ready")).to_have_text(re.compile(r"^Ready in [\d.]+ m?s\.$"))
    draw(app, DRAWN_DIGITS["1"])
    expect_digit(app, "1")
    expect(app.locator("#digit")).to_have_css("animation-name", "arrive")
    app.emulate_media(reduced_motion="reduce")
    assert app.evaluate(running) == 0
    app.locator("#clear").click()
    expect(app.locator("#hint")).to_be_visible()
    expect(example).to_have_count(0)
    title.get_by_role("link").click()
    expect(app.locator("#about-list a").first).to_be_in_viewport()
    expect(app.locator("#about-files h3")).to_be_in_viewport()


# Returns the fraction of the sheet that is painted.
PAINTED = """() => {
  const {width} = sheet;
  const pixels = sheet.getContext("2d").getImageData(0, 0, width, width).data;
  return pixels.filter((value, i) => i % 4 === 3 && value > 128).length / width ** 2;
}"""


def test_a_click_leaves_a_visible_dot(shared_app):
    draw_with_mouse(shared_app, [[(0.5, 0.5)]])
    assert shared_app.evaluate(PAINTED) == pytest.approx(math.pi * (PEN_WIDTH / 2) ** 2, rel=0.1)


# Returns the width of the line at a height, both as fractions of the sheet's side.
LINE_WIDTH = """([y]) => {
  const {width} = sheet;
  const column = sheet.getContext("2d").getImageData(0, Math.round(y * width), width, 1).data;
  return column.filter((value, i) => i % 4 === 3 && value > 128).length / width;
}"""


def test_the_pressure_of_a_pen_sets_the_width_of_the_line(app):
    stroke = [(0.5, 0.1 + 0.02 * step) for step in range(41)]
    draw_with_pen(app, stroke, [step / 40 for step in range(41)])  # the pressure grows from 0 to 1
    expect_digit(app, "1")

    def widths():
        return [app.evaluate(LINE_WIDTH, [y]) / PEN_WIDTH for y in (0.15, 0.5, 0.85)]

    before = widths()
    assert before == pytest.approx([0.55, 1, 1.35], abs=0.12)
    ink = stored_ink(app)
    reload(app)
    expect_digit(app, "1")
    assert widths() == before
    assert stored_ink(app) == ink
    wait_for_value(
        lambda: shown_image(app), [round(255 * each) for each in rasterise([only_stroke(ink)])]
    )
    app.locator("#clear").click()
    draw(app, [[(0.5, 0.1), (0.5, 0.9)]])
    assert widths() == pytest.approx([1, 1, 1], abs=0.03)


def only_stroke(ink):
    """Return the points of the only stroke that is stored."""
    ((stroke,),) = ink
    return [(x, y) for x, y, *_ in stroke]


def test_the_right_button_does_not_end_a_stroke(shared_app):
    draw_without_release(shared_app, [(0.3, 0.22), (0.68, 0.2)])
    shared_app.mouse.down(button="right")
    shared_app.mouse.up(button="right")
    shared_app.mouse.move(*page_points(shared_app, [(0.44, 0.8)])[0], steps=6)
    shared_app.mouse.up()
    ((stroke,),) = stored_ink(shared_app)
    assert stroke[-1] == pytest.approx([0.44, 0.8], abs=0.01)
    expect_digit(shared_app, "7")


def undo_and_clear_before_python(page):
    """Draw, undo and clear before Python has started; leave an empty sheet."""
    undo, clear = page.locator("#undo"), page.locator("#clear")
    draw(page, DRAWN_DIGITS["4"])
    clear.click()
    assert page.evaluate(PAINTED) == 0
    expect(page.locator("#hint")).to_be_visible()
    expect(clear).to_be_disabled()
    undo.click()
    assert page.evaluate(PAINTED) > 0
    clear.click()
    draw(page, [[(0.1, 0.9), (0.9, 0.9)]])
    undo.click()
    assert page.evaluate(PAINTED) == 0


@pytest.mark.parametrize(("scroll_top", "pointer"), [(0, "mouse"), (100, "pen")])
def test_what_is_drawn_and_undone_before_python_has_started_is_read_afterwards(
    page, server, scroll_top, pointer
):
    page.set_viewport_size({"width": 390, "height": 600})
    gate, gate_of_model = server.hold_responses("library.zip"), server.hold_responses(".onnx")
    page.goto(server.address)
    expect(page.locator("#step")).to_have_text("Starting Python")
    undo_and_clear_before_python(page)
    seven = first, second = DRAWN_DIGITS["7"]
    if pointer == "mouse":
        page.keyboard.press("Control+a")
        draw_with_mouse(page, [first])
        assert page.evaluate("getSelection().isCollapsed")
    else:
        palm = [(0.9, 0.9), (0.9, 0.95)]  # leaves no ink
        dispatch_strokes(page, [(palm, "touch"), (first, "pen")])
    page.evaluate("top => scrollTo(0, top)", scroll_top)
    draw_without_release(page, second[:1])  # the mouse button is still down when Python starts
    assert 0.005 < page.evaluate(PAINTED) < 0.2
    expect(page.locator("#hint")).to_be_hidden()
    gate.set()
    expect(page.locator("#sheet")).to_have_class("ready")
    for point in page_points(page, second[1:]):
        page.mouse.move(*point)
    page.mouse.up()
    expect_digit(page, "")
    gate_of_model.set()
    expect_digit(page, "7")
    strokes = [stroke for gesture in stored_ink(page) for stroke in gesture]
    assert [stroke[0] for stroke in strokes] == [pytest.approx(s[0], abs=0.01) for s in seven]
    assert [stroke[-1] for stroke in strokes] == [pytest.approx(s[-1], abs=0.01) for s in seven]
    page.locator("#undo").click()  # Python has taken over the sheet, with its undo
    assert len(stored_ink(page)) == len(seven) - 1


def test_a_pointer_that_leaves_the_sheet_and_comes_back_continues_drawing(shared_app):
    draw_with_mouse(shared_app, [[(0.5, 0.3), (1.4, 0.3), (1.4, 0.7), (0.5, 0.7)]])
    ((first, second),) = stored_ink(shared_app)
    assert first[-1] == pytest.approx([1, 0.3], abs=0.01)
    assert second[0] == pytest.approx([1, 0.7], abs=0.01)
    assert second[-1] == pytest.approx([0.5, 0.7], abs=0.01)
    shared_app.locator("#undo").click()
    assert stored_ink(shared_app) == []


def test_a_button_released_outside_the_sheet_ends_the_stroke(shared_app):
    draw_without_release(shared_app, [(0.5, 0.2), (0.5, 0.8), (1.3, 0.8)])
    shared_app.mouse.up()
    before = stored_ink(shared_app)
    shared_app.mouse.move(*page_points(shared_app, [(0.3, 0.3)])[0])
    shared_app.mouse.move(*page_points(shared_app, [(0.7, 0.7)])[0])
    assert stored_ink(shared_app) == before != []


def test_the_right_mouse_button_draws_nothing(shared_app):
    shared_app.mouse.move(*page_points(shared_app, [(0.4, 0.4)])[0])
    shared_app.mouse.down(button="right")
    shared_app.mouse.move(*page_points(shared_app, [(0.6, 0.6)])[0])
    shared_app.mouse.up(button="right")
    assert stored_ink(shared_app) == []


def test_the_sheet_has_the_resolution_of_the_screen(app, subtests):
    devtools = app.context.new_cdp_session(app)
    for density in (1, 2, 3):
        with subtests.test(density):
            size = {"width": 1280, "height": 800, "deviceScaleFactor": density, "mobile": False}
            devtools.send("Emulation.setDeviceMetricsOverride", size)
            if density > 1:  # the page has started with density 1
                reload(app)
            width, css_width = app.evaluate("[sheet.width, sheet.clientWidth]")
            assert width == pytest.approx(css_width * density, abs=1)
            draw(app, DRAWN_DIGITS["1"])
            expect_digit(app, "1")
            app.locator("#clear").click()


def shown_image(page):
    """Return the pixels of the grey 28x28 image that the page shows, 0 to 255."""
    data = page.evaluate(
        """() => btoa(String.fromCharCode(
            ...document.getElementById("seen").getContext("2d").getImageData(0, 0, 28, 28).data))"""
    )
    return list(base64.b64decode(data)[::4])


def test_the_shown_image_equals_the_image_that_cpython_computes(shared_app):
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    ink = Ink.from_json(json.dumps(stored_ink(shared_app)))
    wait_for_value(
        lambda: shown_image(shared_app), [round(255 * value) for value in rasterise(ink.strokes)]
    )


# Returns whether the drawing that the page would now restore is empty.
IS_RESTORED_EMPTY = """
from digits.page.input import draft
draft.restore().is_empty
"""


def test_the_drawing_survives_a_reload_unless_it_is_unreadable(app, subtests):
    draw(app, DRAWN_DIGITS["4"])
    expect_digit(app, "4")
    before = stored_ink(app)
    reload(app)
    expect_digit(app, "4")
    assert stored_ink(app) == before
    app.locator("#clear").click()

    draw_without_release(app, [(0.52, 0.2), (0.5, 0.8)])  # the page is left while the pen is down
    expect_digit(app, "1")
    reload(app)
    expect_digit(app, "1")
    app.mouse.up()
    assert len(stored_ink(app)) == 1

    store = "text => sessionStorage.setItem('offline-digits-ink', text)"
    app.evaluate(store, "[" * 100_000)
    reload(app)
    expect_digit(app, "")
    expect_works(app)
    for number, text in enumerate(("[[[[5, 5]]]]", "[[[[0.5, 0.5]]]", "\ud800")):
        with subtests.test(number):
            app.evaluate(store, text)
            assert app.evaluate("code => pyodide.runPython(code)", IS_RESTORED_EMPTY) is True


# Returns the IDs of the visible, enabled controls.
ENABLED_CONTROLS = """
[...document.querySelectorAll("button, input, select")]
  .filter((control) => control.checkVisibility() && !control.matches(":disabled"))
  .map(({ id }) => id)
"""


def test_the_start_shows_its_progress_enables_the_controls_and_reads_a_picture(page, server, site):
    held_files = ("library.zip", ".onnx", "threaded.wasm")
    gates = [server.hold_responses(ending) for ending in held_files]
    transfers = transfer_sizes(site, "br")

    def expect_megabytes(*missing):
        """Wait until the page shows the size of the downloaded files, and that of all files.

        Args:
            missing: the endings of the files that are not downloaded yet.
        """
        loaded = sum(size for path, size in transfers.items() if not path.endswith(missing))
        expected = [loaded / 1e6, sum(transfers.values()) / 1e6]
        wait_for_value(shown_megabytes, pytest.approx(expected, abs=0.1))

    def shown_megabytes():
        return [float(number) for number in re.findall(r"\d+\.\d", done.inner_text())]

    page.goto(server.address)
    step, done = page.locator("#step"), page.locator("#bytes")
    expect(step).to_have_text("Starting Python")
    expect_megabytes(*held_files, "threaded.data")  # the page requests it after threaded.wasm
    expect(page.locator("#sheet")).not_to_have_class("ready")
    for panel in ("why", "taught", "history", "model", "about"):
        page.locator(f"#{panel} > summary").click()
        assert page.evaluate(ENABLED_CONTROLS) == ["language"]
    gates[0].set()
    expect(page.locator("#sheet")).to_have_class("ready")
    expect(page.locator("#hint")).to_be_visible()
    expect(step).to_have_text("Loading the model")
    expect_megabytes(*held_files[1:])
    choose_picture(page, photo("5"))
    expect(page.locator("#picture")).to_be_visible()
    expect_digit(page, "")
    gates[1].set()
    expect(step).to_have_text("Starting the neural network")
    expect_megabytes(*held_files[2:])
    gates[2].set()
    expect(page.locator("#start")).to_be_hidden()
    assert page.evaluate("document.getElementById('progress').value") == pytest.approx(1)
    expect_digit(page, "5")
    expect(page.locator("#taught-import")).to_be_enabled()
    expect(page.locator("#model-load")).to_be_enabled()


def test_the_drawing_survives_an_unexpected_error(app):
    app.evaluate(
        "code => pyodide.runPython(code)",
        "from digits.page import main; main.page.app.recogniser = 'no recogniser'",
    )
    draw(app, DRAWN_DIGITS["4"])
    failure = app.locator("#failure")
    expect(failure).to_contain_text("Something in this page broke: AttributeError")
    failure.get_by_role("button", name="Try again").click()
    expect_digit(app, "4")
