"""Follow docs/your-own-model.md, command by command, in an empty folder."""

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
from tests.browser.support.site import SiteServer
from tests.support.own_model_page import TEXT, code_block_of_step, code_blocks
from tests.support.small_models import iris
from tools.env import venv

SHELL = {**os.environ, "PYTHONPATH": str(venv.ROOT)}
PYTHON = [sys.executable, "-m", "tests.support.bundling"]
"""What `python` runs in the page's commands: this Python, and build.py without compression."""


def arguments(command):
    """Return the words of a command of the page."""
    python, *others = shlex.split(command)
    assert python == "python"
    return [*PYTHON, *others]


def follow(command, folder):
    """Run a command of the page in a folder; return its output."""
    done = subprocess.run(
        arguments(command), cwd=folder, env=SHELL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def served(command, folder):
    """Run a command that serves, at a free port; return the address that it prints."""
    with subprocess.Popen(
        [*arguments(command), "--port", "0"],
        cwd=folder,
        env=SHELL,
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
    """Return a folder beside the project, after steps 1 to 3."""
    base = tmp_path_factory.mktemp("five-steps")
    (base / "offline-digits").symlink_to(venv.ROOT)
    folder = base / "my-page"
    folder.mkdir()
    (folder / "iris.onnx").write_bytes(iris())
    assert "features: float32 (N, 4)" in follow(code_block_of_step(1, "sh"), folder)
    (folder / "index.html").write_text(code_block_of_step(2, "html"), "utf-8")
    (folder / "main.py").write_text(code_block_of_step(3, "python"), "utf-8")
    return folder


def expect_answer(page, *words):
    for word in words:
        expect(page.locator("#answer")).to_contain_text(word)


def offline_ready(page):
    page.locator("html[data-offline=ready]").wait_for()


def test_five_steps_make_a_page_that_works_with_no_network(page, my_page):
    with served(code_block_of_step(4, "sh"), my_page) as address:
        page.goto(address)
        expect_answer(page, "setosa", "(model: downloaded)")
        offline_ready(page)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect_answer(page, "setosa", "(model: stored)")
    page.locator("#features").fill("6.5 3.0 5.5 2.0")
    expect_answer(page, "virginica", "%")
    page.locator("#features").fill("6.5 3.0")
    expect_answer(page, "should be float32 (N, 4)", "given is float32 (1, 2)")
    page.locator("#features").fill("long and wide")
    expect_answer(page, "could not convert")
    assert [url for url in asked if url.endswith(".onnx")] == []
    assert page.locator("[data-failure]").text_content() == ""


@pytest.fixture(scope="module")
def bundled(my_page):
    """Return the folder after the command of step 5."""
    follow("python ../offline-digits/build.py bundle .", my_page)
    return my_page


@pytest.fixture
def published(bundled, tmp_path):
    """Return a static host that has the folder of step 5 below a path."""
    shutil.copytree(bundled, tmp_path / "host" / "below" / "it")
    server = SiteServer(tmp_path / "host")
    server.page_folder = tmp_path / "host" / "below" / "it"
    server.page_address = f"{server.address}below/it/"
    yield server
    server.stop()


def test_a_missing_model_is_reported_in_the_page(page, published):
    published.faults["iris.onnx"] = "missing"
    page.goto(published.page_address)
    expect(page.get_by_role("alert")).to_contain_text("iris.onnx was answered with status 404")


def publish_version_2(folder):
    (folder / "iris.onnx").write_bytes(iris(bias=40.0))
    follow(code_block_of_step(5, "sh").replace("../offline-digits", str(venv.ROOT)), folder)


def test_a_new_model_is_a_new_file_and_its_manifest(page, published):
    page.goto(published.page_address)
    expect_answer(page, "setosa", "(model: downloaded)")
    offline_ready(page)
    publish_version_2(published.page_folder)
    page.reload()
    expect_answer(page, "setosa", "(model: stored)")
    newer = hashlib.sha256(iris(bias=40.0)).hexdigest()
    wait_for_value(lambda: list(current_versions(page).values()), [newer])
    page.reload()
    expect_answer(page, "virginica", "(model: stored)")


def test_a_change_of_the_page_shows_once_all_its_tabs_were_closed(context, published):
    first = context.new_page()
    first.goto(published.page_address)
    offline_ready(first)
    index = published.page_folder / "index.html"
    index.write_text(index.read_text("utf-8").replace("Which iris?", "Iris, anew"), "utf-8")
    follow(f"python {venv.ROOT}/build.py bundle .", published.page_folder)
    first.reload()
    expect(first.get_by_role("heading")).to_have_text("Which iris?")
    waiting = "async () => Boolean((await navigator.serviceWorker.ready).waiting)"
    wait_for_value(lambda: first.evaluate(waiting), True)
    first.close()
    second = context.new_page()
    second.goto(published.page_address)
    expect(second.get_by_role("heading")).to_have_text("Iris, anew")
    expect_answer(second, "(model: stored)")


@pytest.fixture
def with_more(published):
    """Return the host with all snippets of "More" in main.py, and the files that they need."""
    more = [
        text
        for heading, texts in code_blocks("python").items()
        for text in texts
        if not heading.startswith("3.") and heading != "The same on CPython"
    ]
    assert len(more) == 9
    (published.page_folder / "main.py").write_text(
        "\n".join([code_block_of_step(3, "python"), *more]), "utf-8"
    )
    field = re.search(r"`(<input id=\"files\"[^`]*>)`", TEXT)[1]
    index = published.page_folder / "index.html"
    index.write_text(index.read_text("utf-8").replace("</body>", f"{field}</body>"), "utf-8")
    cut_into_chunks(published.page_folder)
    return published


def cut_into_chunks(folder):
    manifest = Manifest.parse((folder / "iris.json").read_text("utf-8"))
    content = (folder / "iris.onnx").read_bytes()
    for index in range(len(manifest.chunks)):
        (folder / f"iris.onnx.{index}").write_bytes(content[slice(*manifest.span(index))])


def test_all_other_snippets_of_the_page_do_what_it_says(page, with_more):
    said, downloads = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("download", lambda download: downloads.append(download))
    page.goto(with_more.page_address)
    wait_for_value(lambda: says(page, said, "failed: ModelUnavailable BadStatus "), True)
    for line in (
        "(2, 3) float32",
        "features float32 (N, 4)",
        "probabilities float32 (N, 3)",
        "1 stored",
        "update: current None",
        "there is no previous version",
        "indexeddb://iris 1 ",
        "persistent storage: ",
        "isolated: stored",
        "chunks: downloaded",
    ):
        assert [text for text in said if text.startswith(line)], f"{line} is not among {said}"
    assert page.locator("[data-failure]").text_content() == ""
    assert set(current_versions(page)) == {"iris", "chunks", f"{with_more.page_address}iris.json"}

    wait_for_value(lambda: (page.evaluate("0"), len(downloads))[1], 2)
    for download in downloads:
        original = with_more.page_folder / download.suggested_filename
        assert Path(download.path()).read_bytes() == original.read_bytes()
    files = [with_more.page_folder / name for name in ("iris.onnx", "iris.json")]
    page.locator("#files").set_input_files(files)
    wait_for_value(lambda: says(page, said, "picked: iris given"), True)

    publish_version_2(with_more.page_folder)
    said.clear()
    page.reload()
    wait_for_value(lambda: says(page, said, "failed: ModelUnavailable "), True)
    assert "back to version 1" in said
    assert {"update: ready None", "Version 2 runs from the next visit on."} & set(said)


def says(page, said, start):
    """Return whether the page has printed a line with this beginning."""
    page.evaluate("0")  # lets Playwright deliver the page's messages
    return any(line.startswith(start) for line in said)
