"""Browsers that lack a feature: all that can work does, and a line says what can not."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.panels.test_history import STORED as HISTORY
from tests.browser.panels.test_history import clear, numbers, read
from tests.browser.panels.test_inside import open_panel
from tests.browser.panels.test_model_panel import line, press
from tests.browser.panels.test_teaching import mirrored, say_it_is
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
TITLE = "What is missing"
TAUGHT_AWAY = "It will remember this until you close the page"


@pytest.fixture
def told(add_row):
    """Expect a line of the page, and add it to the table."""

    def told(missing, works, place, words):
        expect(place).to_contain_text(words)
        add_row(TITLE, missing=missing, works=works, says=place.inner_text())

    return told


@pytest.fixture
def without(visited_site):
    """Open the page in a browser that has visited it before, without some of its features."""
    context, address = visited_site
    pages = []

    def without(*scripts):
        page = context.new_page()
        pages.append(page)
        for script in scripts:
            page.add_init_script(script)
        page.goto(address)
        wait_until_started(page)
        return page

    yield without
    for page in pages:
        page.close()


def teach(page):
    """Teach a 3 that is drawn mirrored."""
    page.locator("#clear").click()
    expect_digit(page, "")
    draw(page, mirrored("3"))
    expect(page.locator("#digit")).not_to_be_empty()
    say_it_is(page, "3")
    expect_digit(page, "3")
    return page.locator("#lesson")


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("IndexedDB", missing_features.NO_INDEXEDDB),
        ("IndexedDB: it throws", missing_features.INDEXEDDB_THROWS),
        ("IndexedDB: it refuses", missing_features.INDEXEDDB_FAILS),
    ],
)
def test_without_indexeddb_all_lasts_until_the_page_closes(without, told, missing, script):
    page = without(script)
    reason = "is not stored, because this browser lets the page store nothing"
    told(missing, "reads, teaches", page.locator("#origin"), reason)
    expect(page.locator("#origin")).to_have_attribute("data-origin", "not_stored")
    expect_works(page)
    expect(teach(page)).to_contain_text(TAUGHT_AWAY)


def test_a_database_that_never_answers_is_not_waited_for_long(without, told):
    page = without(missing_features.INDEXEDDB_HANGS)
    words = "is not stored, because this browser lets the page store nothing"
    told("IndexedDB: no answer", "reads, after 5 s", page.locator("#origin"), words)
    expect_works(page)


def test_where_blobs_are_refused_bytes_are_stored_in_another_form(without, told):
    page = without(missing_features.SEPARATE_DATABASES, missing_features.BLOBS_REFUSED)
    told("Blobs in IndexedDB", "all", page.locator("#origin"), "and stored")
    page.reload()
    expect(page.locator("#origin")).to_contain_text("from this device. Nothing was downloaded.")
    expect_works(page)
    page.evaluate(missing_features.DELETE_SEPARATE_DATABASES)


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("localStorage, sessionStorage", missing_features.NO_WEB_STORAGE),
        ("both: they throw", missing_features.WEB_STORAGE_THROWS),
    ],
)
def test_without_web_storage_the_history_lasts_as_long_as_the_page(without, told, missing, script):
    page = without(script)
    open_panel(page, "history")
    for label in "74":
        read(page, label)
        clear(page)
    expect(numbers(page)).to_have_text(["4", "7"])
    words = "The history lasts until you close the page"
    told(missing, "reads, history of the visit", page.locator("#history-not-stored"), words)
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
            missing_features.NO_ESTIMATE,
            "Storage",
            "does not say how much it stores",
        ),
    ],
)
def test_without_locks_or_storage_estimates_all_works(without, told, missing, script, row, words):
    page = without(missing_features.SEPARATE_DATABASES, script)
    expect_works(page)
    open_panel(page, "model")
    told(missing, "all", line(page, row), words)
    expect(line(page, "Stored on this device")).to_contain_text(VERSION)
    page.evaluate(missing_features.DELETE_SEPARATE_DATABASES)


def test_without_a_service_worker_it_works_as_long_as_there_is_a_network(without, told):
    page = without(missing_features.NO_SERVICE_WORKER)
    words = "This browser can't store the page for offline use. The page works as long as"
    told("service worker", "reads, with a network", page.locator("#offline"), words)
    expect_works(page)


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        ("Cache Storage", missing_features.NO_CACHES),
        ("Cache Storage: it throws", missing_features.CACHES_THROW),
    ],
)
def test_without_cache_storage_every_start_is_a_first_one(without, told, missing, script):
    page = without(script)
    expect(page.locator("html")).to_have_attribute("data-python", "not_stored")
    expect_works(page)
    open_panel(page, "about")
    step = page.locator("#about-steps li").nth(1)
    told(
        missing, "all, slower", step.locator("p"), "The snapshot of its memory could not be stored"
    )


def test_without_webassembly_it_says_so_in_both_languages(without, told):
    page = without(missing_features.NO_WEBASSEMBLY)
    failure = page.locator("#failure-text")
    told("WebAssembly", "nothing", failure, "can't run the page: WebAssembly is missing")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#language").click()
    expect(failure).to_contain_text("缺少 WebAssembly")
    page.goto(page.url)  # a reload would restore the scroll position
    expect(failure).to_be_in_viewport(ratio=1)
    page.evaluate("localStorage.removeItem('offline-digits-language')")


@pytest.fixture
def old_computer(browser_type, browser_type_launch_args, browser_context_args):
    """Return a page in a browser that uses no SSE, as on an old processor."""
    flags = "--js-flags=--no-enable-sse3 --no-enable-ssse3 --no-enable-sse4-1 --no-enable-sse4-2"
    arguments = [*browser_type_launch_args["args"], flags]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser.new_page(**browser_context_args)
    browser.close()


def test_without_simd_it_says_so_before_anything_is_fetched(old_computer, server, told):
    page = old_computer
    page.goto(server.address)
    words = "can't run the page: WebAssembly SIMD is missing"
    told("WebAssembly SIMD", "nothing", page.locator("#failure-text"), words)
    expect(page.locator("#start")).to_be_hidden()
    assert not server.requests_for(".wasm")


@pytest.fixture
def blocked(browser_type, browser_type_launch_args, browser_context_args, tmp_path):
    """Return a page in a browser whose user has blocked all site data."""
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences), "utf-8")
    context = browser_type.launch_persistent_context(
        tmp_path, **browser_type_launch_args, **browser_context_args
    )
    yield context.new_page()
    context.close()


def test_with_all_site_data_blocked_it_reads_and_teaches(blocked, server, told):
    page = blocked
    page.goto(server.address)
    wait_until_started(page)
    words = "is not stored, because this browser lets the page store nothing"
    told("all site data", "reads, teaches, with a network", page.locator("#origin"), words)
    expect(page.locator("#offline")).to_contain_text("allow site data, then reload")
    expect_works(page)
    expect(teach(page)).to_contain_text(TAUGHT_AWAY)


@pytest.fixture
def quota(page, server):
    """Set the browser's quota for the site, in bytes; None restores its own."""
    devtools = page.context.new_cdp_session(page)
    origin = {"origin": server.address.rstrip("/")}

    def quota(size):
        granted = {} if size is None else {"quotaSize": size}
        devtools.send("Storage.overrideQuotaForOrigin", {**origin, **granted})

    return quota


def test_in_a_megabyte_the_model_is_stored_and_the_page_is_not(visit, quota, told):
    quota(1_000_000)
    page = visit()
    expect(page.locator("#origin")).to_contain_text("and stored on this device")
    words = "could not be stored for offline use (not all of its files could be saved)"
    told("space: 1 MB", "reads, keeps the model", page.locator("#offline"), words)
    expect(page.locator("#offline")).to_contain_text("free some space")
    expect_works(page)
    expect(teach(page)).to_have_text("Learned: this is 3.")
    expect(page.locator("html")).to_have_attribute("data-python", "not_stored")


def test_a_quota_too_small_a_disk_that_fills_and_space_again(page, visit, server, quota, told):
    origin, offline = page.locator("#origin"), page.locator("#offline")
    full = "is not stored, because the browser's storage is full"
    some = "could not be stored for offline use (not all of its files could be saved)"
    quota(100_000)
    visit()
    told("space: 0.1 MB", "reads", origin, full)
    expect(offline).to_have_attribute("data-state", "offline_failed")
    expect_works(page)

    quota(None)
    page.add_init_script(missing_features.LARGE_QUOTA_ESTIMATE)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    gate = server.hold_responses(".onnx")
    asked = len(server.requests_for(".onnx"))
    page.goto(server.address)
    wait_for_value(lambda: len(server.requests_for(".onnx")) > asked, True)
    quota(1)
    gate.set()
    wait_until_started(page)
    told("space: gone during the model", "reads", origin, full)
    expect(offline).to_have_attribute("data-state", "offline_failed")

    quota(None)
    gate = server.hold_responses("maskable-512.png")
    asked = len(server.requests_for("maskable-512.png"))
    visit()
    expect(origin).to_contain_text("and stored on this device")
    wait_for_value(lambda: len(server.requests_for("maskable-512.png")) > asked, True)
    quota(1)
    gate.set()
    told("space: gone during the page", "reads, with a network", offline, some)
    expect_works(page)

    quota(None)
    visit()
    expect(origin).to_contain_text("from this device")
    expect(offline).to_have_text("Ready to work offline")


FULL = """localStorage.setItem("offline-digits-history", JSON.stringify(
  Array.from({length: 100}, (_, place) => [String(place), Date.now() / 1000 + place, true])))"""


def test_a_clock_that_was_wrong_and_is_corrected_loses_nothing(without, told):
    ahead = without(missing_features.SEPARATE_DATABASES, missing_features.set_year(2099))
    ahead.evaluate(FULL)
    read(ahead, "7")
    expect(teach(ahead)).to_have_text("Learned: this is 3.")
    ahead.close()

    page = without(missing_features.SEPARATE_DATABASES)
    open_panel(page, "model")
    words = "since an unknown time: this device's clock is or was wrong"
    told("clock: it was in 2099", "all", line(page, "Stored on this device"), words)
    press(page, "Check for an update")
    expect(page.locator("#model-news")).to_have_text(f"Version {VERSION} is the newest.")
    open_panel(page, "taught")
    read(page, "7")
    page.close()

    behind = without(missing_features.SEPARATE_DATABASES, missing_features.set_year(1970))
    read(behind, "4")
    clear(behind)
    open_panel(behind, "history")
    expect(numbers(behind).nth(0)).to_have_text("4")
    expect(numbers(behind)).to_have_count(100)
    words = "time unknown: the clock is or was wrong"
    told("clock: it is in 1970", "all", behind.locator("#history-list time").first, words)
    assert json.loads(behind.evaluate(HISTORY))[-1][0] == "4"
    behind.evaluate("localStorage.removeItem('offline-digits-history')")
    behind.evaluate(missing_features.DELETE_SEPARATE_DATABASES)
