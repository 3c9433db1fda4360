"""English or Chinese: the browser's language at first, then the user's choice."""

from playwright.sync_api import expect

from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, wait_until_started


def test_the_chosen_language_and_the_drawing_survive_a_reload(ready):
    draw(ready, DRAWN_DIGITS["7"])
    expect_digit(ready, "7")
    switch = ready.locator("#language")
    expect(switch).to_have_text("中文")
    expect(switch).to_have_attribute("lang", "zh-Hans")
    switch.click()
    expect(ready.locator("h1")).to_have_text("离线数字")
    wait_until_started(ready)
    expect_digit(ready, "7")
    expect(ready.locator("html")).to_have_attribute("lang", "zh-Hans")
    ready.reload()
    expect(ready.locator("#language")).to_have_text("English")
    ready.locator("#language").click()
    expect(ready.locator("h1")).to_have_text("Offline Digits")
    ready.evaluate("localStorage.setItem('offline-digits-language', 'none of both')")
    ready.reload()
    expect(ready.locator("h1")).to_have_text("Offline Digits")
    ready.evaluate("localStorage.removeItem('offline-digits-language')")
