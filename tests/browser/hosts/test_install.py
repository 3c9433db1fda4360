"""The page as an installed app, with pictures that other apps share or open with it."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    reload,
    wait_until_started,
)
from tests.support.photos import photo

OPENED_WITH = """
Object.defineProperty(window, "launchQueue", {value: {
  setConsumer(consumer) {
    const bytes = Uint8Array.from(atob("CONTENT"), (c) => c.charCodeAt(0));
    const getFile = async () => new File([bytes], "digit.png", {type: "image/png"});
    consumer({files: [{getFile}]});
  },
}});
"""
OFFER = """
window.asked = 0;
addEventListener("DOMContentLoaded", () => {
  const offer = new Event("beforeinstallprompt", {cancelable: true});
  offer.prompt = async () => { window.asked += 1; };
  dispatchEvent(offer);
  window.heldBack = offer.defaultPrevented;
});
"""


@pytest.fixture
def share(visited_site):
    """Share something with the page as the operating system does: by posting a form."""
    context, address = visited_site
    page = context.new_page()

    def share(**picture):
        field = (
            '<input type="file" name="picture">' if picture else '<input name="title" value="x">'
        )
        page.goto("about:blank")
        page.set_content(
            f'<form method="post" enctype="multipart/form-data" action="{address}share">{field}'
            "<button></button></form>"
        )
        if picture:
            page.locator("input").set_input_files(picture)
        page.locator("button").click()
        wait_until_started(page)
        return page

    yield share
    page.close()


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_the_browser_can_install_the_page(browser, browser_context_args, visited_site, language):
    _, address = visited_site
    context = browser.new_context(**browser_context_args | {"locale": language})
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    devtools = context.new_cdp_session(page)
    found = devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{address}built/app.{language[:2]}.webmanifest"
    hindrances = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The windows of the tests are private ones.
    assert {each["errorId"] for each in hindrances} == {"in-incognito"}
    context.close()


def test_a_picture_that_is_shared_is_read_once(share, visited_site):
    _, address = visited_site
    page = share(name="digit.png", mimeType="image/png", buffer=photo("3"))
    expect_digit(page, "3")
    expect(page.locator("#picture")).to_be_visible()
    assert page.url == address
    reload(page)
    expect_digit(page, "")
    expect(page.locator("#picture-fault")).to_be_hidden()


def test_something_shared_without_a_picture_is_reported(share):
    fault = share().locator("#picture-fault")
    expect(fault).to_contain_text("What you shared has no picture in it")


def test_a_picture_that_is_opened_with_the_page_is_read(visited_site):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(OPENED_WITH.replace("CONTENT", base64.b64encode(photo("5")).decode()))
    page.goto(address)
    expect_digit(page, "5")
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    page.close()


def test_the_install_button_works_although_the_browsers_offer_came_early(visited_site):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(OFFER)
    page.goto(address)
    install = page.get_by_role("button", name="Install")
    expect(install).to_be_visible()
    assert page.evaluate("[heldBack, asked]") == [True, 0]
    install.click()
    expect(install).to_be_hidden()
    page.wait_for_function("asked === 1")
    page.close()
