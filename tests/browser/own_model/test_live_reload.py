"""`offline-onnx serve`: an open page shows each change at once, and works offline afterwards."""

import contextlib
import threading

import pytest
from playwright.sync_api import expect

from offline_onnx_page.serving import live_reload
from offline_onnx_page.serving.live_reload import open_page
from offline_onnx_page.site.page import PageBuild
from tests.browser.own_model.test_worker import POLICY
from tests.support import bundling
from tests.support.small_models import adder, write_model
from tools.cache import SCRATCH
from tools.site import bundle

HTML = f"""<!doctype html><html><head><meta charset="utf-8">{POLICY}<title>One</title>
<script type="module" src="built/run.js" data-main="main.py"></script>
</head><body><output id="answer"></output><p data-failure role="alert"></p></body></html>"""
MAIN = """
from js import document
from offline_onnx import load

model = await load("adder.json")
outputs = await model.run({"x": [[1, 2]]})
document.getElementById("answer").textContent = f"HELLO {outputs['y'].tolist()}"
"""


@pytest.fixture
def source(tmp_path):
    """Return the folder of a page with a model, which is not built."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text(HTML, "utf-8")
    (folder / "main.py").write_text(MAIN, "utf-8")
    write_model(folder, adder(1), "adder")
    return folder


@pytest.fixture
def serve(source, monkeypatch):
    """Return a context manager that serves the page as the command does; it yields the port."""
    monkeypatch.setattr(live_reload, "POLL_INTERVAL", 0.05)
    with bundling.lock():
        prebuilt = bundle.prebuilt()
    page = PageBuild(source, source, prebuilt, scratch=SCRATCH, compress=lambda _: None)

    @contextlib.contextmanager
    def serve(port=0):
        with open_page(page, port, print) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield server.server_port
            server.shutdown()
            thread.join()

    return serve


def test_an_open_page_shows_every_change_at_once_and_works_offline(page, source, serve):
    answer = page.locator("#answer")
    with serve() as port:
        page.goto(f"http://localhost:{port}/")
        expect(answer).to_have_text("HELLO [[2.0, 3.0]]")
        page.locator("html[data-offline=ready]").wait_for()
        (source / "main.py").write_text(MAIN.replace("HELLO", "Hello"), "utf-8")
        expect(answer).to_have_text("Hello [[2.0, 3.0]]")
        page.locator("html[data-offline=ready]").wait_for()
        write_model(source, adder(5), "adder", "2")
        expect(answer).to_have_text("Hello [[6.0, 7.0]]")
        page.locator("html[data-offline=ready]").wait_for()
        (source / "page.toml").write_text("packages = [", "utf-8")
        expect(page.locator("#offline-onnx-failure")).to_contain_text("page.toml is not TOML")
        expect(answer).to_have_text("Hello [[6.0, 7.0]]")
        (source / "page.toml").unlink()
        expect(page.get_by_text("is not TOML")).to_have_count(0)
        page.locator("html[data-offline=ready]").wait_for()
        (source / "index.html").write_text(HTML.replace("One", "Two"), "utf-8")
        expect(page).to_have_title("Two")
        page.locator("html[data-offline=ready]").wait_for()
    page.reload()
    expect(answer).to_have_text("Hello [[6.0, 7.0]]")
    expect(page).to_have_title("Two")
    # The tab stays open. The page is changed, and the server is started again.
    (source / "main.py").write_text(MAIN.replace("HELLO", "Again"), "utf-8")
    with serve(port):
        expect(answer).to_have_text("Again [[6.0, 7.0]]")
        page.goto("about:blank")
