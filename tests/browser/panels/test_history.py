"""The history of numbers: what is recorded, and how it is copied, cleared and restored."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import draw_number
from tests.browser.pictures.test_picture import choose_picture
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    reload,
    wait_until_started,
)
from tests.support.photos import photo

STORED_HISTORY = "localStorage.getItem('offline-digits-history')"
DELETE_HISTORY = "localStorage.removeItem('offline-digits-history')"
# Stores a text in place of two JSON texts: the history, and the drawing's entry in the history.
STORE_HISTORY = """text => {
  localStorage.setItem("offline-digits-history", text);
  sessionStorage.setItem("offline-digits-recorded", text);
}"""
# Makes the document look hidden or visible to the page's scripts.
SET_HIDDEN = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CLIPBOARD_TEXT = "navigator.clipboard.readText()"


@pytest.fixture
def fresh_page(app):
    """Return the app's page in a tab of its own, with an empty history."""
    app.evaluate(DELETE_HISTORY)
    return app


def stored_numbers(page):
    """Return the numbers in the stored history, oldest first."""
    return [text for text, _, _ in json.loads(page.evaluate(STORED_HISTORY) or "[]")]


def history_numbers(page):
    """Return the elements that show the numbers of the history."""
    return page.locator("#history-list span")


def draw_and_check(page, label):
    """Draw a digit, and wait until the page shows it as its result."""
    page.locator("#sheet").scroll_into_view_if_needed()
    draw(page, DRAWN_DIGITS[label])
    expect_digit(page, label)


def clear_sheet(page):
    """Clear the sheet, and wait until the page shows no number."""
    page.locator("#clear").click()
    expect_digit(page, "")


def test_each_drawing_and_picture_is_recorded_once(fresh_page):
    expect(fresh_page.locator("#history-list")).to_be_hidden()
    draw_and_check(fresh_page, "7")
    clear_sheet(fresh_page)
    assert stored_numbers(fresh_page) == ["7"]

    draw_number(fresh_page, "25")
    expect_digit(fresh_page, "25")
    fresh_page.evaluate(SET_HIDDEN, True)
    fresh_page.evaluate(SET_HIDDEN, False)
    assert stored_numbers(fresh_page) == ["7", "25"]
    reload(fresh_page)
    expect_digit(fresh_page, "25")
    fresh_page.locator("#undo").click()
    expect_digit(fresh_page, "2")
    choose_picture(fresh_page, photo("3"))
    expect_digit(fresh_page, "3")
    assert stored_numbers(fresh_page) == ["7", "2"]  # a picture does not end the drawing
    fresh_page.evaluate(SET_HIDDEN, True)
    fresh_page.locator("#back").click()
    expect_digit(fresh_page, "2")
    clear_sheet(fresh_page)
    assert sorted(stored_numbers(fresh_page)) == ["2", "3", "7"]

    draw_and_check(fresh_page, "7")
    fresh_page.locator("#undo").click()
    fresh_page.locator("#undo").click()
    expect_digit(fresh_page, "")
    fresh_page.locator("#history > summary").click()
    expect(history_numbers(fresh_page)).to_have_text(["3", "2", "7"])


def test_the_history_is_copied_cleared_and_restored(shared_app):
    shared_app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shared_app.locator("#history > summary").click()
    message = shared_app.locator("#history-message")
    expect(message).to_contain_text("Nothing yet")
    for label in "74":
        draw_and_check(shared_app, label)
        clear_sheet(shared_app)
    expect(history_numbers(shared_app)).to_have_text(["4", "7"])
    expect(message).to_be_empty()
    shared_app.get_by_role("button", name="Copy 7").click()
    expect(message).to_have_text("Copied")
    assert shared_app.evaluate(CLIPBOARD_TEXT) == "7"
    shared_app.get_by_role("button", name="Copy all").click()
    shared_app.wait_for_function(f"async () => await {CLIPBOARD_TEXT} === '4\\n7'")

    shared_app.get_by_role("button", name="Clear history").click()
    expect(message).to_have_text("History cleared.")
    expect(history_numbers(shared_app)).to_have_count(0)
    assert stored_numbers(shared_app) == []
    expect(shared_app.get_by_role("button", name="Bring it back")).to_be_focused()
    draw_and_check(shared_app, "1")
    clear_sheet(shared_app)
    shared_app.get_by_role("button", name="Bring it back").click()
    expect(history_numbers(shared_app)).to_have_text(["1", "4", "7"])
    assert stored_numbers(shared_app) == ["7", "4", "1"]

    shared_app.get_by_role("button", name="Clear history").click()
    expect(history_numbers(shared_app)).to_have_count(0)
    shared_app.keyboard.press("Control+z")
    expect(history_numbers(shared_app)).to_have_text(["1", "4", "7"])

    other = shared_app.context.new_page()
    other.goto(shared_app.url)
    other.locator("#start").wait_for(state="hidden")
    draw_and_check(other, "0")
    clear_sheet(other)
    expect(history_numbers(shared_app)).to_have_text(["0", "1", "4", "7"])
    other.close()


def test_damaged_entries_are_not_shown(shared_app):
    shared_app.evaluate(
        """localStorage.setItem("offline-digits-history", '[["12",1,true],["x"],7]')"""
    )
    shared_app.locator("#history > summary").click()
    expect(history_numbers(shared_app)).to_have_text(["12"])
    draw_and_check(shared_app, "7")
    clear_sheet(shared_app)
    expect(history_numbers(shared_app)).to_have_text(["7", "12"])


def test_an_unreadable_history_counts_as_empty(visited_site, subtests):
    context, address = visited_site
    for text in ("[" * 1_000_000, '["7"]'):
        with subtests.test(text[:5]):
            page = context.new_page()
            page.goto(f"{address}style.css")  # has the page's origin, but no script
            page.evaluate(STORE_HISTORY, text)
            page.goto(address)
            wait_until_started(page)
            page.locator("#history > summary").click()
            expect(page.locator("#history-message")).to_contain_text("Nothing yet")
            draw_and_check(page, "4")
            clear_sheet(page)
            expect(history_numbers(page)).to_have_text(["4"])
            page.close()
