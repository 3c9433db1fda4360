"""The Python packages that page.toml names: on the first visit, and offline from then on."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.own_model.test_worker import POLICY
from tests.browser.support.site_server import SiteServer
from tests.browser.worlds import packages
from tests.support import bundling
from tools.site import bundle

WHEELS = ("comm", "msgspec")
"""A pure wheel, and one with code that was compiled for the page's Python."""
MAIN = """
import comm
import msgspec
import my_module
import my_package.part

found = msgspec.json.decode(msgspec.json.encode([my_module.NAME, my_package.part.text()]))
answer = " ".join([*found, comm.__name__, msgspec.__version__])
try:
    from offline_onnx_worker import port
except ImportError:
    from js import document
    document.getElementById("answer").textContent = answer
else:
    port.postMessage(answer)
"""
FILES = {
    "main.py": MAIN,
    "my_module.py": 'NAME = "module"',
    "my_package/__init__.py": "",
    "my_package/part.py": "from importlib.resources import files\n"
    'text = lambda: files("my_package").joinpath("text é.txt").read_text("utf-8")',
    "my_package/text é.txt": "text",
    "page.js": """import { port } from "./built/worker_port.js";
port.onmessage = ({ data }) => (document.getElementById("answer").textContent = data);""",
    "image é #1.txt": "a file with an odd name",
}
HTML = """<!doctype html><html><head><meta charset="utf-8">{policy}<title>Packages</title>
<script type="module" src="built/run.js" data-main="main.py"{worker}></script>{page_script}
</head><body><output id="answer"></output><p data-failure role="alert"></p></body></html>"""
PAGES = {
    "main": HTML.format(policy=POLICY, worker="", page_script=""),
    "worker": HTML.format(
        policy=POLICY,
        worker=" data-worker",
        page_script='<script type="module" src="page.js"></script>',
    ),
}
"""The content of index.html, for Python on the main thread and in a worker."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of a page with packages, built."""
    folder = tmp_path_factory.mktemp("packages")
    wheels = [file for file in packages.download_wheels() if file.name.split("-")[0] in WHEELS]
    for wheel in wheels:
        shutil.copy(wheel, folder)
    named = ["my_module.py", "my_package", *(wheel.name for wheel in wheels)]
    for path, content in (FILES | {"page.toml": f"packages = {named}"}).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    (folder / "index.html").write_text(PAGES["main"], "utf-8")
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(folder)
    assert len(wheels) == 2
    return folder


@pytest.fixture
def server(built, tmp_path):
    """Return a server of a copy of the page."""
    server = SiteServer(shutil.copytree(built, tmp_path / "page"))
    yield server
    if not server.is_down:
        server.stop()


def build_with(server, place):
    """Build the served page again, with Python on the main thread or in a worker."""
    (server.folder / "index.html").write_text(PAGES[place], "utf-8")
    with bundling.lock(), bundling.without_compression():
        bundle.bundle_page(server.folder)


@pytest.mark.parametrize("place", PAGES)
def test_packages_are_importable_on_the_first_visit_and_on_an_offline_one(page, server, place):
    build_with(server, place)
    answer = page.locator("#answer")
    page.goto(server.address)
    expect(answer).to_have_text(re.compile(r"^module text comm \d+\.\d+"))
    page.locator("html[data-offline=ready]").wait_for()
    # On the main thread, the offline visit restores the snapshot; a worker has none.
    state = "worker" if place == "worker" else "restored"
    server.stop()
    page.reload()
    expect(answer).to_have_text(re.compile(r"^module text comm \d+\.\d+"))
    page.locator(f"html[data-offline=ready][data-python={state}]").wait_for()
    assert page.locator("[data-failure]").text_content() == ""
    assert page.evaluate("fetch('image é %231.txt').then((r) => r.text())") == (
        "a file with an odd name"
    )


@pytest.mark.parametrize(
    ("place", "ending", "message"),
    [
        ("worker", "packages.zip", r"packages-[0-9a-f]+/packages\.zip: status 404$"),
        ("main", ".whl", r"packages-[0-9a-f]+/msgspec-\S+\.whl: status 404$"),
    ],
)
def test_a_missing_package_is_named_in_the_page(page, server, place, ending, message):
    build_with(server, place)
    server.faults[ending] = "missing"
    page.goto(server.address)
    expect(page.get_by_role("alert")).to_have_text(re.compile(message))
