"""A start that fails says which file is at fault and why, and can be tried again.

The printed table lists what the page says for each script of the start and for each fault.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.support import request_log
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    wait_until_offline_ready,
    wait_until_started,
)
from tools.site.bundle import WEB
from tools.site.page import TEMPLATE

CAUSES = {
    "closed connection": "did not arrive, because the server can't be reached",
    "unavailable": "answered with status 503",
    "plain text": "sends its file {file} with the type text/plain",
    "portal": "in place of its file {file} came a web page",
    "changed": "is damaged, or belongs to another version",
}
"""Faults of a script, see `FaultyHandler.send_fault`, and what the page says about each."""
PRELOADED = re.findall('rel="modulepreload" href="([^"]+)"', (WEB / TEMPLATE).read_text("utf-8"))
MODULES = ["built/boot.js", *(each for each in PRELOADED if each.count("/") == 1)]
"""The modules that the page requests before it can run boot.js."""
VENDORS = "vendors.js"
"""The classic script that boot.js needs."""
TABLE = "Starts without one of their files"


@pytest.fixture
def open_with_fault(page, server):
    """Return a function that opens the page while a file of the server has a fault."""

    def open_with_fault(file, fault):
        server.faults = {file: fault}
        page.goto(server.address)
        return page

    return open_with_fault


@pytest.mark.parametrize("file", [*MODULES, VENDORS])
def test_a_module_that_fails_is_named_with_the_cause(open_with_fault, add_row, file):
    said = {}
    for fault, cause in CAUSES.items():
        if file == VENDORS and fault == "plain text":
            continue  # browsers accept a classic script of this type
        page = open_with_fault(file, fault)
        message = page.locator("#failure")
        expect(message).to_contain_text("The page could not start: ")
        said[fault] = message.locator("p").inner_text()
        if fault != "changed" or file in MODULES:  # a damaged module of boot.js need not be named
            assert re.search(re.escape(file), said[fault])
            shown_file = re.search(r"\S*" + re.escape(file), said[fault])[0]
            assert cause.format(file=shown_file) in said[fault]
        expect(page.locator("#start")).to_be_hidden()
        expect(message.get_by_role("button", name="Try again")).to_be_visible()
    add_row(TABLE, file=file, **said)


def test_with_a_classic_script_of_the_type_text_plain_the_page_starts(open_with_fault):
    page = open_with_fault(VENDORS, "plain text")
    wait_until_started(page)
    expect(page.locator("#failure")).to_be_hidden()


def test_without_the_early_script_the_page_starts(open_with_fault, add_row):
    said = {}
    for fault in CAUSES:
        page = open_with_fault("early.js", fault)
        expect(page.locator("html")).to_have_attribute("data-python", "created")
        expect(page.locator("#failure")).to_be_hidden()
        said[fault] = "(starts)"
    add_row(TABLE, file="early.js", **said)


def test_a_missing_style_sheet_is_reported(open_with_fault, add_row):
    said = {}
    for fault in list(CAUSES)[:-1]:
        page = open_with_fault("style.css", fault)
        expect(page.locator("#failure-text")).to_contain_text("its style sheet did not arrive")
        said[fault] = page.locator("#failure-text").inner_text()
    add_row(TABLE, file="style.css", **said)


def test_without_any_script_the_page_says_after_a_while_that_files_are_missing(page, server):
    """Without early.js and boot.js, only the style sheet can show the message."""
    server.faults = {".js": "unavailable"}
    page.goto(server.address)
    stalled = page.locator("#stalled")
    expect(page.locator("h1")).to_have_text("Offline Digits离线数字")
    expect(stalled).to_be_hidden()
    page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
    expect(stalled).to_contain_text("Some files of this page have not arrived yet")
    server.faults = {}
    stalled.get_by_role("link", name="Try again").click()
    expect(page.locator("html")).to_have_attribute("data-start", "begun")


def test_a_page_opened_as_a_file_says_so(page, site, add_row):
    address = (site / "index.html").as_uri()
    page.goto(address)
    assert request_log.cross_origin == [address]
    request_log.cross_origin.clear()
    message = page.locator("#failure-text")
    expect(message).to_contain_text("You opened this page as a file")
    add_row(
        TABLE, file="index.html, opened from disk", **{"closed connection": message.inner_text()}
    )


def test_a_failed_start_keeps_the_drawing_and_can_be_tried_again(page, server):
    """The retry must bypass the browser's cache, which has stored the damaged file."""
    server.faults = {"boot.js": "changed"}
    page.goto(server.address)
    message = page.locator("#failure")
    expect(message).to_be_visible()
    draw(page, DRAWN_DIGITS["7"])
    server.faults = {}
    message.get_by_role("button", name="Try again").click()
    expect_digit(page, "7")


def test_a_start_goes_on_after_each_missing_file_has_arrived(page, server):
    """What was drawn before the last file has arrived is read at the end."""
    message = page.locator("#failure")
    retry = message.get_by_role("button", name="Try again")
    devtools = page.context.new_cdp_session(page)
    server.faults = {"pyodide.asm.wasm": "missing"}
    page.goto(server.address)
    expect(message).to_contain_text("could not start")
    for fault, words in (
        ("closed connection", "library.zip did not arrive"),
        ("changed", "could not start: ImportError"),
    ):
        server.faults = {"library.zip": fault}
        devtools.send("Network.clearBrowserCache")
        retry.click()
        expect(message).to_contain_text(words)
    server.faults = {"threaded.wasm": "missing"}
    devtools.send("Network.clearBrowserCache")
    retry.click()
    expect(message).to_contain_text("it can't run")
    draw(page, DRAWN_DIGITS["4"])
    server.faults = {}
    retry.click()
    expect_digit(page, "4")
    expect(message).to_be_hidden()


# Replaces the stored copy of a script, as a damaged disk may.
DAMAGE_STORED_SCRIPT = """async () => {
  const names = await caches.keys();
  const cache = await caches.open(names.find((name) => name.includes("precache")));
  const [key] = (await cache.keys()).filter(({ url }) => url.includes("/boot.js"));
  const headers = { "Content-Type": "text/javascript" };
  await cache.put(key, new Response("export damaged", { headers }));
}"""


def test_a_damaged_script_in_the_service_workers_storage_is_replaced(page, server):
    page.goto(server.address)
    wait_until_offline_ready(page)
    page.evaluate(DAMAGE_STORED_SCRIPT)
    page.reload()
    message = page.locator("#failure")
    expect(message).to_contain_text("its file built/boot.js is damaged")
    message.get_by_role("button", name="Try again").click()
    wait_until_started(page)
    wait_until_offline_ready(page)
    page.reload()
    wait_until_started(page)
