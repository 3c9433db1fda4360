"""Run the commands and code blocks of docs/your-own-model.md and own-page.md in empty folders."""

import contextlib
import hashlib
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from offline_onnx import Manifest
from tests.browser.support.database import current_versions
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support import installed_command
from tests.support.own_model_page import TEXT, code_block_of_step, code_blocks
from tests.support.small_models import iris

BY_HAND = "A page by hand"
"""The heading of own-page.md."""


def run_command(command, folder):
    """Run a documented command in a folder; return its output."""
    program, *arguments = shlex.split(command)
    assert program == "offline-onnx"
    done = installed_command.run(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def run_server(command, folder):
    """Run the documented command that starts a server, on a free port; yield its address."""
    _, *arguments = shlex.split(command)
    with subprocess.Popen(
        [sys.executable, "-m", "offline_onnx", *arguments, "--port", "0"],
        cwd=folder,
        env=installed_command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield re.match(r"http://localhost:\d+/", server.stdout.readline())[0]
        finally:
            server.terminate()


def test_the_three_commands_make_a_page_that_works_offline(page, tmp_path):
    (tmp_path / "iris.onnx").write_bytes(iris())
    run_command(code_block_of_step(1, "sh"), tmp_path)
    with run_server(code_block_of_step(2, "sh"), tmp_path) as address:
        page.goto(address)
        wait_until_offline_ready(page)
    page.reload()
    expect(page.get_by_text("was on this device")).to_be_visible()
    assert page.locator("[data-failure]").text_content() == ""
    site, new_version = code_blocks("sh")["3. Build the site"]
    for command in (*site.splitlines(), *new_version.splitlines()):
        run_command(command, tmp_path)
    manifest = Manifest.parse((tmp_path / "my-page" / "site" / "iris.json").read_text("utf-8"))
    assert manifest.version == "2"


@pytest.fixture(scope="module")
def my_page(tmp_path_factory):
    """Return the folder of a page by hand."""
    folder = tmp_path_factory.mktemp("by-hand")
    (folder / "iris.onnx").write_bytes(iris())
    (command,) = code_blocks("sh")[BY_HAND]
    assert "features: float32 (N, 4)" in run_command(command, folder)
    (folder / "index.html").write_text(code_blocks("html")[BY_HAND][0], "utf-8")
    (folder / "main.py").write_text(code_blocks("python")[BY_HAND][0], "utf-8")
    return folder


def expect_answer(page, *words):
    """Wait until the page's answer contains all of the words."""
    for word in words:
        expect(page.locator("#answer")).to_contain_text(word)


def wait_until_offline_ready(page):
    """Wait until the page is stored for offline use."""
    page.locator("html[data-offline=ready]").wait_for()


def test_a_page_by_hand_works_offline(page, bundled_page):
    server = SiteServer(bundled_page)
    page.goto(server.address)
    expect_answer(page, "setosa", "(model: downloaded)")
    wait_until_offline_ready(page)
    server.stop()
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    page.reload()
    expect_answer(page, "setosa", "(model: stored)")
    page.locator("#features").fill("6.5 3.0 5.5 2.0")
    expect_answer(page, "virginica", "%")
    page.locator("#features").fill("6.5 3.0")
    expect_answer(page, "should be float32 (N, 4)", "given: float32 (1, 2)")
    page.locator("#features").fill("long and wide")
    expect_answer(page, "could not convert")
    assert [url for url in requested if url.endswith(".onnx")] == []
    assert page.locator("[data-failure]").text_content() == ""


@pytest.fixture(scope="module")
def bundled_page(my_page):
    """Return the folder of the site that is bundled from `my_page`."""
    run_command("offline-onnx bundle .", my_page)
    return my_page / "site"


@pytest.fixture
def server(bundled_page, tmp_path):
    """Return a server that has a copy of the bundled page at a sub-path.

    This server also has the attributes `page_folder` and `page_address`.
    """
    shutil.copytree(bundled_page, tmp_path / "host" / "sub" / "path")
    server = SiteServer(tmp_path / "host")
    server.page_folder = tmp_path / "host" / "sub" / "path"
    server.page_address = f"{server.address}sub/path/"
    yield server
    server.stop()


def test_a_missing_model_is_reported_in_the_page(page, server):
    server.faults["iris.onnx"] = "missing"
    page.goto(server.page_address)
    expect(page.get_by_role("alert")).to_contain_text("iris.onnx with status 404")


def write_version_2(folder):
    """Replace the model in a folder with version 2."""
    (folder / "iris.onnx").write_bytes(iris(bias=40.0))
    labels = "setosa,versicolor,virginica"
    run_command(f"offline-onnx manifest iris.onnx --version 2 --labels {labels}", folder)


def test_a_new_model_is_used_by_the_next_visit_and_a_changed_page_once_its_tabs_were_closed(
    context, server, my_page, tmp_path
):
    source = shutil.copytree(my_page, tmp_path / "source")
    first = context.new_page()
    first.goto(server.page_address)
    expect_answer(first, "setosa", "(model: downloaded)")
    wait_until_offline_ready(first)
    index = source / "index.html"
    index.write_text(index.read_text("utf-8").replace("Which iris?", "Iris, anew"), "utf-8")
    write_version_2(source)
    run_command(f"offline-onnx bundle {source} -o {server.page_folder}", source)

    first.reload()
    expect_answer(first, "setosa", "(model: stored)")
    new_digest = hashlib.sha256(iris(bias=40.0)).hexdigest()
    wait_for_value(lambda: list(current_versions(first).values()), [new_digest])
    first.reload()
    expect_answer(first, "virginica", "(model: stored)")
    expect(first.get_by_role("heading")).to_have_text("Which iris?")

    waiting = "async () => Boolean((await navigator.serviceWorker.ready).waiting)"
    wait_for_value(lambda: first.evaluate(waiting), True)
    first.close()
    second = context.new_page()
    second.goto(server.page_address)
    expect(second.get_by_role("heading")).to_have_text("Iris, anew")
    expect_answer(second, "virginica", "(model: stored)")


@pytest.fixture
def server_with_snippets(server):
    """Return the server; main.py now also has the other snippets of the docs that run in a page.

    The page also has the file input and the chunk files that these snippets need.
    """
    snippets = [
        text
        for heading, texts in code_blocks("python").items()
        for text in texts
        if heading not in (BY_HAND, "The same on CPython")
    ]
    assert len(snippets) == 10
    main = server.page_folder / "main.py"
    main.write_text("\n".join([main.read_text("utf-8"), *snippets]), "utf-8")
    field = re.search(r"`(<input id=\"files\"[^`]*>)`", TEXT)[1]
    index = server.page_folder / "index.html"
    index.write_text(index.read_text("utf-8").replace("</body>", f"{field}</body>"), "utf-8")
    write_chunk_files(server.page_folder)
    return server


def write_chunk_files(folder):
    """Write each chunk of iris.onnx to its own file."""
    manifest = Manifest.parse((folder / "iris.json").read_text("utf-8"))
    content = (folder / "iris.onnx").read_bytes()
    for index in range(len(manifest.chunks)):
        (folder / f"iris.onnx.{index}").write_bytes(content[slice(*manifest.digests.span(index))])


def test_the_other_snippets_do_what_the_docs_say(page, server_with_snippets):
    printed, downloads = [], []
    page.on("console", lambda message: printed.append(message.text))
    page.on("download", lambda download: downloads.append(download))
    page.goto(server_with_snippets.page_address)
    for line in (
        "failed: ModelUnavailable BadStatus ",
        "(2, 3) float32",
        "features float32 (N, 4)",
        "probabilities float32 (N, 3)",
        "1 stored",
        "without a manifest: downloaded (2, 3)",
        "update: current None",
        "there is no previous version",
        "indexeddb://iris 1 ",
        "persistent storage: ",
        "isolated: stored",
        "chunks: downloaded",
    ):
        wait_for_value(partial(has_printed, page, printed, line), True)
    assert page.locator("[data-failure]").text_content() == ""
    assert set(current_versions(page)) == {
        "iris",
        "chunks",
        f"{server_with_snippets.page_address}iris.json",
        f"{server_with_snippets.page_address}iris.onnx",
    }

    wait_for_value(lambda: after_delivery(page, lambda: len(downloads)), 2)
    for download in downloads:
        original = server_with_snippets.page_folder / download.suggested_filename
        assert Path(download.path()).read_bytes() == original.read_bytes()
    files = [server_with_snippets.page_folder / name for name in ("iris.onnx", "iris.json")]
    page.locator("#files").set_input_files(files)
    wait_for_value(lambda: has_printed(page, printed, "picked: iris file"), True)

    write_version_2(server_with_snippets.page_folder)
    printed.clear()
    page.reload()
    wait_for_value(lambda: has_printed(page, printed, "failed: ModelUnavailable "), True)
    wait_for_value(lambda: has_printed(page, printed, "back to version 1"), True)
    updates = {"update: ready None", "Version 2 runs from the next visit on."}
    wait_for_value(lambda: after_delivery(page, lambda: updates.isdisjoint(printed)), False)


def after_delivery(page, read):
    """Return `read()`, after Playwright has delivered the messages and downloads of the page."""
    page.evaluate("0")
    return read()


def has_printed(page, printed, start):
    """Return whether the page has printed a line that starts with `start`."""
    return after_delivery(page, lambda: any(line.startswith(start) for line in printed))
