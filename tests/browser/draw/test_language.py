"""English and Chinese: the page starts in the browser's language, and the user can switch it."""

from playwright.sync_api import expect

from digits.words import TEXTS
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, wait_until_started


def test_switching_the_language_keeps_the_drawing_and_the_open_panels(app):
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    switch = app.locator("#language")
    expect(switch).to_have_text("中文")
    expect(switch).to_have_attribute("lang", "zh-Hans")
    app.locator("#about > summary").click()
    app.locator("#about-files > summary").click()
    switch.press("Enter")
    expect(app.locator("h1")).to_have_text("离线数字")
    wait_until_started(app)
    expect_digit(app, "7")
    expect(switch).to_be_focused()
    expect(app.locator("details[open]")).to_have_count(2)
    expect(app.locator("#about-steps > li")).not_to_have_count(0)
    expect(app.locator("#about-list li").first).to_be_visible()
    expect(app.locator("html")).to_have_attribute("lang", "zh-Hans")
    app.reload()
    expect(app.locator("#language")).to_have_text("English")
    expect(app.locator("details[open]")).to_have_count(0)
    app.locator("#language").click()
    expect(app.locator("h1")).to_have_text("Offline Digits")
    app.evaluate("localStorage.setItem('offline-digits-language', 'no language')")
    app.reload()
    expect(app.locator("h1")).to_have_text("Offline Digits")
    app.evaluate("localStorage.removeItem('offline-digits-language')")


def test_without_scripts_the_page_shows_its_texts_in_both_languages(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    for selector, key in (("h1", "name"), ("header p", "tagline"), ("#taught > summary", "taught")):
        for language in ("en", "zh"):
            text = page.locator(selector).first.get_by_text(TEXTS[language][key], exact=True)
            expect(text).to_be_visible()
    assert TEXTS["zh"]["no_script"] in page.locator("noscript").first.text_content()
    expect(page.locator("#language, #start")).to_have_count(2)
    for control in page.locator("#language, #start").all():
        expect(control).to_be_hidden()
    context.close()
