"""What was read is kept, copied, cleared and brought back."""

import json

from playwright.sync_api import expect

from tests.browser.drawing import DIGITS, draw, expect_digit, reload
from tests.browser.test_numbers import write
from tests.browser.test_picture import choose, photo

KEPT = "localStorage.getItem('offline-digits-history')"
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COPIED = "navigator.clipboard.readText()"


def kept(page):
    return [text for text, _, _ in json.loads(page.evaluate(KEPT) or "[]")]


def numbers(page):
    return page.locator("#history-list span")


def read(page, label):
    page.locator("#sheet").scroll_into_view_if_needed()
    draw(page, DIGITS[label])
    expect_digit(page, label)


def clear(page):
    page.locator("#clear").click()
    expect_digit(page, "")


def test_each_drawing_and_each_picture_is_an_entry_however_often_one_leaves(visit):
    page = visit()
    expect(page.locator("#history-list")).to_be_hidden()
    read(page, "7")
    clear(page)
    assert kept(page) == ["7"]

    write(page, "25")
    expect_digit(page, "25")
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    assert kept(page) == ["7", "25"]
    reload(page)
    expect_digit(page, "25")
    page.locator("#undo").click()
    expect_digit(page, "2")
    choose(page, photo("3"))
    expect_digit(page, "3")
    assert kept(page) == ["7", "2"]  # the drawing goes on below the picture
    page.evaluate(HIDE, True)
    page.locator("#back").click()
    expect_digit(page, "2")
    clear(page)
    assert sorted(kept(page)) == ["2", "3", "7"]

    read(page, "7")
    page.locator("#undo").click()
    page.locator("#undo").click()
    expect_digit(page, "")
    page.locator("#history > summary").click()
    expect(numbers(page)).to_have_text(["3", "2", "7"])


def test_the_history_is_copied_cleared_and_brought_back(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#history > summary").click()
    told = page.locator("#history-told")
    expect(told).to_contain_text("Nothing yet")
    for label in "74":
        read(page, label)
        clear(page)
    expect(numbers(page)).to_have_text(["4", "7"])
    expect(told).to_be_empty()
    page.get_by_role("button", name="Copy 7").click()
    expect(told).to_have_text("Copied")
    assert page.evaluate(COPIED) == "7"
    page.get_by_role("button", name="Copy all").click()
    page.wait_for_function(f"async () => await {COPIED} === '4\\n7'")

    page.get_by_role("button", name="Clear history").click()
    expect(told).to_have_text("The history is cleared.")
    expect(numbers(page)).to_have_count(0)
    assert kept(page) == []
    expect(page.get_by_role("button", name="Bring it back")).to_be_focused()
    read(page, "1")
    clear(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(numbers(page)).to_have_text(["1", "4", "7"])
    assert kept(page) == ["7", "4", "1"]

    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#start").wait_for(state="hidden")
    read(other, "0")
    clear(other)
    expect(numbers(page)).to_have_text(["0", "1", "4", "7"])


def test_damaged_entries_are_left_out(visit):
    page = visit()
    page.evaluate("""localStorage.setItem("offline-digits-history", '[["12",1,true],["x"],7]')""")
    page.locator("#history > summary").click()
    expect(numbers(page)).to_have_text(["12"])
    read(page, "7")
    clear(page)
    expect(numbers(page)).to_have_text(["7", "12"])
