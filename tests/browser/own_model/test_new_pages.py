"""Pages of `offline-onnx new`: forms with fields of all kinds, and the smallest page."""

import pytest
from onnx import TensorProto, helper
from playwright.sync_api import expect

from offline_onnx_page.new.folder import make_page
from tests.browser.own_model.test_example import run_in_thread
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tests.support.small_models import classifier, onnx_model
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
    """Return a function that makes a page, serves it and opens it; it returns the tab.

    Its last argument, if given, becomes the page's main.py.
    """
    servers = []

    def open_new(template, model=None, code=""):
        folder = tmp_path / "page"
        make_page(folder, template, model)
        if code:
            (folder / "main.py").write_text(code, "utf-8")
        with bundling.lock(), bundling.without_compression():
            run_in_thread(bundle.bundle_page, folder)
        servers.append(SiteServer(folder))
        page.goto(servers[0].address)
        return page

    yield open_new
    for server in servers:
        server.stop()


def test_a_form_has_fields_of_four_kinds_and_explains_wrong_values(open_page, tmp_path):
    (tmp_path / "mixed.onnx").write_bytes(mixed_model())
    page = open_page("form", tmp_path / "mixed.onnx")
    expect(page.locator("#answer")).to_have_text("Fill in the form.")
    page.get_by_label("2", exact=True).first.check()
    expect(page.locator("#details table")).to_have_count(2)  # switches, pair; a text has no table
    page.get_by_role("textbox", name="text").fill("Grüße <b>")
    page.get_by_label("Numbers").fill("1.5, 2\n-3e2")
    pair = page.get_by_role("group", name="pair").get_by_role("spinbutton")
    pair.first.fill("9007199254740993")
    pair.first.press("Enter")
    cells = page.locator("#details td")
    expect(cells).to_contain_text(["no", "yes", "1.5", "2", "-300", "9007199254740993", "0"])
    expect(page.locator("#details")).to_contain_text("Grüße <b>")

    page.get_by_label("Numbers").fill("1.5 apples")
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_role("alert")).to_have_text("list: apples is not a number.")
    expect(page.locator("#answer")).to_have_text("No answer")
    expect(page.locator("#details")).to_have_text("The reason is at the top of the page.")
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


def test_a_classifier_shows_its_classes_and_the_first_values_are_those_of_the_self_test(
    open_page, tmp_path
):
    (tmp_path / "rent.onnx").write_bytes(classifier())
    page = open_page("form", tmp_path / "rent.onnx")
    expect(page.get_by_label("city")).to_have_value("Wien")
    area = page.get_by_label("living area")
    expect(area).to_have_value("1")
    expect(page.locator("#answer")).to_have_text("medium")
    expect(page.locator("#details > *")).to_have_count(1)  # no empty section for the label
    page.get_by_label("city").select_option("Porto")
    area.fill("300")
    area.press("Enter")
    expect(page.locator("#answer")).to_have_text("expensive")
    expect(page.locator("#details li")).to_have_text(
        ["expensive99.9%", "medium0.09%", "cheapunder 0.01%"]
    )
    area.fill("")
    area.press("Tab")
    expect(page.get_by_role("alert")).to_have_text("living area: a number is missing.")


def test_a_page_that_can_not_start_does_not_say_that_it_starts_or_works(open_page):
    page = open_page("form", code="model = lod_model()\n")
    expect(page.get_by_role("alert")).to_contain_text("name 'lod_model' is not defined")
    page.locator("html[data-offline=ready]").wait_for()
    for text in ("Starting Python", "Works offline"):
        for found in page.get_by_text(text).all():
            expect(found).to_be_hidden()
