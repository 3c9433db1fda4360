"""Pages of `offline-onnx new`: forms with fields of all kinds, and the smallest page."""

import pytest
from onnx import TensorProto, helper
from playwright.sync_api import expect

from offline_onnx_page.new.folder import make_page
from tests.browser.own_model.test_example import run_in_thread
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tests.support.small_models import onnx_model
from tools.site import bundle


def mixed_model():
    """Return a model that returns its inputs: switches, a text, a list, and two whole numbers."""
    specs = {
        "switches": (TensorProto.BOOL, [1, 2]),
        "text": (TensorProto.STRING, ["N", 1]),
        "list": (TensorProto.FLOAT, ["N", "length"]),
        "pair": (TensorProto.INT64, ["N", 2]),
    }
    nodes = [helper.make_node("Identity", [name], [f"same_{name}"]) for name in specs]
    return onnx_model(specs, {f"same_{name}": spec for name, spec in specs.items()}, *nodes)


@pytest.fixture
def open_page(page, tmp_path):
    """Return a function that makes a page, serves it and opens it; it returns the tab."""
    servers = []

    def open_new(template, model=None):
        folder = tmp_path / "page"
        make_page(folder, template, model)
        with bundling.lock(), bundling.without_compression():
            run_in_thread(bundle.bundle_page, folder)
        servers.append(SiteServer(folder))
        page.goto(servers[0].address)
        return page

    yield open_new
    for server in servers:
        server.stop()


def test_a_form_has_fields_of_all_kinds_and_explains_wrong_values(open_page, tmp_path):
    (tmp_path / "mixed.onnx").write_bytes(mixed_model())
    page = open_page("form", tmp_path / "mixed.onnx")
    # switches, pair: a single value (the text, the list's only 0) is shown without a table
    expect(page.locator("#details table")).to_have_count(2)
    page.get_by_label("2", exact=True).first.check()
    page.get_by_role("textbox", name="text").fill("Grüße <b>")
    page.get_by_label("Numbers").fill("1.5, 2\n-3e2")
    pair = page.get_by_role("group", name="pair").get_by_role("spinbutton")
    pair.first.fill("9007199254740993")
    pair.first.press("Enter")
    cells = page.locator("#details td")
    expect(cells).to_contain_text(["0", "1", "1.5", "2", "-300", "9007199254740993", "0"])
    page.get_by_text("same_text", exact=True).click()
    expect(page.locator("#details")).to_contain_text("Grüße <b>")

    page.get_by_label("Numbers").fill("1.5 apples")
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_role("alert")).to_have_text("list: apples is not a number.")
    page.get_by_label("Numbers").fill("")
    page.get_by_role("button", name="Run the model").click()
    expect(page.locator("[data-failure]")).to_be_hidden()


def test_the_smallest_page_runs_when_its_button_is_pressed(open_page):
    page = open_page("plain")
    expect(page.locator("#answer")).to_have_text("virginica")
    expect(page.locator("#details")).to_contain_text("probabilities: [[")
    page.evaluate("document.getElementById('details').textContent = ''")
    page.get_by_role("button", name="Run the model").click()
    expect(page.locator("#details")).to_contain_text("probabilities: [[")
