"""The user's hand: results are written as the user last wrote or taught each symbol."""

import json
import math

import pytest
from playwright.sync_api import expect

from digits.drawing.ink import box_around
from digits.writing.hand import Hand
from digits.writing.sample import Sample, sample_strokes
from tests.browser.panels.test_history import SET_HIDDEN, clear_sheet, draw_and_check
from tests.browser.panels.test_teaching import (
    DELETE_EXAMPLES,
    draw_misread,
    mirrored,
    teach_label,
)
from tests.browser.support import missing_features
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    expect_works,
    reload,
    wait_for_value,
    wait_until_started,
)

STORED_HAND = "localStorage.getItem('offline-digits-hand')"
DELETE_HAND = "localStorage.removeItem('offline-digits-hand')"
STORE_HAND = "text => localStorage.setItem('offline-digits-hand', text)"
# Returns all pixels of the result, in fractions of the sheet's side.
PIXELS_OF_RESULT = """() => {
  const canvas = document.getElementById("result"), { width, height } = canvas, pixels = [];
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] > 127) pixels.push([((i - 3) / 4) % width / width, ((i - 3) / 4 / width) / height]);
  }
  return pixels;
}"""
STORAGE_FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
}"""
RESULT_WIDTH = pytest.approx(0.8 * 0.028, abs=0.006)
"""The width of the result's strokes, as a fraction of the sheet's side."""
SAME = 0.06
"""Lines that are nearer to each other than this, in heights of a digit, count as the same."""


@pytest.fixture
def writer_page(app):
    """Yield the app's page in a tab of its own; no handwriting and no examples are stored."""
    app.evaluate(DELETE_HAND)
    app.evaluate(DELETE_EXAMPLES)
    yield app
    app.evaluate(DELETE_HAND)
    app.evaluate(DELETE_EXAMPLES)


def strokes_of_sum(text):
    """Return the strokes of a sum such as 2+3=, on a line in the middle of the sheet."""
    strokes = []
    for place, symbol in enumerate(text):
        left = 0.05 + 0.15 * place
        if symbol == "+":
            strokes += [
                [(left, 0.4), (left + 0.1, 0.4)],
                [(left + 0.05, 0.35), (left + 0.05, 0.45)],
            ]
        elif symbol == "=":
            strokes += [[(left, y), (left + 0.1, y)] for y in (0.375, 0.425)]
        else:
            strokes += [
                [(left - 0.03 + x * 0.2, 0.3 + y * 0.2) for x, y in stroke]
                for stroke in DRAWN_DIGITS[symbol]
            ]
    return strokes


def draw_sum(page, text):
    """Draw a sum on the empty sheet, and wait until the page has worked it out."""
    draw(page, strokes_of_sum(text))
    expect(page.locator("#sum > p")).to_have_count(1)
    expect_digit(page, text)


def hand_of(label, strokes):
    """Return the strokes that the page writes for a digit that was drawn with these strokes."""
    _, top, _, bottom = box_around(strokes)
    sample = Sample(label, 0, None, sample_strokes(strokes, (top + bottom) / 2, bottom - top))
    return Hand([sample]).write(label)


def is_written(page, strokes):
    """Return whether the result consists of these strokes, at any place and scale."""
    pixels = page.evaluate(PIXELS_OF_RESULT)
    if not pixels:
        return False
    left, top, right, bottom = box_around([pixels])
    stroke_left, stroke_top, stroke_right, stroke_bottom = box_around(strokes)
    # The width of the strokes adds the same length to the width and to the height of the result.
    width, height = stroke_right - stroke_left, stroke_bottom - stroke_top
    pen = max(((bottom - top) * width - (right - left) * height) / (width - height), 0)
    scale = (bottom - top - pen) / height
    points = [
        ((x - stroke_left) * scale + left + pen / 2, (y - stroke_top) * scale + top + pen / 2)
        for stroke in strokes
        for x, y in stroke
    ]
    some_pixels, near = pixels[::5], SAME * scale
    return (
        pen == RESULT_WIDTH
        and all(min(math.dist(each, pixel) for pixel in some_pixels) < near for each in points)
        and all(
            min(math.dist(each, pixel) for each in points) < pen / 2 + near for pixel in some_pixels
        )
    )


def expect_written(page, strokes):
    """Wait until the result consists of these strokes."""
    wait_for_value(lambda: is_written(page, strokes), True)


def stored_symbols(page):
    """Return the symbols of the stored samples, oldest first."""
    return [symbol for symbol, *_ in json.loads(page.evaluate(STORED_HAND) or "[]")]


def test_a_result_is_written_as_its_digits_were_drawn_on_an_earlier_visit(writer_page):
    draw_and_check(writer_page, "5")
    reload(writer_page)
    assert stored_symbols(writer_page) == ["5"]
    writer_page.locator("#teach[data-examples]").wait_for()
    clear_sheet(writer_page)
    draw_sum(writer_page, "2+3=")
    expect_written(writer_page, hand_of("5", DRAWN_DIGITS["5"]))
    assert sorted(stored_symbols(writer_page)) == sorted("52+3=")

    writer_page.evaluate(DELETE_HAND)
    clear_sheet(writer_page)
    draw_sum(writer_page, "4+1=")
    expect_written(writer_page, Hand().write("5"))
    assert not is_written(writer_page, hand_of("5", DRAWN_DIGITS["5"]))


def test_a_taught_digit_is_written_as_it_was_drawn(writer_page):
    draw_misread(writer_page)
    teach_label(writer_page, "3")
    expect_digit(writer_page, "3")
    assert stored_symbols(writer_page) == ["3"]
    reload(writer_page)
    expect_digit(writer_page, "3")
    writer_page.locator("#teach[data-examples='1']").wait_for()
    clear_sheet(writer_page)
    draw_sum(writer_page, "1+2=")
    expect_written(writer_page, hand_of("3", mirrored("3")))

    writer_page.locator("#taught > summary").click()
    writer_page.locator("#taught-forget").click()
    expect(writer_page.locator("#taught-list button")).to_have_count(0)
    assert "3" not in stored_symbols(writer_page)
    writer_page.locator("#taught-undo").click()
    expect(writer_page.locator("#taught-list button")).to_have_count(1)
    assert "3" in stored_symbols(writer_page)


def test_a_corrected_drawing_is_no_longer_written_as_the_wrong_digit(writer_page):
    draw_and_check(writer_page, "7")
    writer_page.evaluate(SET_HIDDEN, True)
    assert stored_symbols(writer_page) == ["7"]
    teach_label(writer_page, "1")
    expect_digit(writer_page, "1")
    assert stored_symbols(writer_page) == ["1"]
    writer_page.locator("#unteach").click()
    expect_digit(writer_page, "7")
    assert stored_symbols(writer_page) == ["7"]


def test_clearing_the_history_deletes_the_hand_and_can_be_undone(writer_page):
    hand = writer_page.locator("#history-hand")
    writer_page.locator("#history > summary").click()
    expect(hand).to_be_hidden()
    for label in "75":
        draw_and_check(writer_page, label)
        clear_sheet(writer_page)
    expect(hand).to_contain_text("how you write 5 7.")
    writer_page.get_by_role("button", name="Clear history").click()
    expect(hand).to_be_hidden()
    assert stored_symbols(writer_page) == []
    draw_sum(writer_page, "2+3=")
    expect_written(writer_page, Hand().write("5"))
    clear_sheet(writer_page)
    writer_page.get_by_role("button", name="Bring it back").click()
    expect(hand).to_contain_text("how you write 2 3 5 7 + =.")
    draw_sum(writer_page, "4+1=")
    expect_written(writer_page, hand_of("5", DRAWN_DIGITS["5"]))


def test_stored_text_that_is_not_a_hand_is_ignored(writer_page, subtests):
    strokes = [[[0, -50], [60, -50], [0, 50]]]
    for name, text in (
        ("nested", "[" * 1_000_000),
        ("no JSON", '[["5"'),
        ("another format", '{"5": [[0, 1]]}'),
        ("too large", json.dumps([["5", 1, None, strokes]] * 10_000)),
        ("some invalid", json.dumps([["5", 1, None, strokes], ["5", 2, None, [[[1e9, 0]]]], 3])),
    ):
        with subtests.test(name):
            writer_page.evaluate(STORE_HAND, text)
            reload(writer_page)
            writer_page.locator("#teach[data-examples]").wait_for()
            draw_sum(writer_page, "2+3=")
            scaled = [[(x / 100, y / 100) for x, y in strokes[0]]]
            is_used = name == "some invalid"
            expect_written(writer_page, hand_of("5", scaled) if is_used else Hand().write("5"))
            expect(writer_page.locator("#failure")).to_be_hidden()
            clear_sheet(writer_page)
            assert {"2", "+", "3", "="} <= set(stored_symbols(writer_page))


@pytest.mark.parametrize(
    "script",
    [missing_features.WEB_STORAGE_THROWS, missing_features.NO_WEB_STORAGE, STORAGE_FULL],
    ids=["refused", "missing", "full"],
)
def test_without_storage_the_hand_is_used_until_the_page_is_closed(visited_site, script):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(script)
    page.goto(address)
    wait_until_started(page)
    page.locator("#teach[data-examples]").wait_for(state="attached")
    draw_and_check(page, "5")
    clear_sheet(page)
    draw_sum(page, "2+3=")
    expect_written(page, hand_of("5", DRAWN_DIGITS["5"]))
    expect(page.locator("#failure")).to_be_hidden()
    expect_works(page)
    page.close()


def test_tabs_share_the_hand(writer_page, shared_app):
    draw_and_check(writer_page, "5")
    clear_sheet(writer_page)
    shared_app.bring_to_front()
    draw_sum(shared_app, "2+3=")
    expect_written(shared_app, hand_of("5", DRAWN_DIGITS["5"]))
