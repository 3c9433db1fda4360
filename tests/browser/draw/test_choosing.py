"""Choosing a digit of a number: the bars, teaching and the explanation are about that digit."""

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_keyboard import press_keys
from tests.browser.draw.test_numbers import boxes, digit_in_number, draw_number
from tests.browser.panels.test_explanation import RECORD_TEXTS, explanation_text, toggle_panel
from tests.browser.panels.test_teaching import teach_label
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, stored_ink

LEFT_EDGES = "digits => digits.map((digit) => digit.getBoundingClientRect().left)"


@pytest.fixture
def page_reading_276(shared_app):
    """Return a page that shows the number 276, whose 6 was drawn last."""
    shared_app.locator("#teach[data-examples]").wait_for()
    draw_number(shared_app, "276")
    expect_digit(shared_app, "276")
    return shared_app


def choices(page):
    """Return the radio buttons of the digits."""
    return page.get_by_role("radiogroup", name="What was read").get_by_role("radio")


def choose_digit(page, index):
    """Click the radio button of the digit with this index."""
    page.locator("#choices label").nth(index).click()


def expect_chosen(page, index, label):
    """Wait until the radio buttons, the bars and the boxes show that this digit is chosen."""
    expect(choices(page).nth(index)).to_be_checked()
    expect(page.locator("#choices :checked")).to_have_count(1)
    expect(page.locator("#bars .best .label")).to_have_text(label)
    expect(page.locator("#boxes > .chosen")).to_have_text([label])
    expect(boxes(page).nth(index)).to_have_class("chosen")


def test_a_clicked_digit_stays_chosen_until_the_drawing_changes(page_reading_276):
    page, digits = page_reading_276, page_reading_276.locator("#choices span")
    expect_chosen(page, 2, "6")
    page.locator("#digit").evaluate(RECORD_TEXTS)
    left_edges = digits.evaluate_all(LEFT_EDGES)
    toggle_panel(page)
    expect(explanation_text(page)).to_contain_text("It says 6, ")
    choose_digit(page, 0)
    expect_chosen(page, 0, "2")
    expect(explanation_text(page)).to_contain_text("It says 2, ")
    assert digits.evaluate_all(LEFT_EDGES) == left_edges
    assert page.evaluate("recordedTexts") == []  # a screen reader does not repeat the number

    teach_label(page, "5")
    expect_digit(page, "576")
    expect_chosen(page, 0, "5")
    expect(choices(page).first).to_have_accessible_name("1 of 3: 5")
    expect(explanation_text(page)).to_contain_text("It says 5, ")
    choose_digit(page, 1)
    page.locator("#unteach").click()
    expect_digit(page, "276")
    expect_chosen(page, 1, "7")

    page.locator("#sheet").scroll_into_view_if_needed()
    draw(page, [[(0.8, 0.58), (0.82, 0.6)]])  # adds a stroke to the 6
    assert len(stored_ink(page)) == 5
    expect_chosen(page, 2, "6")


def test_arrow_keys_choose_a_digit(page_reading_276):
    page = page_reading_276
    page.locator("#pictures").focus()
    press_keys(page, "Tab")
    expect(choices(page).nth(2)).to_be_focused()
    press_keys(page, "ArrowLeft*2")
    expect(choices(page).first).to_be_focused()
    expect_chosen(page, 0, "2")
    outline = page.locator("#choices :focus-visible + span")
    assert outline.evaluate("digit => getComputedStyle(digit).outlineStyle") == "solid"
    press_keys(page, "Control+z")  # removes the 6; the focus stays on the radio buttons
    expect_digit(page, "27")
    expect(choices(page).nth(1)).to_be_focused()
    expect_chosen(page, 1, "7")
    press_keys(page, "Tab")
    expect(page.locator("#copy")).to_be_focused()


def test_choices_are_large_enough_to_tap_and_absent_for_a_single_digit(shared_app):
    for screen, count, min_width in ((390, 2, 44), (390, 4, 44), (320, 6, 24)):
        shared_app.set_viewport_size({"width": screen, "height": 844})
        for index in range(count):
            draw(shared_app, digit_in_number("1", index, count))
        expect(choices(shared_app)).to_have_count(count)
        hints = shared_app.locator("#teach-hint > *")
        expect(hints.first).to_be_hidden()
        expect(hints.last).to_have_text(
            "Is the marked one wrong? Tap the right one, and it learns."
        )
        expect(hints.last).to_be_visible()
        sizes = [label.bounding_box() for label in shared_app.locator("#choices label").all()]
        assert all(size["width"] >= min_width and size["height"] >= 44 for size in sizes), sizes
        assert shared_app.evaluate("document.documentElement.scrollWidth") <= screen
        shared_app.locator("#clear").click()
        expect(choices(shared_app)).to_have_count(0)
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    expect(choices(shared_app)).to_have_count(0)
    expect(shared_app.locator("#digit")).to_have_css("opacity", "1")
