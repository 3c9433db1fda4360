"""The history of numbers: recorded, copied, cleared and restored."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import write
from tests.browser.draw.test_picture import choose
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, reload
from tests.support.photos import photo

STORED = "localStorage.getItem('offline-digits-history')"
FORGET = "localStorage.removeItem('offline-digits-history')"
SPOIL = """text => {
  localStorage.setItem("offline-digits-history", text);
  sessionStorage.setItem("offline-digits-recorded", text);
}"""
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COPIED = "navigator.clipboard.readText()"


@pytest.fixture
def reader(app):
    """The page with an empty history."""
    app.evaluate(FORGET)
    reload(app)
    return app


def stored(page):
    return [text for text, _, _ in json.loads(page.evaluate(STORED) or "[]")]


def numbers(page):
    return page.locator("#history-list span")


def read(page, label):
    page.locator("#sheet").scroll_into_view_if_needed()
    draw(page, DRAWN_DIGITS[label])
    expect_digit(page, label)


def clear(page):
    page.locator("#clear").click()
    expect_digit(page, "")


def test_each_drawing_and_each_picture_is_one_entry_however_often_the_user_leaves(reader):
    expect(reader.locator("#history-list")).to_be_hidden()
    read(reader, "7")
    clear(reader)
    assert stored(reader) == ["7"]

    write(reader, "25")
    expect_digit(reader, "25")
    reader.evaluate(HIDE, True)
    reader.evaluate(HIDE, False)
    assert stored(reader) == ["7", "25"]
    reload(reader)
    expect_digit(reader, "25")
    reader.locator("#undo").click()
    expect_digit(reader, "2")
    choose(reader, photo("3"))
    expect_digit(reader, "3")
    assert stored(reader) == ["7", "2"]  # the drawing goes on below the picture
    reader.evaluate(HIDE, True)
    reader.locator("#back").click()
    expect_digit(reader, "2")
    clear(reader)
    assert sorted(stored(reader)) == ["2", "3", "7"]

    read(reader, "7")
    reader.locator("#undo").click()
    reader.locator("#undo").click()
    expect_digit(reader, "")
    reader.locator("#history > summary").click()
    expect(numbers(reader)).to_have_text(["3", "2", "7"])


def test_the_history_is_copied_cleared_and_restored(reader):
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.locator("#history > summary").click()
    message = reader.locator("#history-message")
    expect(message).to_contain_text("Nothing yet")
    for label in "74":
        read(reader, label)
        clear(reader)
    expect(numbers(reader)).to_have_text(["4", "7"])
    expect(message).to_be_empty()
    reader.get_by_role("button", name="Copy 7").click()
    expect(message).to_have_text("Copied")
    assert reader.evaluate(COPIED) == "7"
    reader.get_by_role("button", name="Copy all").click()
    reader.wait_for_function(f"async () => await {COPIED} === '4\\n7'")

    reader.get_by_role("button", name="Clear history").click()
    expect(message).to_have_text("History cleared.")
    expect(numbers(reader)).to_have_count(0)
    assert stored(reader) == []
    expect(reader.get_by_role("button", name="Bring it back")).to_be_focused()
    read(reader, "1")
    clear(reader)
    reader.get_by_role("button", name="Bring it back").click()
    expect(numbers(reader)).to_have_text(["1", "4", "7"])
    assert stored(reader) == ["7", "4", "1"]

    other = reader.context.new_page()
    other.goto(reader.url)
    other.locator("#start").wait_for(state="hidden")
    read(other, "0")
    clear(other)
    expect(numbers(reader)).to_have_text(["0", "1", "4", "7"])
    other.close()


def test_damaged_entries_are_left_out(reader):
    reader.evaluate("""localStorage.setItem("offline-digits-history", '[["12",1,true],["x"],7]')""")
    reader.locator("#history > summary").click()
    expect(numbers(reader)).to_have_text(["12"])
    read(reader, "7")
    clear(reader)
    expect(numbers(reader)).to_have_text(["7", "12"])


@pytest.mark.parametrize("text", ["[" * 1_000_000, "{", '["7"]', "7"])
def test_what_is_no_history_is_an_empty_one(reader, text):
    reader.evaluate(SPOIL, text)
    reload(reader)
    reader.locator("#history > summary").click()
    expect(reader.locator("#history-message")).to_contain_text("Nothing yet")
    read(reader, "4")
    clear(reader)
    expect(numbers(reader)).to_have_text(["4"])
