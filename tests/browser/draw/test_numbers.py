"""Reading numbers: each digit gets a box, and uncertain digits are marked."""

import json
from itertools import chain

from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.drawing.segment import segment
from digits.drawing.source import DrawingSource
from tests.browser.start.test_same_answers import read_natively
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_with_mouse,
    expect_digit,
    stored_ink,
    wait_for_value,
)
from tools.site.bundle import MODEL

# Makes the page's session record how many images each run reads.
RECORD_BATCH_SIZES = """
from dataclasses import replace
from digits.page import main

class RecordingSession:
    batch_sizes = []
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        (images,) = inputs.values()
        self.batch_sizes.append(images.shape[0])
        return await self.session.run(inputs, outputs)

reader = main.page.app.recogniser
recorded = replace(reader.model, session=RecordingSession(reader.model.session))
main.page.app.recogniser = replace(reader, model=recorded)
"""
# Returns the recorded numbers of images, as JSON.
GET_BATCH_SIZES = "import json; json.dumps(RecordingSession.batch_sizes)"
# Returns whether the page has read the current drawing.
IS_UP_TO_DATE = """
from digits.page import main
main.page.app.is_up_to_date
"""


def digit_in_number(label, index, count):
    """Return the strokes of a digit at this index of a number of `count` digits."""
    # The number leaves a margin of 0.02 at both sides of the sheet. A digit fills at most four
    # fifths of its share of the width; before it is scaled, its width is about 0.4.
    width = 0.96 / count
    xs = [x for stroke in DRAWN_DIGITS[label] for x, _ in stroke]
    scale = min(0.8 * width / 0.4, 0.7)
    digit_middle, target_middle = (min(xs) + max(xs)) / 2, 0.02 + width * (index + 0.5)
    return [
        [(target_middle + (x - digit_middle) * scale, 0.5 + (y - 0.5) * scale) for x, y in stroke]
        for stroke in DRAWN_DIGITS[label]
    ]


def draw_number(page, number):
    """Draw the digits of a number side by side."""
    digits = [digit_in_number(label, index, len(number)) for index, label in enumerate(number)]
    draw(page, chain.from_iterable(digits))


def boxes(page):
    """Return the boxes around the digits."""
    return page.locator("#boxes > div")


def run_python(page, code):
    """Run Python code in the page, and return the value of its last expression."""
    return page.evaluate("code => pyodide.runPython(code)", code)


def set_threshold(page, threshold):
    """Change the minimum confidence of an answer in the manifest that the page downloads."""
    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    manifest["metadata"]["threshold"] = threshold
    page.route("**/digits.json", lambda route: route.fulfill(json=manifest))


def test_each_digit_of_a_number_is_read_and_has_a_box(shared_app, subtests):
    for number in ("174589", "26"):
        with subtests.test(number):
            draw_number(shared_app, number)
            expect_digit(shared_app, number)
            expect(boxes(shared_app)).to_have_text(list(number))
            shared_app.locator("#clear").click()
            expect_digit(shared_app, "")


def test_a_box_encloses_the_ink_of_its_digit(shared_app):
    draw_number(shared_app, "2026")
    expect(boxes(shared_app)).to_have_count(4)
    sheet = shared_app.locator("#sheet").bounding_box()
    gestures = [stroke for gesture in stored_ink(shared_app) for stroke in gesture]
    for box, stroke in zip(boxes(shared_app).all(), gestures, strict=True):
        found = box.bounding_box()
        left, top = found["x"] - sheet["x"], found["y"] - sheet["y"]
        for x, y in stroke:
            assert left < x * sheet["width"] < left + found["width"]
            assert top < y * sheet["height"] < top + found["height"]
        assert found["height"] < 0.7 * sheet["height"]


def test_one_digit_has_no_box(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    expect(boxes(shared_app)).to_have_count(0)


def test_sevens_are_read_when_their_crossbars_are_drawn_last(shared_app):
    sevens = [digit_in_number("7", index, 3) for index in range(3)]
    draw(shared_app, [stem for stem, _ in sevens])
    expect_digit(shared_app, "777")
    draw(shared_app, [crossbar for _, crossbar in sevens])
    expect_digit(shared_app, "777")
    assert len(stored_ink(shared_app)) == 6


def test_undo_removes_the_last_digit_and_its_box(shared_app):
    draw_number(shared_app, "206")
    expect_digit(shared_app, "206")
    expect(boxes(shared_app)).to_have_count(3)
    shared_app.locator("#undo").click()
    expect_digit(shared_app, "20")
    expect(boxes(shared_app)).to_have_count(2)
    shared_app.locator("#clear").click()
    expect_digit(shared_app, "")
    expect(boxes(shared_app)).to_have_count(0)


def test_the_bars_and_the_chosen_box_belong_to_the_digit_drawn_last(shared_app):
    best = shared_app.locator("#bars .best .label")
    draw(shared_app, digit_in_number("6", 2, 3))
    expect(best).to_have_text("6")
    draw(shared_app, digit_in_number("2", 0, 3))
    expect_digit(shared_app, "26")
    expect(best).to_have_text("2")
    expect(shared_app.locator("#boxes > .chosen")).to_have_text(["2"])


def test_all_digits_are_read_in_one_run(shared_app):
    draw_number(shared_app, "2026")
    expect_digit(shared_app, "2026")
    # The page reads a drawing again after the last pointer event, and once the taught examples are
    # loaded. Wait for both, so that these runs are not recorded.
    shared_app.locator("#teach[data-examples]").wait_for(state="attached")
    wait_for_value(lambda: run_python(shared_app, IS_UP_TO_DATE), expected=True)
    run_python(shared_app, RECORD_BATCH_SIZES)
    shared_app.locator("#undo").click()
    expect_digit(shared_app, "202")
    assert json.loads(run_python(shared_app, GET_BATCH_SIZES)) == [3]


def test_boxes_do_not_block_drawing(shared_app):
    draw_number(shared_app, "11")
    expect(boxes(shared_app)).to_have_count(2)
    draw_with_mouse(shared_app, [[(0.26, 0.5), (0.28, 0.52)]])
    assert len(stored_ink(shared_app)) == 3


def test_an_uncertain_digit_is_shown_with_its_two_best_labels(page, visit):
    set_threshold(page, 1)
    visit()
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    expect(page.locator("#doubt")).to_have_text(
        "Not sure: {} or {}?".format(*two_best_labels(page))
    )
    expect(page.locator("#digit .unsure")).to_have_text(["7"])
    page.locator("#clear").click()
    expect(page.locator("#doubt")).to_be_empty()


def two_best_labels(page):
    """Return the two most probable labels of the drawing, as native onnxruntime computes them."""
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    ranked = read_natively(MODEL, [image])[0].argsort()
    return ranked[-1], ranked[-2]


def test_only_the_uncertain_digit_of_a_number_is_marked(shared_app):
    draw(shared_app, digit_in_number("2", 0, 3))
    between_5_and_7 = [[(0.55, 0.3), (0.62, 0.7)], [(0.55, 0.3), (0.7, 0.34)]]
    draw(shared_app, between_5_and_7)
    expect(boxes(shared_app)).to_have_count(2)
    drawing = DrawingSource(Ink.from_json(json.dumps(stored_ink(shared_app))).gestures)
    found = segment(drawing.groups())
    images = [drawing.image(symbol.parts, 0.0) for symbol in found.symbols]
    certain, uncertain = read_natively(MODEL, images).max(axis=1)
    assert uncertain < certain - 1e-3
    run_python(
        shared_app,
        "from digits.page import main\n"
        f"main.page.app.recogniser.model.metadata['threshold'] = {(certain + uncertain) / 2}\n"
        "main.page.app.drawing_changed()",
    )
    expect(shared_app.locator("#doubt")).not_to_be_empty()
    expect(shared_app.locator("#digit .unsure")).to_have_count(1)
    assert shared_app.locator("#digit").inner_text().startswith("2")
    border_styles = boxes(shared_app).evaluate_all(
        "boxes => boxes.map((box) => getComputedStyle(box).borderStyle)"
    )
    assert border_styles == ["solid", "dashed"]


def test_a_certain_reading_is_not_marked(shared_app):
    draw_number(shared_app, "26")
    expect_digit(shared_app, "26")
    expect(shared_app.locator("#doubt")).to_be_empty()
    expect(shared_app.locator("#digit .unsure")).to_have_count(0)
    assert shared_app.evaluate("document.getElementById('digit').childNodes.length") == 1
