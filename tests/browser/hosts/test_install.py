"""The page as an installed app, and pictures that are shared with it or opened with it."""

import base64

import pytest
from playwright.sync_api import expect

from digits.words import TEXTS
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    reload,
    wait_until_started,
)
from tests.browser.support.shared_tab import prefer_chinese
from tests.support.photos import photo

# Makes the browser open the page with a picture, as if the user had opened the file with the app.
OPEN_FILE = """
Object.defineProperty(window, "launchQueue", {value: {
  setConsumer(consumer) {
    const bytes = Uint8Array.from(atob("CONTENT"), (c) => c.charCodeAt(0));
    const getFile = async () => new File([bytes], "digit.png", {type: "image/png"});
    consumer({files: [{getFile}]});
  },
}});
"""
# Makes the browser offer to install the page before Python has started.
OFFER_INSTALLATION = """
window.prompts = 0;
addEventListener("DOMContentLoaded", () => {
  const offer = new Event("beforeinstallprompt", {cancelable: true});
  offer.prompt = async () => { window.prompts += 1; };
  dispatchEvent(offer);
  window.wasPrevented = offer.defaultPrevented;
});
"""


@pytest.fixture
def share(visited_site):
    """Return a function that shares a picture with the page and returns the page.

    The keywords of the function describe the picture as Playwright's `set_input_files` expects it;
    without keywords, the function shares a text instead. It posts a form, as the operating system
    does for an installed app.
    """
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


@pytest.mark.parametrize(("language", "prepare"), [("en", None), ("zh", prefer_chinese)])
def test_the_page_is_installable(context, visited_site, language, prepare):
    _, address = visited_site
    page = context.new_page()
    if prepare:
        prepare(page)
    page.goto(address)
    wait_until_started(page)
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{address}built/app.{language}.webmanifest"
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Contexts of Playwright are incognito windows, in which no page can be installed.
    assert {each["errorId"] for each in errors} == {"in-incognito"}
    texts = TEXTS[language]
    assert page.title() == texts["title"]
    expect(page.locator("#undo")).to_have_text(texts["undo"])


def test_a_shared_picture_is_recognised_but_not_again_after_a_reload(share, visited_site):
    _, address = visited_site
    page = share(name="digit.png", mimeType="image/png", buffer=photo("3"))
    expect_digit(page, "3")
    expect(page.locator("#picture")).to_be_visible()
    assert page.url == address
    reload(page)
    expect_digit(page, "")
    expect(page.locator("#picture-error")).to_be_hidden()


def test_a_shared_text_is_refused_with_a_message(share):
    message = share().locator("#picture-error")
    expect(message).to_contain_text("What you shared has no picture in it")


def test_a_picture_opened_with_the_page_is_recognised(visited_site):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(OPEN_FILE.replace("CONTENT", base64.b64encode(photo("5")).decode()))
    page.goto(address)
    expect_digit(page, "5")
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    page.close()


def test_the_install_button_works_when_the_browser_offers_installation_before_python_runs(
    visited_site,
):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(OFFER_INSTALLATION)
    page.goto(address)
    install = page.get_by_role("button", name="Install")
    expect(install).to_be_visible()
    assert page.evaluate("[wasPrevented, prompts]") == [True, 0]
    install.click()
    expect(install).to_be_hidden()
    page.wait_for_function("prompts === 1")
    page.close()
