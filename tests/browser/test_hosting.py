"""A static host as docs/hosting.md asks for it, below a sub-path."""

import re
import shutil
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.drawing import expect_works, reload, wait_until_offline_ready
from tests.browser.site import SiteServer
from tools.serve import HASHED
from tools.venv import ROOT

NOTES = (ROOT / "docs" / "hosting.md").read_text("utf-8")
BELOW = "/a/deep/path/"


def asked_for(pattern):
    """Give what the notes ask a host for."""
    found = re.search(pattern, NOTES)
    assert found, f"docs/hosting.md does not say {pattern}"
    return found[1]


@pytest.fixture
def host(site, tmp_path):
    shutil.copytree(site, tmp_path / "root" / BELOW.strip("/"), copy_function=shutil.copy2)
    server = SiteServer(tmp_path / "root")
    yield server
    server.stop()


def test_the_page_works_below_a_sub_path_with_the_headers_of_the_notes(page, host):
    for_ever = asked_for(r"`Cache-Control: ([^`]+)` for `built/NAME-HASH/`")
    looked_up = asked_for(r"`Cache-Control: ([^`]+)` for all else")
    compressed = set(re.findall(r"`(\.\w+)`", asked_for(r"`Content-Encoding`, for ([^|]+) too")))
    types = {
        f".{ending}": asked_for(rf"`\.{ending}`[^|]*? as `([^`]+)`") for ending in ("js", "wasm")
    }
    answers = []
    page.on("response", lambda answer: answers.append((answer.url, answer.all_headers())))
    page.goto(host.address.rstrip("/") + BELOW)
    wait_until_offline_ready(page)
    expect_works(page)

    assert all(path.startswith(BELOW) for path in host.requests)
    seen = {"for ever": 0, "looked up": 0, "compressed": set()}
    for url, headers in answers:
        path = urlsplit(url).path
        hashed = bool(HASHED.search(path))
        seen["for ever" if hashed else "looked up"] += 1
        assert headers["cache-control"] == (for_ever if hashed else looked_up), path
        ending = PurePosixPath(path).suffix
        assert headers["content-type"].startswith(types.get(ending, "")), path
        if ending in compressed | {".js", ".mjs"} and "built/" in path:
            assert headers.get("content-encoding") in ("br", "gzip"), path
            seen["compressed"].add(ending)
    assert seen["for ever"] >= 8
    assert seen["looked up"] >= 4
    assert seen["compressed"] >= compressed == {".wasm", ".data"}

    host.stop()
    reload(page)
    expect(page.locator("#origin")).to_contain_text("Nothing was fetched")
    expect_works(page)
