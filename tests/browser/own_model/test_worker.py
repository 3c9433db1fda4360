"""Python in a worker: the page of docs/worker.md, and a page whose Python computes without end."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tests.support.small_models import iris, write_model
from tools.env import venv
from tools.site import bundle

LABELS = ["setosa", "versicolor", "virginica"]
ANSWER = "setosa, 71% (model: {})"
# A main.py that loads models and waits for a message. It answers with its results, and then
# computes without end.
COMPUTE_WITHOUT_END = """
from offline_onnx_worker import base, port
from pyodide.ffi import create_proxy, run_sync

from offline_onnx import SessionOptions, load
from offline_onnx.errors import DocumentMissing
from offline_onnx.browser import BrowserModelStore, isolated_runtime


async def describe(model):
    outputs = await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]})
    return f"{model.origin.value} {outputs['probabilities'].shape}"


def compute(event):
    port.postMessage(" | ".join([*found, event.data]))
    while True:
        pass


options = SessionOptions(intra_op_num_threads=2)
threaded = run_sync(load("iris.json", options=options))
found = [base, run_sync(describe(threaded)), str(threaded.warning)]
found.append(await describe(await load("iris.json", runtime=await isolated_runtime())))
try:
    await BrowserModelStore().copy("iris.json", "downloads://")
except DocumentMissing as error:
    found.append(type(error).__name__)
port.onmessage = create_proxy(compute)
"""


EXAMPLE = venv.ROOT / "examples" / "own_model" / "index.html"
POLICY = re.search(r"<meta\s+http-equiv.*?>", EXAMPLE.read_text("utf-8"), re.DOTALL)[0]
"""The element with the example page's policy, the strictest under which a page of the library
works."""


def code_block(language):
    """Return the only code block of docs/worker.md in this language."""
    text = (venv.ROOT / "docs" / "worker.md").read_text("utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of the documented page, built."""
    folder = tmp_path_factory.mktemp("worker")
    for name, language in (("index.html", "html"), ("page.js", "js"), ("main.py", "python")):
        (folder / name).write_text(code_block(language), "utf-8")
    write_model(folder, iris(), "iris", labels=LABELS)
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(folder)
    return folder


@pytest.fixture
def server(built):
    """Return a server of the page."""
    server = SiteServer(built)
    yield server
    if not server.is_down:
        server.stop()


@pytest.fixture
def serve_main(built, tmp_path):
    """Return a function that serves the page with another main.py and with POLICY.

    Its argument is the content of main.py. It returns the running server.
    """
    servers = []

    def serve(main):
        folder = tmp_path / "page"
        shutil.copytree(built, folder)
        (folder / "main.py").write_text(main, "utf-8")
        html = code_block("html").replace("<title>", f"{POLICY}<title>")
        (folder / "index.html").write_text(html, "utf-8")
        servers.append(SiteServer(folder))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


def test_the_documented_page_answers_and_works_offline(page, server):
    page.goto(server.address)
    answer = page.locator("#answer")
    expect(answer).to_have_text(ANSWER.format("downloaded"))
    page.locator("html[data-offline=ready][data-python=worker]").wait_for()
    server.stop()
    page.reload()
    expect(answer).to_have_text(ANSWER.format("stored"))
    page.locator("#features").fill("6.5 3.0 5.5 2.0")
    expect(answer).to_contain_text("virginica")
    page.locator("#features").fill("6.5")
    expect(answer).to_contain_text("should be float32 (N, 4)")
    assert page.locator("[data-failure]").text_content() == ""


def test_a_page_stays_usable_while_python_computes_without_end(page, serve_main):
    server = serve_main(COMPUTE_WITHOUT_END)
    page.goto(server.address)
    answer = page.locator("#answer")
    # page.js has sent its first message before main.py set `onmessage`: the message has waited.
    expect(answer).to_contain_text("5.1 3.5 1.4 0.2")
    found = "downloaded (1, 3) | None | stored (1, 3) | DocumentMissing"
    first_answer = f"{server.address} | {found} | 5.1 3.5 1.4 0.2"
    expect(answer).to_have_text(first_answer)
    page.locator("#features").fill("a new text")
    expect(page.locator("#features")).to_have_value("a new text")
    assert page.evaluate("new Promise((done) => requestAnimationFrame(() => done(1)))") == 1
    expect(answer).to_have_text(first_answer)  # Python has not answered the new text


def test_an_error_in_main_py_is_shown_and_a_file_that_was_changed_is_named(page, serve_main):
    server, messages = serve_main("\nimport pandas.io"), []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(server.address)
    expect(page.get_by_role("alert")).to_have_text(
        "ModuleNotFoundError: No module named 'pandas'. Name its package in page.toml, beside "
        'index.html: packages = ["pandas"] (main.py, line 2)'
    )
    reason = (
        "index.html is not the file that was bundled: it was changed later, or the host changes it"
    )
    html = page.locator("html[data-offline=failed]")
    expect(html).to_have_attribute("data-offline-reason", re.compile(reason))
    assert any(reason in message for message in messages)
