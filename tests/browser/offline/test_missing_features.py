"""The page in browsers that lack a feature: it works as far as possible, and shows a message."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.panels.test_explanation import toggle_panel
from tests.browser.panels.test_history import (
    STORED_HISTORY,
    clear_sheet,
    draw_and_check,
    history_numbers,
)
from tests.browser.panels.test_model_panel import fact, press_button
from tests.browser.panels.test_teaching import mirrored, teach_label
from tests.browser.support import missing_features
from tests.browser.support.drawing import (
    draw,
    expect_digit,
    expect_works,
    wait_for_value,
    wait_until_started,
)
from tools.site.bundle import MANIFEST, MODEL

VERSION = json.loads((MODEL / MANIFEST).read_text("utf-8"))["version"]
TABLE_TITLE = "Missing features"
TAUGHT_IN_MEMORY = "It will remember this until you close the page"


@pytest.fixture
def expect_message(add_row):
    """Return a function that expects a message in the page, and adds it to a printed table."""

    def expect_message(missing, works, locator, words):
        """Expect that an element contains the words.

        Args:
            missing: the missing feature, for the table.
            works: what works without it, for the table.
            locator: the element.
            words: a part of the message.
        """
        expect(locator).to_contain_text(words)
        add_row(TABLE_TITLE, missing=missing, works=works, says=locator.inner_text())

    return expect_message


@pytest.fixture
def open_without(visited_site):
    """Return a function that opens the page without some of the browser's features.

    Its arguments are scripts of `missing_features`. It returns the page, which has started. The
    browser has visited the page before.
    """
    context, address = visited_site
    pages = []

    def open_without(*scripts):
        page = context.new_page()
        pages.append(page)
        for script in scripts:
            page.add_init_script(script)
        page.goto(address)
        wait_until_started(page)
        return page

    yield open_without
    for page in pages:
        page.close()


def teach(page):
    """Draw a mirrored 3, correct the page's result to 3, and return the message about it."""
    page.locator("#clear").click()
    expect_digit(page, "")
    draw(page, mirrored("3"))
    expect(page.locator("#digit")).not_to_be_empty()
    teach_label(page, "3")
    expect_digit(page, "3")
    return page.locator("#lesson")


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("IndexedDB", missing_features.NO_INDEXEDDB),
        ("IndexedDB: it throws", missing_features.INDEXEDDB_THROWS),
        ("IndexedDB: its requests fail", missing_features.INDEXEDDB_FAILS),
    ],
)
def test_without_indexeddb_model_and_examples_stay_in_memory(
    open_without, expect_message, missing, script
):
    page = open_without(script)
    reason = "is not stored, because this browser lets the page store nothing"
    expect_message(missing, "recognition, teaching", page.locator("#origin"), reason)
    expect(page.locator("#origin")).to_have_attribute("data-origin", "not_stored")
    expect_works(page)
    expect(teach(page)).to_contain_text(TAUGHT_IN_MEMORY)


def test_a_database_that_does_not_respond_is_given_up_after_a_timeout(open_without, expect_message):
    page = open_without(missing_features.INDEXEDDB_HANGS)
    words = "is not stored, because this browser lets the page store nothing"
    expect_message(
        "IndexedDB: no response", "recognition, after 5 s", page.locator("#origin"), words
    )
    expect_works(page)


def test_without_blobs_in_indexeddb_the_model_is_stored_as_bytes(open_without, expect_message):
    page = open_without(missing_features.SEPARATE_DATABASES, missing_features.BLOBS_ABORT)
    expect_message("Blobs in IndexedDB", "all", page.locator("#origin"), "and stored")
    page.reload()
    expect(page.locator("#origin")).to_contain_text("from this device. Nothing was downloaded.")
    expect_works(page)
    page.evaluate(missing_features.DELETE_SEPARATE_DATABASES)


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("localStorage, sessionStorage", missing_features.NO_WEB_STORAGE),
        ("localStorage, sessionStorage: they throw", missing_features.WEB_STORAGE_THROWS),
    ],
)
def test_without_web_storage_the_history_stays_in_memory(
    open_without, expect_message, missing, script
):
    page = open_without(script)
    toggle_panel(page, "history")
    for label in "74":
        draw_and_check(page, label)
        clear_sheet(page)
    expect(history_numbers(page)).to_have_text(["4", "7"])
    words = "The history lasts until you close the page"
    expect_message(
        missing, "recognition, history until closed", page.locator("#history-not-stored"), words
    )
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error(); }; }")
    page.get_by_role("button", name="Copy 7").click()
    expect(page.locator("#history-message")).to_contain_text("won't let this page copy")
    page.locator("#language").click()
    expect(page.locator("#failure")).to_contain_text("The language can't be switched")
    expect_works(page)


@pytest.mark.parametrize(
    ("missing", "script", "row", "words"),
    [
        ("Web Locks", missing_features.NO_LOCKS, "Other tabs", "tabs can't wait for each other"),
        (
            "navigator.storage",
            missing_features.NO_STORAGE_MANAGER,
            "Storage",
            "does not say how much it stores",
        ),
    ],
)
def test_without_web_locks_or_storage_estimates_everything_works(
    open_without, expect_message, missing, script, row, words
):
    page = open_without(missing_features.SEPARATE_DATABASES, script)
    expect_works(page)
    toggle_panel(page, "model")
    expect_message(missing, "all", fact(page, row), words)
    expect(fact(page, "Stored on this device")).to_contain_text(VERSION)
    page.evaluate(missing_features.DELETE_SEPARATE_DATABASES)


def test_without_a_service_worker_the_page_works_with_a_network(open_without, expect_message):
    page = open_without(missing_features.NO_SERVICE_WORKER)
    words = "This browser can't store the page for offline use. The page works as long as"
    expect_message("service worker", "recognition, with a network", page.locator("#offline"), words)
    expect_works(page)


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("Cache Storage", missing_features.NO_CACHES),
        ("Cache Storage: it throws", missing_features.CACHES_THROW),
    ],
)
def test_without_cache_storage_no_snapshot_is_stored(open_without, expect_message, missing, script):
    page = open_without(script)
    expect(page.locator("html")).to_have_attribute("data-python", "not_stored")
    expect_works(page)
    toggle_panel(page, "about")
    step = page.locator("#about-steps li").nth(1)
    expect_message(
        missing, "all, slower", step.locator("p"), "The snapshot of its memory could not be stored"
    )


def test_without_webassembly_the_page_shows_a_message_in_both_languages(
    open_without, expect_message
):
    page = open_without(missing_features.NO_WEBASSEMBLY)
    failure = page.locator("#failure-text")
    expect_message("WebAssembly", "nothing", failure, "can't run the page: WebAssembly is missing")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#language").click()
    expect(failure).to_contain_text("缺少 WebAssembly")
    page.goto(page.url)  # a reload would restore the scroll position
    expect(failure).to_be_in_viewport(ratio=1)
    page.evaluate("localStorage.removeItem('offline-digits-language')")


@pytest.fixture
def page_without_simd(browser_type, browser_type_launch_args, browser_context_args):
    """Return a page of a browser that uses no SSE3 or later, as on an old processor."""
    flags = "--js-flags=--no-enable-sse3 --no-enable-ssse3 --no-enable-sse4-1 --no-enable-sse4-2"
    arguments = [*browser_type_launch_args["args"], flags]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser.new_page(**browser_context_args)
    browser.close()


def test_without_simd_the_page_shows_a_message_and_downloads_no_wasm(
    page_without_simd, server, expect_message
):
    page = page_without_simd
    page.goto(server.address)
    words = "can't run the page: WebAssembly SIMD is missing"
    expect_message("WebAssembly SIMD", "nothing", page.locator("#failure-text"), words)
    expect(page.locator("#start")).to_be_hidden()
    assert not server.requests_for(".wasm")


@pytest.fixture
def page_without_site_data(browser_type, browser_type_launch_args, browser_context_args, tmp_path):
    """Return a page of a browser whose user has blocked all site data."""
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences), "utf-8")
    context = browser_type.launch_persistent_context(
        tmp_path, **browser_type_launch_args, **browser_context_args
    )
    yield context.new_page()
    context.close()


def test_with_all_site_data_blocked_the_page_recognises_and_learns(
    page_without_site_data, server, expect_message
):
    page = page_without_site_data
    page.goto(server.address)
    wait_until_started(page)
    words = "is not stored, because this browser lets the page store nothing"
    expect_message(
        "all site data", "recognition, teaching, with a network", page.locator("#origin"), words
    )
    expect(page.locator("#offline")).to_contain_text("allow site data, then reload")
    expect_works(page)
    expect(teach(page)).to_contain_text(TAUGHT_IN_MEMORY)


@pytest.fixture
def set_quota(page, server):
    """Return a function that sets the storage quota of the page's origin.

    Its argument is a number of bytes; None restores the browser's own quota.
    """
    devtools = page.context.new_cdp_session(page)
    origin = {"origin": server.address.rstrip("/")}

    def set_quota(size):
        override = {} if size is None else {"quotaSize": size}
        devtools.send("Storage.overrideQuotaForOrigin", {**origin, **override})

    return set_quota


def test_with_a_quota_of_1_mb_the_page_is_not_stored_but_the_model_is(
    visit, set_quota, expect_message
):
    set_quota(1_000_000)
    page = visit()
    expect(page.locator("#origin")).to_contain_text("and stored on this device")
    words = "could not be stored for offline use (not all of its files could be saved)"
    expect_message("space: 1 MB", "recognition, stores the model", page.locator("#offline"), words)
    expect(page.locator("#offline")).to_contain_text("free some space")
    expect_works(page)
    expect(teach(page)).to_have_text("Learned: this is 3.")
    expect(page.locator("html")).to_have_attribute("data-python", "not_stored")


def test_full_storage_is_reported_and_used_again_once_there_is_space(
    page, visit, server, set_quota, expect_message
):
    origin, offline = page.locator("#origin"), page.locator("#offline")
    model_not_stored = "is not stored, because the browser's storage is full"
    page_not_stored = "could not be stored for offline use (not all of its files could be saved)"
    set_quota(100_000)
    visit()
    expect_message("space: 0.1 MB", "recognition", origin, model_not_stored)
    expect(offline).to_have_attribute("data-state", "offline_failed")
    expect_works(page)

    set_quota(None)
    page.add_init_script(missing_features.LARGE_QUOTA_ESTIMATE)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    gate = server.hold_responses(".onnx")
    requests_before = len(server.requests_for(".onnx"))
    page.goto(server.address)
    wait_for_value(lambda: len(server.requests_for(".onnx")) > requests_before, True)
    set_quota(1)
    gate.set()
    wait_until_started(page)
    expect_message(
        "space: used up during the model's download", "recognition", origin, model_not_stored
    )
    expect(offline).to_have_attribute("data-state", "offline_failed")

    set_quota(None)
    gate = server.hold_responses("maskable-512.png")
    requests_before = len(server.requests_for("maskable-512.png"))
    visit()
    expect(origin).to_contain_text("and stored on this device")
    wait_for_value(lambda: len(server.requests_for("maskable-512.png")) > requests_before, True)
    set_quota(1)
    gate.set()
    expect_message(
        "space: used up while the page is stored",
        "recognition, with a network",
        offline,
        page_not_stored,
    )
    expect_works(page)

    set_quota(None)
    visit()
    expect(origin).to_contain_text("from this device")
    expect(offline).to_have_text("Ready to work offline")


FILL_HISTORY = """localStorage.setItem("offline-digits-history", JSON.stringify(
  Array.from({length: 100}, (_, index) => [String(index), Date.now() / 1000 + index, true])))"""


def test_a_wrong_clock_loses_no_stored_data(open_without, expect_message):
    page_in_2099 = open_without(
        missing_features.SEPARATE_DATABASES, missing_features.set_year(2099)
    )
    page_in_2099.evaluate(FILL_HISTORY)
    draw_and_check(page_in_2099, "7")
    expect(teach(page_in_2099)).to_have_text("Learned: this is 3.")
    page_in_2099.close()

    page = open_without(missing_features.SEPARATE_DATABASES)
    toggle_panel(page, "model")
    words = "since an unknown time: this device's clock is or was wrong"
    expect_message("clock: it was in 2099", "all", fact(page, "Stored on this device"), words)
    press_button(page, "Check for an update")
    expect(page.locator("#model-news")).to_have_text(f"Version {VERSION} is the newest.")
    toggle_panel(page, "taught")
    draw_and_check(page, "7")
    page.close()

    page_in_1970 = open_without(
        missing_features.SEPARATE_DATABASES, missing_features.set_year(1970)
    )
    draw_and_check(page_in_1970, "4")
    clear_sheet(page_in_1970)
    toggle_panel(page_in_1970, "history")
    expect(history_numbers(page_in_1970).nth(0)).to_have_text("4")
    expect(history_numbers(page_in_1970)).to_have_count(100)
    words = "time unknown: the clock is or was wrong"
    expect_message(
        "clock: it is in 1970", "all", page_in_1970.locator("#history-list time").first, words
    )
    assert json.loads(page_in_1970.evaluate(STORED_HISTORY))[-1][0] == "4"
    page_in_1970.evaluate("localStorage.removeItem('offline-digits-history')")
    page_in_1970.evaluate(missing_features.DELETE_SEPARATE_DATABASES)
