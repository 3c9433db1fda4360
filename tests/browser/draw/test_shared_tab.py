"""`SharedTab` resets the tab that tests share, whatever a test has done in it."""

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_keyboard import press_keys
from tests.browser.draw.test_numbers import draw_number, run_python
from tests.browser.panels.test_explanation import FAIL_EXPLANATIONS, explanation_text, toggle_panel
from tests.browser.panels.test_teaching import mirrored, teach_label
from tests.browser.pictures.test_picture import choose_picture
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    dispatch_strokes,
    draw,
    draw_without_release,
    expect_digit,
    stored_ink,
)
from tests.browser.support.shared_tab import VIEWPORT
from tests.support.photos import photo


def leave_a_digit_of_a_number_chosen(page):
    draw_number(page, "274")
    page.locator("#choices label").first.click()


def leave_the_pen_down(page):
    draw_without_release(page, DRAWN_DIGITS["1"][0])


def leave_a_pen_just_lifted(page):
    dispatch_strokes(page, [(DRAWN_DIGITS["1"][0], "pen")])


def leave_a_picture(page):
    draw(page, DRAWN_DIGITS["4"])
    choose_picture(page, photo("7"))
    expect_digit(page, "7")


def leave_a_message(page):
    choose_picture(page, b"no picture at all")
    expect(page.locator("#picture-error")).to_be_visible()


def leave_the_sheet_focused_in_a_dark_small_window(page):
    page.set_viewport_size({"width": 390, "height": 600})
    page.emulate_media(color_scheme="dark", forced_colors="active")
    page.locator("#language").focus()
    press_keys(page, "Tab")
    page.evaluate("scrollTo(0, 200); getSelection().selectAllChildren(document.body)")


def leave_a_taught_example_explained(page):
    draw(page, mirrored("3"))
    teach_label(page, "3")
    expect_digit(page, "3")
    toggle_panel(page)
    expect(explanation_text(page)).to_contain_text("It says 3, ")
    toggle_panel(page, "layers")
    expect(page.locator("#layers canvas")).not_to_have_count(0)


def leave_a_failing_recogniser(page):
    run_python(page, FAIL_EXPLANATIONS)


USES = [
    leave_a_digit_of_a_number_chosen,
    leave_the_pen_down,
    leave_a_pen_just_lifted,
    leave_a_picture,
    leave_a_message,
    leave_the_sheet_focused_in_a_dark_small_window,
    leave_a_taught_example_explained,
    leave_a_failing_recogniser,
]
HAS_INITIAL_MODEL_WITHOUT_EXAMPLES = """
(
    not page.late_controls.teacher.examples
    and not page.late_controls.teacher.can_undo
    and page.app.recogniser is own_recogniser
)
"""
IS_LIGHT = "matchMedia('(prefers-color-scheme: light) and (forced-colors: none)').matches"


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_the_page_is_reset_after_each_use(shared_tab, use):
    page = shared_tab.page()
    use(page)
    assert shared_tab.page() is page
    expect_digit(page, "")
    assert stored_ink(page) == []
    assert run_python(page, "page.app.ink.actions == [] and not other_actions") is True
    assert run_python(page, HAS_INITIAL_MODEL_WITHOUT_EXAMPLES) is True
    expect(page.locator("#layers canvas")).to_have_count(0)
    expect(explanation_text(page)).not_to_contain_text("It says")
    for control in ("undo", "clear"):
        expect(page.locator(f"#{control}")).to_be_disabled()
    for hidden in ("picture", "picture-error", "choices", "keys"):
        expect(page.locator(f"#{hidden}")).to_be_hidden()
    expect(page.locator("details[open]")).to_have_count(0)
    expect(page.locator("body")).to_be_focused()
    assert page.evaluate("getSelection().isCollapsed")
    assert page.evaluate("[innerWidth, innerHeight]") == [*VIEWPORT.values()]
    assert page.evaluate(IS_LIGHT)
    dispatch_strokes(page, [(stroke, "touch") for stroke in DRAWN_DIGITS["7"]])
    expect_digit(page, "7")
    assert len(stored_ink(page)) == len(DRAWN_DIGITS["7"])


def test_a_page_that_can_not_be_reset_is_replaced(shared_tab):
    page = shared_tab.page()
    page.evaluate("document.body.dir = 'rtl'")
    assert shared_tab.page() is not page
    assert page.is_closed()
