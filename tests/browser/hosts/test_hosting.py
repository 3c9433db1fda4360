"""The page at a sub-path of a web server, with the headers of docs/hosting.md or without them."""

import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from offline_onnx_page.serving.server import PERMANENT_URL, serve_in_background
from offline_onnx_page.site.sources import SERVICE_WORKER
from tests.browser.support.documented_host import HOSTING_DOC, DocumentedHost, encoded, headers_of
from tests.browser.support.drawing import expect_works, reload, wait_until_offline_ready
from tools.site import bundle
from tools.site.sizes import transfer_sizes

SUB_PATH = "/a/deep/path/"
PLAIN_SERVER = """import sys, http.server
handler = http.server.SimpleHTTPRequestHandler
handler.extensions_map[".wasm"] = "application/octet-stream"
http.server.test(handler, port=int(sys.argv[1]))"""
"""A program that runs `http.server`, which sends WebAssembly with the wrong type that older servers
use."""
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def host(site):
    """Return a server that sends the documented headers at a sub-path."""
    host = DocumentedHost(site, SUB_PATH)
    yield host
    host.stop()


def expect_works_without_server(page, address, stop):
    """Visit the page, call `stop` to stop its server, and expect that the page still works."""
    page.goto(address)
    wait_until_offline_ready(page)
    expect_works(page)
    stop()
    reload(page)
    expect(page.locator("#origin")).to_contain_text("Nothing was downloaded")
    expect_works(page)


def test_the_page_works_at_a_sub_path_with_the_documented_headers(page, host, site):
    expect_works_without_server(page, host.address, host.stop)
    assert [path for path in host.requests if not path.startswith(SUB_PATH)] == []
    assert set(host.headers_sent) == {*transfer_sizes(site, "")}
    for path, headers in host.headers_sent.items():
        expected = IMMUTABLE if PERMANENT_URL.search(f"/{path}") else "no-cache"
        assert headers["Cache-Control"] == expected, path
        assert ("Content-Encoding" in headers) == (site / f"{path}.br").exists(), path
    compressed = {
        path for path, headers in host.headers_sent.items() if "Content-Encoding" in headers
    }
    assert {path.rpartition(".")[2] for path in compressed} >= {"js", "wasm", "data", "zip"}


@pytest.fixture
def address(site):
    """Run the server of `build.py serve`; return its address."""
    with serve_in_background(site) as server_address:
        yield server_address


def test_build_py_serve_sends_the_documented_headers(address, site):
    for path in transfer_sizes(site, ""):
        for accepted in ([], ["gzip"], ["gzip", "br"]):
            request = urllib.request.Request(  # noqa: S310  # our own server
                address + path, headers={"Accept-Encoding": ", ".join(accepted)}
            )
            with urllib.request.urlopen(request) as response:  # noqa: S310
                body, encoding = encoded(site / path, accepted)
                expected = headers_of(path) | encoding
                assert {name: response.headers[name] for name in expected} == expected, path
                assert response.headers["Content-Encoding"] == encoding.get("Content-Encoding"), (
                    path
                )
                assert response.read() == body.read_bytes(), path


def test_an_overlong_path_gives_404(address):
    with closing(HTTPConnection(urlsplit(address).netloc)) as connection:
        connection.request("GET", f"/{'x' * 5000}")
        assert connection.getresponse().status == 404


def test_the_rules_for_netlify_and_cloudflare_match_exactly_the_immutable_files(site):
    rules = re.findall(r"^(/\S+)\n  Cache-Control: (.+)$", HOSTING_DOC, re.MULTILINE)
    matched = {
        path
        for path in transfer_sizes(site, "")
        for pattern, value in rules
        if value == IMMUTABLE and re.fullmatch(pattern.replace("*", "(.*)"), f"/{path}")
    }
    assert matched == {
        path for path in transfer_sizes(site, "") if PERMANENT_URL.search(f"/{path}")
    }
    assert {path.parent.name.split("-")[0] for path in site.glob("built/*/*")} == {
        rule.split("/")[2].removesuffix("-*") for rule, _ in rules
    }


def test_the_documented_sizes_with_and_without_compression_are_correct(site):
    plain, brotli, gzip = (transfer_sizes(site, each) for each in ("", "br", "gz"))
    documented = re.search(
        r"([\d.]+) MB uncompressed, ([\d.]+) MB with Brotli, ([\d.]+) MB with gzip", HOSTING_DOC
    )
    sums = [sum(files.values()) / 1e6 for files in (plain, brotli, gzip)]
    assert [float(each) for each in documented.groups()] == pytest.approx(sums, abs=0.1)
    # The types of files that some hosts don't compress, as docs/hosting.md says.
    often_uncompressed = [path for path in plain if path.endswith((".data", ".zip"))]
    saving = sum(plain[path] - gzip[path] for path in often_uncompressed) / 1e6
    documented_savings = [float(each) for each in re.findall(r"([\d.]+) MB more", HOSTING_DOC)]
    assert documented_savings == pytest.approx([saving] * 2, abs=0.1)


def test_a_headers_file_is_not_stored_for_offline_use(tmp_path):
    """Hosts don't serve the file `_headers`: no service worker that lists it can be installed."""
    (tmp_path / "built").mkdir()
    for name in ("index.html", "_headers", "built/run.js"):
        (tmp_path / name).write_text("", "utf-8")
    bundle.write_service_worker(tmp_path, "test")
    worker = (tmp_path / SERVICE_WORKER).read_text("utf-8")
    assert "index.html" in worker
    assert "_headers" not in worker


def free_port():
    """Return the number of a port that no program uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_served(address):
    """Return whether a server responds at this address with status 200."""
    try:
        with urllib.request.urlopen(address, timeout=1) as response:  # noqa: S310  # our own server
            return response.status == 200
    except OSError:
        return False


@pytest.fixture
def plain_server(site, tmp_path):
    """Serve the page at a sub-path with PLAIN_SERVER, which sends no caching or encoding headers.

    Return the address of the page, and a function that stops the server.
    """
    shutil.copytree(site, tmp_path / SUB_PATH.strip("/"))
    port = free_port()
    address = f"http://localhost:{port}{SUB_PATH}"
    with subprocess.Popen(
        [sys.executable, "-c", PLAIN_SERVER, str(port)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:

        def stop():
            process.terminate()
            process.wait()
            assert not is_served(address)

        while not is_served(address):
            assert process.poll() is None
        yield address, stop
        process.terminate()


def test_the_page_works_at_a_sub_path_without_the_documented_headers(page, plain_server):
    responses = []
    page.on("response", lambda response: responses.append(response.all_headers()))
    expect_works_without_server(page, *plain_server)
    assert len(responses) >= 20
    types = {headers.get("content-type") for headers in responses}
    assert "application/octet-stream" in types
    assert "application/wasm" not in types
    assert not any({"cache-control", "content-encoding"} & set(headers) for headers in responses)
