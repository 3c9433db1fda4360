"""Sums: they are read, worked out, and answered in ink, as text and in speech."""

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.drawing.ink import box_around
from digits.drawing.source import DrawingSource
from digits.reading.line_reader import read_lines
from model.evaluation.readings import load_recogniser
from model.writing import lines
from tests.browser.support.drawing import draw, expect_digit, stored_ink
from tests.unit import fakes
from tools.site.bundle import MODEL

# Returns the box of the ink on the canvas `result`, in fractions of the sheet's side; null if none.
INK_OF_RESULT = """() => {
  const canvas = document.getElementById("result"), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (let i = 3; i < data.length; i += 4) {
    if (!data[i]) continue;
    const x = (((i - 3) / 4) % width) / width, y = Math.floor((i - 3) / 4 / width) / height;
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  return right > left ? [left, top, right, bottom] : null;
}"""
COPIED = """() => {
  const data = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData: data, cancelable: true });
  document.dispatchEvent(event);
  return data.getData("text/plain");
}"""


async def read(recogniser, strokes):
    """Return the text of a drawing."""
    found = await read_lines(recogniser, DrawingSource([[stroke] for stroke in strokes]))
    return "\n".join("".join(symbol.reading.label for symbol in line) for line in found)


@pytest.fixture(scope="module")
def write():
    """Return a function that returns the strokes of a text, on the sheet, as the model reads it."""
    recogniser = load_recogniser(MODEL)

    def write(text, width=0.55, top=0.3):
        for seed in range(40):
            strokes = lines.write_text(text, np.random.default_rng(seed))
            if fakes.run(read(recogniser, strokes)) == text:
                left, highest, right, _ = box_around(strokes)
                scale = width / (right - left)
                return [
                    [(0.06 + (x - left) * scale, top + (y - highest) * scale) for x, y in stroke]
                    for stroke in strokes
                ]
        raise AssertionError(f"The model reads {text} in no hand.")

    return write


def expect_result(page, text):
    """Wait until the page shows the results of the lines."""
    expect(page.locator("#sum > p")).to_have_text(text)


def test_a_sum_is_answered_in_ink_text_and_speech(shared_app, write):
    strokes = write("12+7=")
    draw(shared_app, strokes)
    expect_digit(shared_app, "12+7=")
    expect_result(shared_app, ["= 19"])
    expect(shared_app.locator("#spoken")).to_have_text("12+7= 12 plus 7 equals 19")
    left, top, right, bottom = shared_app.wait_for_function(INK_OF_RESULT).json_value()
    _, highest, end, lowest = box_around(strokes)
    assert left > end
    assert right <= 1
    assert highest - 0.1 < top < bottom < lowest + 0.1
    assert shared_app.evaluate(COPIED) == "12+7=19"


def test_the_result_follows_the_drawing_and_is_no_part_of_it(shared_app, write):
    strokes = write("2×3=")
    draw(shared_app, strokes)
    count = len(strokes)
    expect_result(shared_app, ["= 6"])
    shared_app.wait_for_function(INK_OF_RESULT)
    expect_digit(shared_app, "2×3=")
    assert len(stored_ink(shared_app)) == count
    shared_app.locator("#clear").click()
    expect(shared_app.locator("#sum > p")).to_have_count(0)
    shared_app.wait_for_function(f"() => !({INK_OF_RESULT})()")


def test_without_an_equals_sign_there_is_a_quiet_preview_and_no_ink(shared_app, write):
    draw(shared_app, write("3×4", width=0.5))
    expect_result(shared_app, ["= 12"])
    expect(shared_app.locator("#sum > .preview")).to_have_count(1)
    assert shared_app.evaluate(INK_OF_RESULT) is None
    assert shared_app.evaluate(COPIED) == "3×4"


def test_what_is_no_sum_is_said_in_a_sentence(shared_app, write):
    draw(shared_app, write("5÷0="))
    expect_result(shared_app, ["You can't divide by zero."])
    assert shared_app.evaluate(INK_OF_RESULT) is None


def test_each_line_has_its_own_row_and_result(shared_app, write):
    draw(shared_app, write("2+3=\n14", width=0.5, top=0.1))
    expect(shared_app.locator("#digit")).to_have_text("2+3=\n14", use_inner_text=True)
    expect(shared_app.locator("#choices > div")).to_have_count(2)
    expect(shared_app.locator("#boxes > div")).to_have_count(6)
    expect_result(shared_app, ["= 5"])


def test_the_history_keeps_a_sum_with_a_small_picture(shared_app, write):
    draw(shared_app, write("12+7="))
    expect_result(shared_app, ["= 19"])
    shared_app.locator("#clear").click()
    shared_app.locator("#history > summary").click()
    row = shared_app.locator("#history-list li").first
    expect(row).to_contain_text("12+7=19")
    expect(row.locator("svg path")).to_have_count(1)


def test_a_sign_can_be_taught(shared_app, write):
    shared_app.locator("#teach[data-examples]").wait_for()
    draw(shared_app, write("7+5", width=0.5))
    expect_digit(shared_app, "7+5")
    shared_app.locator("#choices label").nth(1).click()
    expect(shared_app.locator("#signs .best")).to_have_text("+")
    shared_app.get_by_role("button", name="Teach that this is a multiplication sign").click()
    expect_digit(shared_app, "7×5")
    expect_result(shared_app, ["= 35"])
    shared_app.locator("#unteach").click()
    expect_digit(shared_app, "7+5")
