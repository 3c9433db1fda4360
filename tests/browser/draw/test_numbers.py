"""Numbers: read as a whole, with a box around each digit and a mark where it is uncertain."""

import json

import pytest
from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.drawing.segment import segment
from tests.browser.start.test_same_answers import read_natively
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    reload,
    stored_ink,
    wait_for_value,
)
from tools.site.bundle import MODEL

# Counts the runs of the page's session from now on.
COUNT_RUNS = """
from dataclasses import replace
from digits.page import main

class Counting:
    shapes = []
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        self.shapes.append([tensor.shape[0] for tensor in inputs.values()])
        return await self.session.run(inputs, outputs)

reader = main.page.app.recogniser
counted = replace(reader.model, session=Counting(reader.model.session))
main.page.app.recogniser = replace(reader, model=counted)
"""
RUNS = "import json; json.dumps(Counting.shapes)"
IDLE = """
from digits.page import main
main.page.app.is_up_to_date
"""


def place(label, index, count):
    """Return a digit's strokes, scaled to its place in a number that fills the sheet's width."""
    part = 0.96 / count
    xs = [x for stroke in DRAWN_DIGITS[label] for x, _ in stroke]
    scale = min(0.8 * part / 0.4, 0.7)
    middle, centre = (min(xs) + max(xs)) / 2, 0.02 + part * (index + 0.5)
    return [
        [(centre + (x - middle) * scale, 0.5 + (y - 0.5) * scale) for x, y in stroke]
        for stroke in DRAWN_DIGITS[label]
    ]


def write(page, number):
    for index, label in enumerate(number):
        draw(page, place(label, index, len(number)))


def boxes(page):
    return page.locator("#boxes > div")


def python(page, code):
    return page.evaluate("code => pyodide.runPython(code)", code)


def set_threshold(page, threshold):
    """Change the minimum confidence in the manifest that the page downloads."""

    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    manifest["metadata"]["threshold"] = threshold
    page.context.route("**/digits.json", lambda route: route.fulfill(json=manifest))


@pytest.mark.parametrize("number", ["2026", "174589", "11"])
def test_a_number_is_read_and_each_digit_has_its_box(app, number):
    write(app, number)
    expect_digit(app, number)
    expect(boxes(app)).to_have_text(list(number))


def test_a_box_holds_the_ink_of_its_digit(app):
    write(app, "2026")
    expect(boxes(app)).to_have_count(4)
    sheet = app.locator("#sheet").bounding_box()
    gestures = [stroke for gesture in stored_ink(app) for stroke in gesture]
    for box, stroke in zip(boxes(app).all(), gestures, strict=True):
        found = box.bounding_box()
        left, top = found["x"] - sheet["x"], found["y"] - sheet["y"]
        for x, y in stroke:
            assert left < x * sheet["width"] < left + found["width"]
            assert top < y * sheet["height"] < top + found["height"]
        assert found["height"] < 0.7 * sheet["height"]


def test_one_digit_has_no_box(app):
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    expect(boxes(app)).to_have_count(0)


def test_sevens_that_are_crossed_at_the_end_are_read(app):
    sevens = [place("7", index, 3) for index in range(3)]
    draw(app, [stem for stem, _ in sevens])
    expect_digit(app, "777")
    draw(app, [bar for _, bar in sevens])
    expect_digit(app, "777")
    assert len(stored_ink(app)) == 6


def test_undo_removes_the_box_with_the_digit(app):
    write(app, "206")
    expect_digit(app, "206")
    expect(boxes(app)).to_have_count(3)
    app.locator("#undo").click()
    expect_digit(app, "20")
    expect(boxes(app)).to_have_count(2)
    app.locator("#clear").click()
    expect_digit(app, "")
    expect(boxes(app)).to_have_count(0)


def test_the_bars_and_the_marked_box_belong_to_the_digit_drawn_last(app):
    best = app.locator("#bars .best .label")
    draw(app, place("6", 2, 3))
    expect(best).to_have_text("6")
    draw(app, place("2", 0, 3))
    expect_digit(app, "26")
    expect(best).to_have_text("2")
    expect(app.locator("#boxes > .chosen")).to_have_text(["2"])


def test_all_digits_are_read_in_one_run(app):
    write(app, "2026")
    expect_digit(app, "2026")
    wait_for_value(
        lambda: python(app, IDLE), expected=True
    )  # what the pen's last event asked for too
    python(app, COUNT_RUNS)
    app.locator("#undo").click()
    expect_digit(app, "202")
    assert json.loads(python(app, RUNS)) == [[3]]


def test_the_pointer_draws_through_a_box(app):
    write(app, "11")
    expect(boxes(app)).to_have_count(2)
    draw(app, [[(0.26, 0.5), (0.28, 0.52)]])
    assert len(stored_ink(app)) == 3


def test_an_uncertain_digit_is_shown_with_its_two_best_labels(page, visit):
    set_threshold(page, 1)
    visit()
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    expect(page.locator("#doubt")).to_have_text("Not sure: {} or {}?".format(*guesses(page)))
    expect(page.locator("#digit .unsure")).to_have_text(["7"])
    page.locator("#clear").click()
    expect(page.locator("#doubt")).to_be_empty()


def guesses(page):
    """Return the two best labels that native onnxruntime finds for the ink on the sheet."""
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    ranked = read_natively(MODEL, [image])[0].argsort()
    return ranked[-1], ranked[-2]


def test_only_the_uncertain_digit_of_a_number_is_marked(app):
    draw(app, place("2", 0, 3))
    draw(app, [[(0.55, 0.3), (0.62, 0.7)], [(0.55, 0.3), (0.7, 0.34)]])  # neither a 5 nor a 7
    expect(boxes(app)).to_have_count(2)
    groups = segment(Ink.from_json(json.dumps(stored_ink(app))).strokes)
    two, other = read_natively(MODEL, [rasterise(group) for group in groups]).max(axis=1)
    assert other < two - 1e-3
    python(
        app,
        "from digits.page import main\n"
        f"main.page.app.recogniser.model.metadata['threshold'] = {(two + other) / 2}\n"
        "main.page.app.drawing_changed()",
    )
    expect(app.locator("#doubt")).to_contain_text("Not sure: ")
    expect(app.locator("#digit .unsure")).to_have_count(1)
    assert app.locator("#digit").inner_text().startswith("2")
    marks = boxes(app).evaluate_all(
        "boxes => boxes.map((box) => getComputedStyle(box).borderStyle)"
    )
    assert marks == ["solid", "dashed"]


def test_a_certain_reading_is_not_marked(app):
    write(app, "26")
    expect_digit(app, "26")
    expect(app.locator("#doubt")).to_be_empty()
    expect(app.locator("#digit .unsure")).to_have_count(0)
    assert app.evaluate("document.getElementById('digit').childNodes.length") == 1


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 640)])
def test_six_digits_fit_beside_or_below_the_sheet(app, width, height):
    app.set_viewport_size({"width": width, "height": height})
    reload(app)
    write(app, "174589")
    expect_digit(app, "174589")
    inside, outside, scrolled = app.evaluate(
        """() => {
          const number = document.getElementById("digit");
          return [number.scrollWidth, number.parentElement.clientWidth,
                  document.documentElement.scrollWidth];
        }"""
    )
    assert inside <= outside
    assert scrolled <= width
