"""Hosts that serve the page below a path: with the headers of docs/hosting.md, and without any."""

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

from tests.browser.support.documented_host import NOTES, DocumentedHost, encoded, headers_of
from tests.browser.support.drawing import expect_works, reload, wait_until_offline_ready
from tools.cache import SERVICE_WORKER
from tools.site import bundle
from tools.site.serve import HASHED_FOLDER, serve_in_background
from tools.site.sizes import transfer_sizes

BELOW = "/a/deep/path/"
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def host(site):
    host = DocumentedHost(site, BELOW)
    yield host
    host.stop()


def visit_then_work_without(page, address, stop):
    page.goto(address)
    wait_until_offline_ready(page)
    expect_works(page)
    stop()
    reload(page)
    expect(page.locator("#origin")).to_contain_text("Nothing was downloaded")
    expect_works(page)


def test_the_documented_headers_suffice_below_a_sub_path(page, host, site):
    visit_then_work_without(page, host.address, host.stop)
    assert [path for path in host.requests if not path.startswith(BELOW)] == []
    assert set(host.headers_sent) == {*transfer_sizes(site, "")}
    for path, headers in host.headers_sent.items():
        expected = FOR_EVER if HASHED_FOLDER.search(f"/{path}") else "no-cache"
        assert headers["Cache-Control"] == expected, path
        assert ("Content-Encoding" in headers) == (site / f"{path}.br").exists(), path
    compressed = {path for path, sent in host.headers_sent.items() if "Content-Encoding" in sent}
    assert {path.rpartition(".")[2] for path in compressed} >= {"js", "mjs", "wasm", "data", "zip"}


@pytest.fixture
def served(site):
    """Return the address of the server of `build.py serve`."""
    with serve_in_background(site) as address:
        yield address


def test_serve_sends_the_documented_headers(served, site):
    for path in transfer_sizes(site, ""):
        for accepted in ([], ["gzip"], ["gzip", "br"]):
            asked = urllib.request.Request(  # noqa: S310  # our own server
                served + path, headers={"Accept-Encoding": ", ".join(accepted)}
            )
            with urllib.request.urlopen(asked) as answer:  # noqa: S310
                body, encoding = encoded(site / path, accepted)
                wanted = headers_of(path) | encoding
                assert {name: answer.headers[name] for name in wanted} == wanted, path
                assert answer.headers["Content-Encoding"] == encoding.get("Content-Encoding"), path
                assert answer.read() == body.read_bytes(), path


def test_a_name_longer_than_any_file_has_is_not_found(served):
    with closing(HTTPConnection(urlsplit(served).netloc)) as connection:
        connection.request("GET", f"/{'x' * 5000}")
        assert connection.getresponse().status == 404


def test_the_headers_for_netlify_and_cloudflare_name_exactly_the_immutable_files(site):
    rules = re.findall(r"^(/\S+)\n  Cache-Control: (.+)$", NOTES, re.MULTILINE)
    named = {
        path
        for path in transfer_sizes(site, "")
        for pattern, value in rules
        if value == FOR_EVER and re.fullmatch(pattern.replace("*", "(.*)"), f"/{path}")
    }
    assert named == {path for path in transfer_sizes(site, "") if HASHED_FOLDER.search(f"/{path}")}
    assert {path.parent.name.split("-")[0] for path in site.glob("built/*/*")} == {
        rule.split("/")[2].removesuffix("-*") for rule, _ in rules
    }


def test_the_documented_savings_of_compression_are_right(site):
    plain, brotli, gzip = (transfer_sizes(site, each) for each in ("", "br", "gz"))
    stated = re.search(
        r"([\d.]+) MB uncompressed, ([\d.]+) MB with Brotli, ([\d.]+) MB with gzip", NOTES
    )
    sums = [sum(files.values()) / 1e6 for files in (plain, brotli, gzip)]
    assert [float(each) for each in stated.groups()] == pytest.approx(sums, abs=0.1)
    left = [path for path in plain if path.endswith((".data", ".zip"))]
    more = sum(plain[path] - gzip[path] for path in left) / 1e6
    stated_more = [float(each) for each in re.findall(r"([\d.]+) MB more", NOTES)]
    assert stated_more == pytest.approx([more] * 2, abs=0.1)


def test_a_headers_file_is_not_stored_for_offline_use(tmp_path):
    """Hosts do not serve their `_headers`: a service worker that lists it would never install."""
    (tmp_path / "built").mkdir()
    for name in ("index.html", "_headers", "built/run.js"):
        (tmp_path / name).write_text("", "utf-8")
    bundle.write_service_worker(tmp_path)
    worker = (tmp_path / SERVICE_WORKER).read_text("utf-8")
    assert "index.html" in worker
    assert "_headers" not in worker


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310  # our own server
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture
def plain(site, tmp_path):
    """Return the address of Python's own server, which sends no such headers, and what stops it."""
    shutil.copytree(site, tmp_path / BELOW.strip("/"))
    port = free_port()
    address = f"http://localhost:{port}{BELOW}"
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "-d", tmp_path, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:

        def stop():
            process.terminate()
            process.wait()
            assert not answers(address)

        while not answers(address):
            assert process.poll() is None
        yield address, stop
        process.terminate()


def test_a_host_that_sends_no_headers_suffices(page, plain):
    sent = []
    page.on("response", lambda answer: sent.append(answer.all_headers()))
    visit_then_work_without(page, *plain)
    assert len(sent) >= 20
    assert not any({"cache-control", "content-encoding"} & set(headers) for headers in sent)
