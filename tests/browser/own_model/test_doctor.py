"""`doctor` visits a page, and says what is wrong with sites that are broken in ten ways."""

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from offline_onnx.command.main import main
from offline_onnx_page.checks.doctor import diagnose
from tests.browser.support import request_log
from tests.support import bundling
from tests.unit.checks.broken_sites import (
    BROKEN_SITES,
    CDN,
    BrokenSite,
    as_cell,
    build_broken,
    documented,
    serve,
    write,
)
from tools.site import bundle


@pytest.fixture(scope="module")
def prebuilt():
    """Return the prebuilt files."""
    with bundling.lock():
        return bundle.prebuilt()


@pytest.fixture
def cdn(tmp_path):
    """Serve a script on another host; return its address."""
    folder = tmp_path / "cdn"
    folder.mkdir()
    (folder / "chart.js").write_text("globalThis.chart = 1;", "utf-8")
    with serve(folder) as address:
        yield address.replace("localhost", "127.0.0.1") + "chart.js"
    # The page that loads this script is broken on purpose.
    request_log.cross_origin[:] = [
        each for each in request_log.cross_origin if "/chart.js" not in each
    ]


def build(broken, prebuilt, folder, cdn):
    """Build a broken site. If its page loads the script CDN, it loads the one at `cdn` instead."""

    def change_page(page):
        broken.change_page(page)
        html = (page / "index.html").read_text("utf-8")
        write("index.html", html.replace(CDN, cdn))(page)

    return build_broken(dataclasses.replace(broken, change_page=change_page), prebuilt, folder)


def test_doctor_says_what_is_documented_about_each_broken_site(
    shared_context, prebuilt, tmp_path, cdn, subtests
):
    for number, broken in enumerate(BROKEN_SITES):
        with subtests.test(broken.name):
            site = build(broken, prebuilt, tmp_path / str(number), cdn)
            with serve(site, broken.host) as address:
                visits = diagnose(shared_context, address)
            faults = [line.partition(" s: ")[2] for v in visits for line in v.lines() if v.faults]
            text = as_cell(faults).replace(cdn, CDN).replace(address, "https://example.org/")
            assert text == documented()[broken.name][1]


def test_doctor_opens_a_folder_in_a_browser_of_its_own(prebuilt, tmp_path, capsys, browser_path):
    """Each of the three visits succeeds; Python starts from its snapshot in the later ones."""
    site = build_broken(BrokenSite("good"), prebuilt, tmp_path)
    with ThreadPoolExecutor(1) as executor:  # Playwright's own event loop may run in this thread
        arguments = ["doctor", str(site), "--json", "--browser", browser_path]
        status = executor.submit(main, arguments).result()
    data = json.loads(capsys.readouterr().out)
    visits = [(each["python"], each["offline"], each["faults"]) for each in data["visits"]]
    assert visits == [(how, "ready", []) for how in ("created", "restored", "restored")]
    assert (status, data["site"]) == (0, str(site))


@pytest.fixture
def browser_path(browser_type_launch_args):
    """Return the path of the browser of the tests."""
    return browser_type_launch_args["executable_path"]
