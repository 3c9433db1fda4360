"""Run the commands and code blocks of docs/your-own-model.md in an empty folder."""

import contextlib
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from offline_onnx import Manifest
from tests.browser.support.database import current_versions
from tests.browser.support.drawing import wait_for_value
from tests.browser.support.site_server import SiteServer
from tests.support.own_model_page import TEXT, code_block_of_step, code_blocks
from tests.support.small_models import iris
from tools.env import venv

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(venv.ROOT)}
PYTHON = [sys.executable, "-m", "tests.support.bundling"]
"""Replaces `python` in the documented commands. It runs build.py without compression."""


def parse_command(command):
    """Return the arguments of a documented command, with `python` replaced by PYTHON."""
    python, *others = shlex.split(command)
    assert python == "python"
    return [*PYTHON, *others]


def run_command(command, folder):
    """Run a documented command in a folder; return its output."""
    process = subprocess.run(
        parse_command(command),
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


@contextlib.contextmanager
def run_server(command, folder):
    """Run the documented command that starts a server, on a free port; yield its address."""
    with subprocess.Popen(
        [*parse_command(command), "--port", "0"],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield re.match(r"http://localhost:\d+/", server.stdout.readline())[0]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def my_page(tmp_path_factory):
    """Return a folder beside a link to the project, in which steps 1 to 3 have been done."""
    base = tmp_path_factory.mktemp("five-steps")
    (base / "offline-digits").symlink_to(venv.ROOT)
    folder = base / "my-page"
    folder.mkdir()
    (folder / "iris.onnx").write_bytes(iris())
    assert "features: float32 (N, 4)" in run_command(code_block_of_step(1, "sh"), folder)
    (folder / "index.html").write_text(code_block_of_step(2, "html"), "utf-8")
    (folder / "main.py").write_text(code_block_of_step(3, "python"), "utf-8")
    return folder


def expect_answer(page, *words):
    """Wait until the page's answer contains all of the words."""
    for word in words:
        expect(page.locator("#answer")).to_contain_text(word)


def wait_until_offline_ready(page):
    """Wait until the page is stored for offline use."""
    page.locator("html[data-offline=ready]").wait_for()


def test_the_five_steps_build_a_page_that_works_offline(page, my_page):
    with run_server(code_block_of_step(4, "sh"), my_page) as address:
        page.goto(address)
        expect_answer(page, "setosa", "(model: downloaded)")
        wait_until_offline_ready(page)
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
    """Return the folder of the page after the command of step 5."""
    run_command("python ../offline-digits/build.py bundle .", my_page)
    return my_page


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


def publish_version_2(folder):
    """Replace the model in a page's folder with version 2, and repeat step 5."""
    (folder / "iris.onnx").write_bytes(iris(bias=40.0))
    run_command(code_block_of_step(5, "sh").replace("../offline-digits", str(venv.ROOT)), folder)


def test_a_new_model_is_used_by_the_next_visit_and_a_changed_page_once_its_tabs_were_closed(
    context, server
):
    first = context.new_page()
    first.goto(server.page_address)
    expect_answer(first, "setosa", "(model: downloaded)")
    wait_until_offline_ready(first)
    index = server.page_folder / "index.html"
    index.write_text(index.read_text("utf-8").replace("Which iris?", "Iris, anew"), "utf-8")
    publish_version_2(server.page_folder)
    run_command(f"python {venv.ROOT}/build.py bundle .", server.page_folder)

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
    """Return the server; main.py now has the Python of step 3 and all other snippets of the docs.

    The page also has the file input and the chunk files that these snippets need.
    """
    snippets = [
        text
        for heading, texts in code_blocks("python").items()
        for text in texts
        if not heading.startswith("3.") and heading != "The same on CPython"
    ]
    assert len(snippets) == 10
    (server.page_folder / "main.py").write_text(
        "\n".join([code_block_of_step(3, "python"), *snippets]), "utf-8"
    )
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


def test_all_other_snippets_do_what_the_docs_say(page, server_with_snippets):
    printed, downloads = [], []
    page.on("console", lambda message: printed.append(message.text))
    page.on("download", lambda download: downloads.append(download))
    page.goto(server_with_snippets.page_address)
    wait_for_value(lambda: has_printed(page, printed, "failed: ModelUnavailable BadStatus "), True)
    for line in (
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
        assert [text for text in printed if text.startswith(line)], f"{line} is not among {printed}"
    assert page.locator("[data-failure]").text_content() == ""
    assert set(current_versions(page)) == {
        "iris",
        "chunks",
        f"{server_with_snippets.page_address}iris.json",
        f"{server_with_snippets.page_address}iris.onnx",
    }

    wait_for_value(lambda: (page.evaluate("0"), len(downloads))[1], 2)
    for download in downloads:
        original = server_with_snippets.page_folder / download.suggested_filename
        assert Path(download.path()).read_bytes() == original.read_bytes()
    files = [server_with_snippets.page_folder / name for name in ("iris.onnx", "iris.json")]
    page.locator("#files").set_input_files(files)
    wait_for_value(lambda: has_printed(page, printed, "picked: iris file"), True)

    publish_version_2(server_with_snippets.page_folder)
    printed.clear()
    page.reload()
    wait_for_value(lambda: has_printed(page, printed, "failed: ModelUnavailable "), True)
    assert "back to version 1" in printed
    assert {"update: ready None", "Version 2 runs from the next visit on."} & set(printed)


def has_printed(page, printed, start):
    """Return whether the page has printed a line that starts with `start`."""
    page.evaluate("0")  # lets Playwright deliver the messages of the page
    return any(line.startswith(start) for line in printed)
