"""English or Chinese: the browser's choice at first, then the reader's."""

from playwright.sync_api import expect

from tests.browser.drawing import DIGITS, draw, expect_digit, wait_until_started


def test_the_language_is_switched_and_stays_and_the_drawing_with_it(visit):
    page = visit()
    draw(page, DIGITS["7"])
    expect_digit(page, "7")
    switch = page.locator("#language")
    expect(switch).to_have_text("中文")
    expect(switch).to_have_attribute("lang", "zh-Hans")
    switch.click()
    expect(page.locator("h1")).to_have_text("离线数字")
    wait_until_started(page)
    expect_digit(page, "7")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.reload()
    expect(page.locator("#language")).to_have_text("English")
    page.locator("#language").click()
    expect(page.locator("h1")).to_have_text("Offline Digits")
    page.evaluate("localStorage.setItem('offline-digits-language', 'none of both')")
    page.reload()
    expect(page.locator("h1")).to_have_text("Offline Digits")
