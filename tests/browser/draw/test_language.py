"""English or Chinese: the browser's language at first, then the user's choice."""

from playwright.sync_api import expect

from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, wait_until_started


def test_the_chosen_language_and_the_drawing_survive_a_reload(app):
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    switch = app.locator("#language")
    expect(switch).to_have_text("中文")
    expect(switch).to_have_attribute("lang", "zh-Hans")
    switch.click()
    expect(app.locator("h1")).to_have_text("离线数字")
    wait_until_started(app)
    expect_digit(app, "7")
    expect(app.locator("html")).to_have_attribute("lang", "zh-Hans")
    app.reload()
    expect(app.locator("#language")).to_have_text("English")
    app.locator("#language").click()
    expect(app.locator("h1")).to_have_text("Offline Digits")
    app.evaluate("localStorage.setItem('offline-digits-language', 'none of both')")
    app.reload()
    expect(app.locator("h1")).to_have_text("Offline Digits")
    app.evaluate("localStorage.removeItem('offline-digits-language')")
