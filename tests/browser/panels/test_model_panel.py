"""The model panel, with published, stored, custom and incompatible models."""

import json
import os
import shutil

import onnx
import pytest
from playwright.sync_api import expect

from digits.reading.contract import DIGITS
from tests.browser.support import missing_features
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    wait_for_value,
    wait_until_started,
)
from tests.browser.support.site_server import SiteServer
from tests.support.small_models import constant_digit, iris, write_model
from tools.site.bundle import MODEL

MANIFEST = json.loads((MODEL / "digits.json").read_text("utf-8"))
# Counts the requests for persistent storage. The browser reports that none was granted before.
COUNT_PERSIST_REQUESTS = """
window.persistRequests = 0;
StorageManager.prototype.persisted = async () => false;
StorageManager.prototype.persist = async () => { window.persistRequests += 1; return true; };
"""


def open_model_panel(page):
    """Open the panel, wait until it shows the facts about the model, and return the panel."""
    page.locator("#model > summary").click()
    expect(page.locator("#model-facts dd").first).to_be_visible()
    return page.locator("#model")


def fact(page, name):
    """Return the element with the value of a fact, such as "Size", in the panel."""
    row = page.locator("#model-facts div").filter(has=page.get_by_text(name, exact=True))
    return row.locator("dd")


def press_button(page, name):
    """Press a button of the panel, and wait until its action has ended."""
    page.locator("#model").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#model")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def write_model_files(tmp_path):
    """Return a function that writes a model and its manifest, and returns both paths."""

    def write(content, name="mine", **description):
        write_model(tmp_path, content, name, "7", **description)
        return [tmp_path / f"{name}.onnx", tmp_path / f"{name}.json"]

    return write


def choose_model_files(page, files):
    """Choose these files as a custom model."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load another model").click()
    chooser.value.set_files(files)


def test_the_panel_shows_facts_of_the_model_and_of_the_storage(shared_app):
    open_model_panel(shared_app)
    expect(fact(shared_app, "In use")).to_have_text(f"digits {MANIFEST['version']}")
    expect(fact(shared_app, "Size")).to_have_text(f"{MANIFEST['size'] / 1000:.0f} KB")
    expect(fact(shared_app, "SHA-256")).to_have_text(MANIFEST["sha256"])
    accuracy = MANIFEST["metadata"]["mnist_test_accuracy"]
    expect(fact(shared_app, "Accuracy")).to_contain_text(f"{100 * accuracy:.2f}%")
    expect(fact(shared_app, "Where it came from")).to_contain_text("nothing was downloaded")
    expect(fact(shared_app, "Stored on this device")).to_contain_text(MANIFEST["version"])
    year = str(shared_app.evaluate("new Date().getFullYear()"))
    expect(fact(shared_app, "Stored on this device")).to_contain_text(year)
    used, granted = shared_app.evaluate(
        "navigator.storage.estimate().then(({usage, quota}) => [usage, quota])"
    )
    storage = fact(shared_app, "Storage").text_content()
    assert float(storage.split()[0]) == pytest.approx(used / 1e6, rel=0.1)
    assert float(storage.split()[-2]) == pytest.approx(granted / 1e9, rel=0.1)
    yes_or_no = "Yes" if shared_app.evaluate("navigator.storage.persisted()") else "No"
    expect(fact(shared_app, "Safe from deletion")).to_contain_text(yes_or_no)
    press_button(shared_app, "Check for an update")
    expect(shared_app.locator("#model-news")).to_have_text(
        f"Version {MANIFEST['version']} is the newest."
    )


def test_the_second_visit_requests_persistent_storage(visited_site):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(COUNT_PERSIST_REQUESTS)
    page.goto(address)
    wait_until_started(page)
    wait_for_value(lambda: page.evaluate("persistRequests"), expected=1)
    page.close()


def test_the_model_is_saved_to_disk(shared_app, tmp_path):
    open_model_panel(shared_app)
    with (
        shared_app.expect_download(lambda d: d.suggested_filename == "digits.onnx") as model,
        shared_app.expect_download(lambda d: d.suggested_filename == "digits.json") as manifest,
    ):
        press_button(shared_app, "Save to disk")
    model.value.save_as(tmp_path / "digits.onnx")
    manifest.value.save_as(tmp_path / "digits.json")
    assert (tmp_path / "digits.onnx").read_bytes() == (MODEL / "digits.onnx").read_bytes()
    assert json.loads((tmp_path / "digits.json").read_text("utf-8")) == MANIFEST


@pytest.fixture
def page_and_publisher(page, site, tmp_path):
    """Yield a page without service worker, its server, and a function that publishes a model."""
    folder = tmp_path / "site"
    shutil.copytree(site, folder, copy_function=os.link)
    (models,) = (folder / "built").glob("model-*")
    server = SiteServer(folder)

    def publish_version(version):
        """Replace the published model with one that has this version."""
        model = onnx.load(MODEL / "digits.onnx")
        model.doc_string = version
        (models / "digits.onnx").unlink()
        (models / "digits.json").unlink()
        write_model(
            models,
            model.SerializeToString(),
            "digits",
            version,
            labels=MANIFEST["labels"],
            metadata=MANIFEST["metadata"],
        )

    page.add_init_script(missing_features.NO_SERVICE_WORKER)
    page.goto(server.address)
    wait_until_started(page)
    yield page, server, publish_version
    server.stop()


def test_a_newer_model_is_downloaded_used_rolled_back_and_removed(page_and_publisher):
    page, server, publish_version = page_and_publisher
    news, old = page.locator("#model-news"), MANIFEST["version"]
    draw(page, DRAWN_DIGITS["4"])
    open_model_panel(page)
    expect(fact(page, "Where it came from")).to_have_text("Downloaded and stored")
    publish_version("9.0.0")
    press_button(page, "Check for an update")
    expect(news).to_contain_text("Version 9.0.0 was downloaded, passed its test")
    expect(fact(page, "In use")).to_have_text(f"digits {old}")
    expect(fact(page, "Previous version")).to_have_text(old)
    press_button(page, "Use version 9.0.0")
    expect(news).to_have_text("Version 9.0.0 is now in use.")
    expect(fact(page, "In use")).to_have_text("digits 9.0.0")
    expect_digit(page, "4")
    press_button(page, f"Use version {old}")
    expect(fact(page, "In use")).to_have_text(f"digits {old}")
    press_button(page, "Check for an update")
    expect(news).to_contain_text("You went back to an older one")
    press_button(page, "Use version 9.0.0")
    expect(fact(page, "In use")).to_have_text("digits 9.0.0")
    press_button(page, "Remove from this device")
    expect(fact(page, "Stored on this device")).to_have_text("Nothing")
    expect(news).to_be_focused()  # the button that had the focus is hidden
    removed = "Model 9.0.0. It is no longer stored on this device."
    expect(page.locator("#origin")).to_have_text(removed)
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    press_button(page, "Store it on this device again")
    expect(fact(page, "Stored on this device")).to_contain_text("Version 9.0.0")
    server.stop()
    press_button(page, "Check for an update")
    expect(news).to_contain_text("That did not work: the server can't be reached")
    server.start()
    page.reload()
    wait_until_started(page)
    expect(page.locator("#origin")).to_contain_text("Model 9.0.0, from this device")
    expect_digit(page, "7")


def test_a_custom_model_is_used_until_a_reload_even_offline(visited_site, write_model_files):
    context, address = visited_site
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    draw(page, DRAWN_DIGITS["4"])
    expect_digit(page, "4")
    open_model_panel(page)
    files = write_model_files(constant_digit(6), labels=list(DIGITS))
    choose_model_files(page, files)
    expect_digit(page, "6")
    expect(page.locator("#model-news")).to_contain_text("mine 7 is in use")
    expect(fact(page, "Accuracy")).to_contain_text("does not say")
    # The custom model has no features output, so it can't be taught.
    expect(page.locator("#teach:disabled")).to_be_attached()
    expect(fact(page, "Stored on this device")).to_contain_text(MANIFEST["version"])
    press_button(page, "Back to the page's own model")
    expect_digit(page, "4")
    expect(page.locator("#teach:enabled")).to_be_attached()
    choose_model_files(page, files)
    expect_digit(page, "6")
    context.set_offline(True)
    page.reload()
    wait_until_started(page)
    expect_digit(page, "4")
    open_model_panel(page)
    choose_model_files(page, files)
    expect_digit(page, "6")
    context.set_offline(False)
    page.close()


def test_unusable_files_are_refused_with_the_reason(shared_app, write_model_files):
    open_model_panel(shared_app)
    draw(shared_app, DRAWN_DIGITS["4"])
    news = shared_app.locator("#model-news")
    model, manifest = write_model_files(constant_digit(6), labels=list(DIGITS))
    choose_model_files(shared_app, [model])
    expect(news).to_contain_text("must be a .json file, the model's manifest")
    choose_model_files(shared_app, [manifest])
    expect(news).to_contain_text("it is not among the picked files")
    model.write_bytes(constant_digit(5))
    choose_model_files(shared_app, [model, manifest])
    expect(news).to_contain_text("These files could not be used")
    choose_model_files(shared_app, write_model_files(iris(), "iris"))
    expect(news).to_contain_text("but has features: float32 (N, 4)")
    choose_model_files(shared_app, write_model_files(constant_digit(6), "unlabelled"))
    expect(news).to_contain_text("should list the labels 0 to 9")
    expect_digit(shared_app, "4")
    expect(fact(shared_app, "In use")).to_have_text(f"digits {MANIFEST['version']}")


def test_a_custom_model_is_refused_if_its_runtime_is_missing(page, server, write_model_files):
    # `page.route` does not see the requests of a service worker.
    page.add_init_script(missing_features.NO_SERVICE_WORKER)
    page.goto(server.address)
    wait_until_started(page)
    page.route("**/release-*/**", lambda route: route.abort())
    open_model_panel(page)
    choose_model_files(page, write_model_files(constant_digit(6), labels=list(DIGITS)))
    expect(page.locator("#model-news")).to_contain_text("which could not be downloaded")
    draw(page, DRAWN_DIGITS["4"])
    expect_digit(page, "4")
