"""The page in a frame of another site: a header prevents it, or else the page refuses to start."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.support import request_log
from tests.browser.support.drawing import wait_for_value


class PlainHandler(SimpleHTTPRequestHandler):
    """Serves files without the headers that docs/hosting.md recommends."""

    def log_message(self, *_):
        """Log nothing."""


@contextmanager
def serve_without_headers(folder):
    """Serve a folder with `PlainHandler`; yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(PlainHandler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def port(site, tmp_path):
    """Return the port of a server without the recommended headers, which has the page at /page/."""
    (tmp_path / "page").symlink_to(site)
    with serve_without_headers(tmp_path) as free_port:
        yield free_port


def open_in_frame(page, folder, port, address):
    """Open a page of the origin 127.0.0.1 with a frame that shows an address; return the frame."""
    (folder / "frame.html").write_text(f'<iframe src="{address}"></iframe>', "utf-8")
    page.goto(f"http://127.0.0.1:{port}/frame.html")
    return page.frame_locator("iframe")


def test_the_recommended_headers_prevent_a_frame_of_another_site(page, server, port, tmp_path):
    with page.expect_event("requestfailed") as failed:
        open_in_frame(page, tmp_path, port, server.address)
    assert failed.value.url == server.address
    assert "BLOCKED_BY_RESPONSE" in failed.value.failure
    wait_for_value(
        lambda: [line.split(":")[0] for line in request_log.csp_violations], ["frame-ancestors"]
    )
    clear_request_log(server.address)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_the_headers_a_framed_page_shows_a_notice_and_does_not_start(
    browser, browser_context_args, language, port, tmp_path
):
    context = browser.new_context(**browser_context_args | {"locale": language})
    page, address = context.new_page(), f"http://localhost:{port}/page/"
    frame = open_in_frame(page, tmp_path, port, address)
    link = frame.get_by_role("link")
    link_text, notice = {
        "en": ("Open Offline Digits on its own", "Another site shows this page"),
        "zh": ("单独打开离线数字", "另一个网站把这个页面嵌在了自己的页面里"),
    }[language]
    expect(link).to_have_text(link_text)
    expect(frame.locator("body")).to_contain_text(notice)
    expect(frame.locator("button, canvas")).to_have_count(0)
    assert link.evaluate("document.documentElement.dataset.python") is None
    with context.expect_page() as opened:
        link.press("Enter")
    expect(opened.value.locator("#sheet")).to_be_visible()
    assert opened.value.url == address
    context.close()
    clear_request_log(address)


def test_a_page_of_the_same_origin_can_frame_the_page(page, port, tmp_path):
    """Frames of the same origin are allowed: such a page has the same rights as the app's page."""
    frame = open_in_frame(page, tmp_path, port, "page/")
    expect(frame.locator("html[data-python] #sheet")).to_be_visible()


def clear_request_log(address):
    """Expect that only the frame's address was requested across origins; empty the request log."""
    assert request_log.cross_origin[0] == address
    assert {*map(request_log.origin_of, request_log.cross_origin)} == {
        request_log.origin_of(address)
    }
    request_log.cross_origin.clear()
    request_log.csp_violations.clear()
