"""Use the page with the keyboard alone: draw, undo, clear, copy, and go back from a picture."""

import pytest
from playwright.sync_api import expect

from tests.browser.pictures.test_picture import choose_picture
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_with_mouse,
    expect_digit,
    page_points,
    stored_ink,
)
from tests.support.photos import photo

# Dispatches a copy event. Returns whether the page handled it, and the copied text.
DISPATCH_COPY = """() => {
  const clipboardData = new DataTransfer();
  const copied = new ClipboardEvent("copy", {clipboardData, bubbles: true, cancelable: true});
  document.body.dispatchEvent(copied);
  return [copied.defaultPrevented, clipboardData.getData("text/plain")];
}"""


def press_keys(page, *names):
    """Press keys one after the other; "Tab*3" presses Tab three times."""
    for name in names:
        key, _, count = name.partition("*")
        for _ in range(int(count or 1)):
            page.keyboard.press(key)


@pytest.fixture
def page_at_sheet(shared_app):
    """Return the page after the Tab key has moved the focus to the sheet."""
    shared_app.locator("#sheet[tabindex]").wait_for()
    expect(shared_app.locator("#keys")).to_be_hidden()
    shared_app.locator("#language").focus()
    shared_app.keyboard.press("Tab")
    expect(shared_app.locator("#sheet")).to_be_focused()
    return shared_app


def test_a_seven_drawn_with_the_keyboard_is_read(page_at_sheet):
    page, pen = page_at_sheet, page_at_sheet.locator("#pen")
    expect(page.locator("#keys")).to_contain_text("Arrow keys move the pen")
    expect(page.locator("#pen-state")).to_have_text("Pen up.")
    press_keys(page, "Shift+ArrowUp", "ArrowUp*2", "Shift+ArrowLeft")
    assert stored_ink(page) == []
    press_keys(page, "Space")
    expect(page.locator("#pen-state")).to_have_text("Pen down.")
    expect(pen).to_have_class("down")
    press_keys(page, "Shift+ArrowRight*2", "End*8", "ArrowDown*7")
    expect_digit(page, "7")  # the pen is still down
    press_keys(page, "Space")
    expect(page.locator("#keys-text")).to_be_visible()
    expect(page.locator("#sheet")).to_have_accessible_description(
        page.locator("#keys-text").text_content()
    )
    ((stroke,),) = stored_ink(page)
    assert stroke[0] == pytest.approx([0.3, 0.22])
    assert stroke[-1] == pytest.approx([0.38, 0.82])
    press_keys(page, "Shift+ArrowDown*5", "Shift+ArrowRight*9")
    assert stored_ink(page) == [[stroke]]
    box, sheet = pen.bounding_box(), page.locator("#sheet").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(sheet["x"] + sheet["width"], abs=2)

    press_keys(page, "Delete")
    expect_digit(page, "")
    press_keys(page, "Space", "ArrowLeft*3", "Control+z")
    assert stored_ink(page) == []
    expect(page.locator("#pen-state")).to_have_text("Pen up.")
    press_keys(page, "ArrowLeft*3")
    expect_digit(page, "")


def test_the_keyboard_pen_is_lifted_when_the_mouse_draws_or_the_focus_moves(page_at_sheet):
    page = page_at_sheet
    press_keys(page, "Space", "ArrowDown*4")
    draw_with_mouse(page, DRAWN_DIGITS["1"])
    assert len(stored_ink(page)) == 2
    expect(page.locator("#pen-state")).to_have_text("Pen up.")
    press_keys(page, "Space", "ArrowDown*4", "Tab")
    expect(page.locator("#undo")).to_be_focused()
    assert len(stored_ink(page)) == 3
    expect(page.locator("#pen")).to_be_hidden()


def test_after_drawing_with_the_mouse_arrows_space_and_backspace_change_no_drawing(shared_app):
    shared_app.locator("#sheet[tabindex]").wait_for()
    draw_with_mouse(shared_app, DRAWN_DIGITS["7"])
    expect(shared_app.locator("#sheet")).not_to_be_focused()
    before = stored_ink(shared_app)
    press_keys(shared_app, "ArrowDown", "Space", "Backspace")
    assert stored_ink(shared_app) == before
    press_keys(shared_app, "Control+z")
    assert stored_ink(shared_app) == before[:1]


def test_the_number_is_copied_by_button_and_by_keyboard(shared_app):
    shared_app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy, copied = shared_app.locator("#copy"), shared_app.locator("#copied")
    expect(copy).to_be_hidden()
    assert shared_app.evaluate(DISPATCH_COPY) == [False, ""]
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    copy.click()
    expect(copied).to_have_text("Copied")
    assert shared_app.evaluate("navigator.clipboard.readText()") == "7"
    shared_app.mouse.move(*page_points(shared_app, [(0.1, 0.1)])[0])
    shared_app.locator("#clear").click()
    expect(copied).to_be_empty()
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    assert shared_app.evaluate(DISPATCH_COPY) == [True, "4"]
    expect(copied).to_have_text("Copied")
    shared_app.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    assert shared_app.evaluate(DISPATCH_COPY) == [False, ""]
    shared_app.evaluate(
        "() => { navigator.clipboard.writeText = async () => { throw new Error(); }; }"
    )
    copy.click()
    expect(copied).to_contain_text("won't let this page copy")
    expect_digit(shared_app, "4")


def test_escape_and_ctrl_z_go_back_from_a_picture(shared_app):
    shared_app.locator("#sheet[tabindex]").wait_for()
    draw(shared_app, DRAWN_DIGITS["4"])
    choose_picture(shared_app, photo("3"))
    expect_digit(shared_app, "3")
    press_keys(shared_app, "Escape")
    expect_digit(shared_app, "4")
    expect(shared_app.locator("#picture")).to_be_hidden()
    choose_picture(shared_app, photo("3"))
    expect_digit(shared_app, "3")
    press_keys(shared_app, "Control+z")  # showing the picture was the last action
    expect_digit(shared_app, "4")
    assert len(stored_ink(shared_app)) == len(DRAWN_DIGITS["4"])
