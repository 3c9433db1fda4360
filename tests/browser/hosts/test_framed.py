"""The page in a frame of another site: headers prevent that; without them, it does not start."""

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
    """Serve the page at /page/ without the recommended headers; return the port."""
    (tmp_path / "page").symlink_to(site)
    with serve_without_headers(tmp_path) as free_port:
        yield free_port


def open_in_frame(page, folder, port, address):
    """Open a page that shows an address in a frame; return the frame.

    Args:
        page: the tab.
        folder: the folder that the server serves; the page is written into it.
        port: the port of the server. The page's host is 127.0.0.1, which is another origin than
            localhost.
        address: the address for the frame.
    """
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
    expect_requests_only_to(server.address)


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
    expect_requests_only_to(address)


def test_a_page_of_the_same_origin_may_show_the_page_in_a_frame(page, port, tmp_path):
    """There is no reason to prevent it: such a page has the same rights as the app's page."""
    frame = open_in_frame(page, tmp_path, port, "page/")
    expect(frame.locator("html[data-python] #sheet")).to_be_visible()


def expect_requests_only_to(address):
    """Expect that all cross-origin requests went to this origin; empty the request log.

    Args:
        address: the address that the frame has requested first.
    """
    assert request_log.cross_origin[0] == address
    assert {*map(request_log.origin_of, request_log.cross_origin)} == {
        request_log.origin_of(address)
    }
    request_log.cross_origin.clear()
    request_log.csp_violations.clear()
