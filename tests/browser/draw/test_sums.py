"""Sums: they are read, worked out, and answered in ink, as text and in speech."""

from typing import NamedTuple

from playwright.sync_api import expect

from digits.drawing.ink import box_around
from digits.words import TEXTS
from tests.browser.draw.test_screen_reader import RECORD_SPEECH
from tests.browser.support.drawing import (
    dispatch_strokes,
    draw,
    draw_by_touch,
    draw_with_mouse,
    expect_digit,
    stored_ink,
    wait_until_started,
)
from tests.support.strokes import DOT_FOR_TIMES, LINE_DISTANCE, write_neatly

# Returns the box of the ink on the canvas `result` between two heights, in fractions of the sheet's
# side; null if there is none.
INK_OF_RESULT = """([from, to]) => {
  const canvas = document.getElementById("result"), { width, height } = canvas;
  const first = Math.floor(from * height), rows = Math.ceil((to - from) * height);
  const { data } = canvas.getContext("2d").getImageData(0, first, width, rows);
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (let i = 3; i < data.length; i += 4) {
    if (!data[i]) continue;
    const pixel = (i - 3) / 4;
    const x = (pixel % width) / width, y = (first + Math.floor(pixel / width)) / height;
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  return right > left ? [left, top, right, bottom] : null;
}"""
WHOLE_SHEET = [0, 1]
COPIED = """() => {
  const data = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData: data, cancelable: true });
  document.dispatchEvent(event);
  return data.getData("text/plain");
}"""


class Written(NamedTuple):
    """A sum to write, and how the page answers it.

    Attributes:
        text: what is written, with DOT_FOR_TIMES for a multiplication sign that is a dot.
        results: the texts that are shown below what was read, one for each result.
        said: what a screen reader says after what was read.
        copied: what is copied.
    """

    text: str
    results: list[str]
    said: str
    copied: str


ENGLISH_SUMS = (
    Written("12+7=", ["= 19"], "12 plus 7 equals 19", "12+7=19"),
    Written(f"25{DOT_FOR_TIMES}4=", ["= 100"], "25 times 4 equals 100", "25×4=100"),
    Written("3-8=", ["= −5"], "3 minus 8 equals minus 5", "3-8=-5"),
    Written(
        "1÷7=",
        ["= 1/7 = 0.(142857)"],
        "1 divided by 7 equals 1 over 7 equals 0.142857, with 1 4 2 8 5 7 repeating",
        "1÷7=1/7",
    ),
    Written("1.5+2.25=", ["= 3.75"], "1.5 plus 2.25 equals 3.75", "1.5+2.25=3.75"),
    Written(
        "((2+3)×4-6)÷7=",
        ["= 2"],
        "open bracket open bracket 2 plus 3 close bracket times 4 minus 6 close bracket divided by "
        "7 equals 2",
        "((2+3)×4-6)÷7=2",
    ),
)
CHINESE_SUMS = (
    Written("1,5×3=", ["= 4,5"], "1,5 乘 3 等于 4,5", "1,5×3=4,5"),
    Written("10:4=", ["= 2.5"], "10 除以 4 等于 2.5", "10:4=2.5"),
    Written(
        "2+3=\n9/2=",
        ["2+3 = 5", "9/2 = 4.5"],
        "2 加 3 等于 5 2 分之 9 等于 4.5",
        "2+3=5\n9/2=4.5",
    ),
    Written("5÷0=", ["不能除以零。"], "不能除以零。", "5÷0="),
    Written("7+=", ["算式还没写完，少了一个数。"], "算式还没写完，少了一个数。", "7+="),
    Written("3×4", ["= 12"], "= 12", "3×4"),
)


def expect_results(page, texts):
    """Wait until the page shows these texts as the results of the lines."""
    expect(page.locator("#sum > p")).to_have_text(texts)


def lines_of(text):
    """Return the strokes of each line of a text, with room for the results beside them."""
    lines = text.split("\n")
    height = min(0.13, 0.8 / max(map(len, lines)))
    distance = LINE_DISTANCE * height
    return [write_neatly(line, height, top=0.3 + i * distance) for i, line in enumerate(lines)]


def write_sum(page, strokes, pointer):
    """Write strokes with a "mouse" or by "touch"; the last two through the browser's own input.

    A script dispatches the pointer events of the other strokes, because the page paints and reads
    the whole sum after each event of the browser's own input. For all strokes of twelve sums, that
    would take a minute.
    """
    dispatch_strokes(page, [(stroke, pointer) for stroke in strokes[:-2]])
    draw_last = draw_by_touch if pointer == "touch" else draw_with_mouse
    draw_last(page, strokes[-2:])


def expect_answer(page, written, lines):
    """Expect the text, the result, its ink beside each sum, what is said, and what is copied."""
    shown = written.text.replace(DOT_FOR_TIMES, "×").replace("-", "−")
    expect(page.locator("#digit")).to_have_text(shown, use_inner_text=True)
    expect(page.locator("#sum > p")).to_have_text(written.results)
    said = f"{' '.join(shown.split())} {written.said}"
    expect(page.locator("#spoken")).to_have_text(said)
    assert page.evaluate("() => speech").count(said) == 1
    for line, copied in zip(lines, written.copied.split("\n"), strict=True):
        _, highest, end, lowest = box_around(line)
        between = [highest - 0.02, lowest + 0.02]
        if copied[-1] != "=" and "=" in copied:
            left, top, right, bottom = page.wait_for_function(
                INK_OF_RESULT, arg=between
            ).json_value()
            assert end < left < right < 1
            assert highest - 0.02 < top < bottom < lowest + 0.02
        else:
            assert page.evaluate(INK_OF_RESULT, between) is None
    assert page.evaluate(COPIED) == written.copied


def clear(page):
    """Clear the sheet, and expect that the result goes with the drawing."""
    page.locator("#clear").click()
    expect(page.locator("#sum > p")).to_have_count(0)
    page.wait_for_function(f"() => !({INK_OF_RESULT})([0, 1])")


def test_twelve_sums_in_both_languages_are_answered_in_ink_text_and_speech(app, subtests):
    for sums, other_language in ((ENGLISH_SUMS, "zh"), (CHINESE_SUMS, "en")):
        app.locator("#teach[data-examples]").wait_for(state="attached")
        app.evaluate(RECORD_SPEECH)
        for number, written in enumerate(sums):
            with subtests.test(written.text):
                lines = lines_of(written.text)
                pointer = "touch" if number % 2 else "mouse"
                write_sum(app, [stroke for line in lines for stroke in line], pointer)
                expect_answer(app, written, lines)
            clear(app)
        app.locator("#language").click()
        expect(app.locator("h1")).to_have_text(TEXTS[other_language]["name"])
        wait_until_started(app)
    app.evaluate("localStorage.removeItem('offline-digits-language')")


def test_the_result_in_ink_is_not_stored_with_the_drawing_and_is_cleared_with_it(shared_app):
    strokes = write_neatly("2×3=")
    draw(shared_app, strokes)
    count = len(strokes)
    expect_results(shared_app, ["= 6"])
    shared_app.wait_for_function(INK_OF_RESULT, arg=WHOLE_SHEET)
    expect_digit(shared_app, "2×3=")
    assert len(stored_ink(shared_app)) == count
    clear(shared_app)


def test_without_an_equals_sign_the_result_is_a_preview_without_ink(shared_app):
    draw(shared_app, write_neatly("3×4"))
    expect_results(shared_app, ["= 12"])
    expect(shared_app.locator("#sum > [data-kind=preview]")).to_have_count(1)
    assert shared_app.evaluate(INK_OF_RESULT, WHOLE_SHEET) is None
    assert shared_app.evaluate(COPIED) == "3×4"


def test_each_line_has_its_own_row_and_result(shared_app):
    draw(shared_app, write_neatly("2+3=\n14", top=0.1))
    expect(shared_app.locator("#digit")).to_have_text("2+3=\n14", use_inner_text=True)
    expect(shared_app.locator("#choices > div")).to_have_count(2)
    expect(shared_app.locator("#boxes > div")).to_have_count(6)
    expect_results(shared_app, ["= 5"])


def test_the_history_stores_a_sum_with_a_small_copy_of_its_drawing(shared_app):
    draw(shared_app, write_neatly("12+7="))
    expect_results(shared_app, ["= 19"])
    shared_app.locator("#clear").click()
    shared_app.locator("#history > summary").click()
    row = shared_app.locator("#history-list li").first
    expect(row).to_contain_text("12+7=19")
    expect(row.locator("svg path")).to_have_count(1)


def test_a_sign_can_be_taught(shared_app):
    shared_app.locator("#teach[data-examples]").wait_for()
    draw(shared_app, write_neatly("7+5"))
    expect_digit(shared_app, "7+5")
    shared_app.locator("#choices label").nth(1).click()
    expect(shared_app.locator("#signs .best")).to_have_text("+")
    shared_app.get_by_role("button", name="Teach that this is a multiplication sign").click()
    expect_digit(shared_app, "7×5")
    expect_results(shared_app, ["= 35"])
    shared_app.locator("#unteach").click()
    expect_digit(shared_app, "7+5")
