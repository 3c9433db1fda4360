"""Offline use: after one visit, with the server shut down and the browser restarted."""

import contextlib
import shutil
import socket

import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, expect_works, stored_ink
from tests.browser.support.site import SiteServer
from tools.site import bundle
from tools.site.serve import HASHED_FOLDER


@pytest.fixture
def launch(browser_type, browser_type_launch_args, browser_context_args, tmp_path):
    """Start a browser, each time with the same profile."""
    open_contexts = []

    def launch():
        context = browser_type.launch_persistent_context(
            tmp_path / "profile", **browser_type_launch_args, **browser_context_args
        )
        open_contexts.append(context)
        return context

    yield launch
    for context in open_contexts:
        with contextlib.suppress(Exception):
            context.close()


def refused(server):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
    return True


def offline_ready(page):
    expect(page.locator("#offline")).to_have_text("Ready to work offline")


def test_after_one_visit_a_restarted_browser_reads_digits_without_a_server(server, launch):
    context = launch()
    page = context.new_page()
    page.goto(server.address)
    offline_ready(page)
    context.close()
    server.stop()
    assert refused(server)

    context = launch()
    page = context.new_page()
    page.goto(server.address)
    expect(page.locator("#origin")).to_contain_text("from this device. Nothing was downloaded.")
    for label in ("7", "2", "0"):
        draw(page, DRAWN_DIGITS[label])
        expect_digit(page, label)
        page.locator("#clear").click()
    offline_ready(page)
    assert refused(server)


def test_a_link_with_a_query_works_offline_too(visit_until_offline_ready, server):
    page = visit_until_offline_ready()
    server.stop()
    page.goto(server.address + "?from=a-friend")
    expect(page.locator("#origin")).to_contain_text("Nothing was downloaded")
    expect_works(page)


def test_the_first_visit_downloads_no_large_file_twice(server, launch):
    page = launch().new_page()
    page.goto(server.address)
    offline_ready(page)
    # The model's manifest is small and is requested past every cache.
    asked = [path for path in server.requests if not path.endswith("digits.json")]
    hashed = [path for path in asked if HASHED_FOLDER.search(path)]
    assert len(hashed) >= 8
    assert {path: hashed.count(path) for path in hashed} == dict.fromkeys(hashed, 1)


def test_without_the_record_the_service_workers_copy_is_used_offline(
    visit_until_offline_ready, server
):
    page = visit_until_offline_ready()
    page.evaluate(
        "new Promise(done => indexedDB.deleteDatabase('offline-digits').onsuccess = done)"
    )
    server.stop()
    page.reload()
    expect(page.locator("#origin")).to_have_attribute("data-origin", "restored")
    expect_works(page)


@pytest.fixture
def changing(site, tmp_path):
    """Return a server of a copy of the site that can `publish` a newer build."""
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    server = SiteServer(copy)

    def publish(words):
        style = copy / "style.css"
        style.write_text(style.read_text("utf-8") + f"\n/* {words} */\n", "utf-8")
        bundle.write_service_worker(copy)

    server.publish = publish
    yield server
    server.stop()


def style(page):
    return page.evaluate("async () => (await fetch('style.css')).text()")


OTHERS = {  # caches of other pages of this origin, one of them a copy of this page
    "anothers",
    "offline-digits-precache-v2-http://localhost/another/copy/",
    "python-snapshot-/another/copy/",
}


def test_an_update_waits_for_the_users_consent(page, changing):
    page.goto(changing.address)
    offline_ready(page)
    page.evaluate("(names) => Promise.all(names.map((name) => caches.open(name)))", [*OTHERS])
    expect(page.locator("#update")).to_be_hidden()
    draw(page, DRAWN_DIGITS["4"])
    changing.publish("second build")
    page.reload()
    expect(page.locator("#update")).to_contain_text("A new version is ready.")
    assert "second build" not in style(page)

    page.get_by_role("button", name="Later").click()
    expect(page.locator("#update")).to_be_hidden()
    expect_digit(page, "4")
    assert "second build" not in style(page)

    page.reload()
    expect(page.locator("#update")).to_be_visible()
    before = stored_ink(page)
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("#update")).to_be_hidden()
    offline_ready(page)
    assert "second build" in style(page)
    assert set(page.evaluate("caches.keys()")) > OTHERS
    assert stored_ink(page) == before
    expect_digit(page, "4")


def test_an_update_taken_in_one_tab_leaves_the_other_alone(context, changing):
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(changing.address)
        offline_ready(page)
    draw(second, DRAWN_DIGITS["7"])
    expect_digit(second, "7")
    second.evaluate("window.untouched = true")
    changing.publish("second build")
    first.bring_to_front()  # clicks are slow in a tab behind another
    first.reload()
    first.get_by_role("button", name="Reload").click()
    expect(first.locator("#update")).to_be_hidden()
    offline_ready(first)
    assert "second build" in style(first)
    assert second.evaluate("window.untouched")
    second.bring_to_front()
    expect_works(second)


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_file_that_can_not_be_stored_is_reported_and_the_page_works(page, server, fault):
    server.faults["icon.svg"] = fault
    page.goto(server.address)
    expect(page.locator("#offline")).to_contain_text(
        "could not be stored for offline use (not all of its files could be saved)"
    )
    assert page.evaluate("navigator.serviceWorker.getRegistration()") is None
    expect_works(page)


REFUSED = """
window.unhandled = [];
addEventListener("unhandledrejection", ({ reason }) => unhandled.push(String(reason)));
ServiceWorkerContainer.prototype.register = () => { REFUSAL };
"""


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("return Promise.reject(new TypeError('a script of another type'))", "another type"),
        ("return Promise.reject(new DOMException('switched off', 'SecurityError'))", "switched"),
        ("return Promise.reject('no reason at all')", "no reason at all"),
        ("throw new TypeError('no such script')", "no such script"),
    ],
)
def test_a_registration_that_is_refused_says_why_and_the_page_works(page, server, refusal, reason):
    page.add_init_script(REFUSED.replace("REFUSAL", refusal))
    page.goto(server.address)
    expect(page.locator("#offline")).to_contain_text("could not be stored for offline use (")
    expect(page.locator("#offline")).to_contain_text(reason)
    expect(page.locator("#offline")).to_have_attribute("data-state", "offline_failed")
    expect_works(page)
    assert page.evaluate("unhandled") == []
