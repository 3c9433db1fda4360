"""Choosing a digit of a number: bars, teaching and the explanation refer to it."""

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_keyboard import keys
from tests.browser.draw.test_numbers import boxes, place, write
from tests.browser.panels.test_inside import WATCH, open_panel, said
from tests.browser.panels.test_teaching import FORGET, say_it_is
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, stored_ink

WHERE = "all => all.map((digit) => digit.getBoundingClientRect().left)"


@pytest.fixture
def three(app):
    """A page that reads 276; the 6 was drawn last."""
    app.locator("#teach[data-examples]").wait_for()
    write(app, "276")
    expect_digit(app, "276")
    yield app
    app.evaluate(FORGET)


def choices(page):
    return page.get_by_role("radiogroup", name="Digits of the number").get_by_role("radio")


def choose(page, index):
    page.locator("#choices label").nth(index).click()


def expect_chosen(page, index, label):
    expect(choices(page).nth(index)).to_be_checked()
    expect(page.locator("#choices :checked")).to_have_count(1)
    expect(page.locator("#bars .best .label")).to_have_text(label)
    expect(page.locator("#boxes > .chosen")).to_have_text([label])
    expect(boxes(page).nth(index)).to_have_class("chosen")


def test_a_digit_chosen_by_click_is_explained_and_taught_until_the_drawing_changes(three):
    page, digits = three, three.locator("#choices span")
    expect_chosen(page, 2, "6")
    page.locator("#digit").evaluate(WATCH)
    places = digits.evaluate_all(WHERE)
    open_panel(page)
    expect(said(page)).to_contain_text("It says 6, ")
    choose(page, 0)
    expect_chosen(page, 0, "2")
    expect(said(page)).to_contain_text("It says 2, ")
    assert digits.evaluate_all(WHERE) == places
    assert page.evaluate("written") == []  # the number is not spoken again

    say_it_is(page, "5")
    expect_digit(page, "576")
    expect_chosen(page, 0, "5")
    expect(choices(page).first).to_have_accessible_name("Digit 1 of 3: 5")
    expect(said(page)).to_contain_text("It says 5, ")
    choose(page, 1)
    page.locator("#unteach").click()
    expect_digit(page, "276")
    expect_chosen(page, 1, "7")

    page.locator("#sheet").scroll_into_view_if_needed()
    draw(page, [[(0.8, 0.58), (0.82, 0.6)]])  # into the 6
    assert len(stored_ink(page)) == 5
    expect_chosen(page, 2, "6")


def test_a_digit_is_chosen_from_the_keyboard(three):
    page = three
    page.locator("#pictures").focus()
    keys(page, "Tab")
    expect(choices(page).nth(2)).to_be_focused()
    keys(page, "ArrowLeft*2")
    expect(choices(page).first).to_be_focused()
    expect_chosen(page, 0, "2")
    outline = page.locator("#choices :focus-visible + span")
    assert outline.evaluate("digit => getComputedStyle(digit).outlineStyle") == "solid"
    keys(page, "Control+z")  # the 6 goes, and the focus stays with the digits
    expect_digit(page, "27")
    expect(choices(page).nth(1)).to_be_focused()
    expect_chosen(page, 1, "7")
    keys(page, "Tab")
    expect(page.locator("#copy")).to_be_focused()


def test_choices_are_as_wide_as_a_finger_and_a_single_digit_has_none(app):
    for screen, count, wide in ((390, 2, 44), (390, 4, 44), (320, 6, 24)):
        app.set_viewport_size({"width": screen, "height": 844})
        for index in range(count):
            draw(app, place("1", index, count))
        expect(choices(app)).to_have_count(count)
        sizes = [label.bounding_box() for label in app.locator("#choices label").all()]
        assert all(size["width"] >= wide and size["height"] >= 44 for size in sizes), sizes
        assert app.evaluate("document.documentElement.scrollWidth") <= screen
        app.locator("#clear").click()
        expect(choices(app)).to_have_count(0)
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    expect(choices(app)).to_have_count(0)
    expect(app.locator("#digit")).to_have_css("opacity", "1")
