"""The page in a frame of another origin: a host's header forbids it, else the page itself does."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.support import request_log
from tests.browser.support.drawing import wait_for_value


class PlainHandler(SimpleHTTPRequestHandler):
    """Sends none of the headers that docs/hosting.md recommends."""

    def log_message(self, *_):
        """Log nothing."""


@contextmanager
def plain_host(folder):
    """Serve a folder; yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(PlainHandler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def host(site, tmp_path):
    """Return the port of a plain host that has the page at /page/."""
    (tmp_path / "page").symlink_to(site)
    with plain_host(tmp_path) as port:
        yield port


def framed(page, folder, port, address):
    """Open a page at 127.0.0.1 with a frame that shows an address; return the frame."""
    (folder / "frame.html").write_text(f'<iframe src="{address}"></iframe>', "utf-8")
    page.goto(f"http://127.0.0.1:{port}/frame.html")
    return page.frame_locator("iframe")


def test_a_host_that_sends_the_headers_refuses_the_frame(page, server, host, tmp_path):
    with page.expect_event("requestfailed") as failed:
        framed(page, tmp_path, host, server.address)
    assert failed.value.url == server.address
    assert "BLOCKED_BY_RESPONSE" in failed.value.failure
    wait_for_value(
        lambda: [line.split(":")[0] for line in request_log.csp_violations], ["frame-ancestors"]
    )
    forget(server.address)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_headers_the_page_says_so_and_does_not_start(
    browser, browser_context_args, language, host, tmp_path
):
    context = browser.new_context(**browser_context_args | {"locale": language})
    page, address = context.new_page(), f"http://localhost:{host}/page/"
    frame = framed(page, tmp_path, host, address)
    link = frame.get_by_role("link")
    name, said = {
        "en": ("Open Offline Digits on its own", "Another site shows this page"),
        "zh": ("单独打开离线数字", "另一个网站把这个页面嵌在了自己的页面里"),
    }[language]
    expect(link).to_have_text(name)
    expect(frame.locator("body")).to_contain_text(said)
    expect(frame.locator("button, canvas")).to_have_count(0)
    assert link.evaluate("document.documentElement.dataset.python") is None
    with context.expect_page() as opened:
        link.press("Enter")
    expect(opened.value.locator("#sheet")).to_be_visible()
    assert opened.value.url == address
    context.close()
    forget(address)


def test_a_page_of_the_own_origin_may_frame_it(page, host, tmp_path):
    """A page of the same origin may do all that this page may."""
    frame = framed(page, tmp_path, host, "page/")
    expect(frame.locator("html[data-python] #sheet")).to_be_visible()


def forget(address):
    """Remove the requests of a frame from the list of requests to other origins."""
    assert request_log.cross_origin[0] == address
    assert {*map(request_log.origin_of, request_log.cross_origin)} == {
        request_log.origin_of(address)
    }
    request_log.cross_origin.clear()
    request_log.csp_violations.clear()
