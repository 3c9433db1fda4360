"""Offline use after one visit, updates of the page, and failures to store it."""

import contextlib
import shutil
import socket

import pytest
from playwright.sync_api import expect

from offline_onnx_page.serving.server import PERMANENT_URL
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, expect_works, stored_ink
from tests.browser.support.site_server import SiteServer
from tests.browser.support.worker_files import add_to_style


@pytest.fixture
def launch(browser_type, browser_type_launch_args, browser_context_args, tmp_path):
    """Return a function that starts a browser; all calls in a test use the same profile."""
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


def is_unreachable(server):
    """Return True if the server refuses connections; fail if it accepts one."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
    return True


def expect_offline_ready(page):
    """Wait until the page shows that it is stored for offline use."""
    expect(page.locator("#offline")).to_have_text("Ready to work offline")


def test_after_one_visit_a_restarted_browser_recognises_digits_without_a_server(server, launch):
    context = launch()
    page = context.new_page()
    page.goto(server.address)
    expect_offline_ready(page)
    expect_hashed_files_once(server.requests)
    context.close()
    server.stop()
    assert is_unreachable(server)

    context = launch()
    page = context.new_page()
    page.goto(server.address)
    expect(page.locator("#origin")).to_contain_text("from this device. Nothing was downloaded.")
    for label in ("7", "2", "0"):
        draw(page, DRAWN_DIGITS[label])
        expect_digit(page, label)
        page.locator("#clear").click()
    expect_offline_ready(page)
    assert is_unreachable(server)


def expect_hashed_files_once(requests):
    """Expect that a first visit has requested each file in a folder with a hash only once.

    The model's manifest is an exception: every request for it bypasses the caches.
    """
    requested = [path for path in requests if not path.endswith("digits.json")]
    hashed = [path for path in requested if PERMANENT_URL.search(path)]
    assert len(hashed) >= 8
    assert {path: hashed.count(path) for path in hashed} == dict.fromkeys(hashed, 1)


def test_an_address_with_a_query_works_offline(app_without_server):
    page = app_without_server
    page.goto(page.url + "?from=a-friend")
    expect(page.locator("#origin")).to_contain_text("Nothing was downloaded")
    expect_works(page)


def test_without_indexeddb_data_the_service_workers_copy_of_the_model_is_used(app_without_server):
    page = app_without_server
    page.evaluate(
        "new Promise(done => indexedDB.deleteDatabase('offline-digits').onsuccess = done)"
    )
    page.reload()
    expect(page.locator("#origin")).to_have_attribute("data-origin", "restored")
    expect_works(page)


@pytest.fixture
def updatable_server(site, tmp_path):
    """Return a server of a copy of the site; its `publish_update` writes a new version."""
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    server = SiteServer(copy)

    def publish_update(comment):
        """Append a comment to the style sheet, and update the service worker."""
        add_to_style(copy, comment)

    server.publish_update = publish_update
    yield server
    server.stop()


def read_style(page):
    """Return the text of the style sheet that the page loads."""
    return page.evaluate("async () => (await fetch('style.css')).text()")


OTHER_CACHES = {  # caches of two other pages of this origin; one is a copy of the app's page
    "other-page",
    "offline-digits-precache-v2-http://localhost/another/copy/",
    "python-snapshot-/another/copy/",
}


def test_an_update_is_installed_when_the_user_clicks_reload_and_reloads_only_that_tab(
    context, updatable_server
):
    page, other = context.new_page(), context.new_page()
    page.goto(updatable_server.address)
    expect_offline_ready(page)
    page.evaluate("(names) => Promise.all(names.map((name) => caches.open(name)))", [*OTHER_CACHES])
    expect(page.locator("#update")).to_be_hidden()
    draw(page, DRAWN_DIGITS["4"])
    other.goto(updatable_server.address)
    expect_offline_ready(other)
    draw(other, DRAWN_DIGITS["7"])
    expect_digit(other, "7")
    other.evaluate("window.isNotReloaded = true")
    updatable_server.publish_update("second build")
    page.bring_to_front()  # clicks are slow in a background tab
    page.reload()
    expect(page.locator("#update")).to_contain_text("A new version is ready.")
    assert "second build" not in read_style(page)

    page.get_by_role("button", name="Later").click()
    expect(page.locator("#update")).to_be_hidden()
    expect_digit(page, "4")
    assert "second build" not in read_style(page)

    page.reload()
    expect(page.locator("#update")).to_be_visible()
    drawing = stored_ink(page)
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("#update")).to_be_hidden()
    expect_offline_ready(page)
    assert "second build" in read_style(page)
    assert set(page.evaluate("caches.keys()")) > OTHER_CACHES
    assert stored_ink(page) == drawing
    expect_digit(page, "4")

    assert other.evaluate("window.isNotReloaded")
    other.bring_to_front()
    expect_works(other)


def test_a_file_that_can_not_be_stored_is_reported(page, server, subtests):
    """Missing and altered files are the host's fault: the page must not advise to free space."""
    offline = page.locator("#offline")
    for fault, reason in (
        ("missing", "asked for its file icon.svg, the server answered with status 404"),
        ("changed", "its file icon.svg is not as it was built"),
    ):
        with subtests.test(fault):
            server.faults["icon.svg"] = fault
            page.goto(server.address)
            expect(offline).to_contain_text(reason)
            expect(offline).not_to_contain_text("space")
            assert page.evaluate("navigator.serviceWorker.getRegistration()") is None
            expect_works(page)


# Registers the service worker again. A test has replaced the browser's function `register`.
REGISTER_AGAIN = """
from digits.page import main
main.page._run(main.page._service_worker.register())
"""
REJECT_REGISTRATION = "() => { ServiceWorkerContainer.prototype.register = () => { REJECTION }; }"
RECORD_UNHANDLED = """window.unhandled = [];
addEventListener("unhandledrejection", ({ reason }) => unhandled.push(String(reason)));"""
REJECTIONS = {
    "return Promise.reject(new TypeError('a script of another type'))": "another type",
    "return Promise.reject(new DOMException('switched off', 'SecurityError'))": "switched",
    "return Promise.reject('no reason at all')": "no reason at all",
    "throw new TypeError('no such script')": "no such script",
}
"""For each way to reject a registration: words of the reason that the page shows."""


def test_a_rejected_service_worker_registration_shows_its_reason(page, server, subtests):
    page.add_init_script(RECORD_UNHANDLED)
    first, *others = REJECTIONS
    page.add_init_script(f"({REJECT_REGISTRATION.replace('REJECTION', first)})()")
    page.goto(server.address)
    offline = page.locator("#offline")
    for rejection in (first, *others):
        with subtests.test(REJECTIONS[rejection]):
            if rejection != first:
                page.evaluate(REJECT_REGISTRATION.replace("REJECTION", rejection))
                page.evaluate("code => { pyodide.runPython(code); }", REGISTER_AGAIN)
            expect(offline).to_contain_text(REJECTIONS[rejection])
            expect(offline).to_contain_text("could not be stored for offline use (")
            expect(offline).to_have_attribute("data-state", "offline_failed")
            expect_works(page)
            assert page.evaluate("unhandled") == []
