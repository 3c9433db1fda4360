"""The panel of the model, with published, stored, custom and incompatible models."""

import json
import os
import shutil

import onnx
import pytest
from playwright.sync_api import expect

from digits.reading.contract import DIGITS
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
COUNT_PERSIST = """
window.asked = 0;
StorageManager.prototype.persisted = async () => false;
StorageManager.prototype.persist = async () => { window.asked += 1; return true; };
"""
NO_WORKER = "delete Navigator.prototype.serviceWorker"


def panel(page):
    """Open the panel, and return it once it shows the model."""
    page.locator("#model > summary").click()
    expect(page.locator("#model-facts dd").first).to_be_visible()
    return page.locator("#model")


def line(page, name):
    """Return the value of a line of the panel."""
    row = page.locator("#model-facts div").filter(has=page.get_by_text(name, exact=True))
    return row.locator("dd")


def press(page, name):
    page.locator("#model").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#model")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def picked(tmp_path):
    """Write a custom model into files, and return their paths."""

    def picked(content, name="mine", **description):
        write_model(tmp_path, content, name, "7", **description)
        return [tmp_path / f"{name}.onnx", tmp_path / f"{name}.json"]

    return picked


def pick(page, files):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load another model").click()
    chooser.value.set_files(files)


def test_it_shows_the_facts_of_the_model_and_of_the_storage(app):
    panel(app)
    expect(line(app, "In use")).to_have_text(f"digits {MANIFEST['version']}")
    expect(line(app, "Size")).to_have_text(f"{MANIFEST['size'] / 1000:.0f} KB")
    expect(line(app, "SHA-256")).to_have_text(MANIFEST["sha256"])
    accuracy = MANIFEST["metadata"]["mnist_test_accuracy"]
    expect(line(app, "Accuracy")).to_contain_text(f"{100 * accuracy:.2f}%")
    expect(line(app, "Where it came from")).to_contain_text("nothing was downloaded")
    expect(line(app, "Stored on this device")).to_contain_text(MANIFEST["version"])
    year = str(app.evaluate("new Date().getFullYear()"))
    expect(line(app, "Stored on this device")).to_contain_text(year)
    used, granted = app.evaluate(
        "navigator.storage.estimate().then(({usage, quota}) => [usage, quota])"
    )
    storage = line(app, "Storage").text_content()
    assert float(storage.split()[0]) == pytest.approx(used / 1e6, rel=0.1)
    assert float(storage.split()[-2]) == pytest.approx(granted / 1e9, rel=0.1)
    lasting = "Yes" if app.evaluate("navigator.storage.persisted()") else "No"
    expect(line(app, "Safe from deletion")).to_contain_text(lasting)
    press(app, "Check for an update")
    expect(app.locator("#model-news")).to_have_text(f"Version {MANIFEST['version']} is the newest.")


def test_the_page_asks_for_persistent_storage_when_the_user_comes_back(visited_site):
    context, address = visited_site
    page = context.new_page()
    page.add_init_script(COUNT_PERSIST)
    page.goto(address)
    wait_until_started(page)
    wait_for_value(lambda: page.evaluate("asked"), expected=1)
    page.close()


def test_the_model_is_saved_to_disk(app, tmp_path):
    panel(app)
    with (
        app.expect_download(lambda d: d.suggested_filename == "digits.onnx") as model,
        app.expect_download(lambda d: d.suggested_filename == "digits.json") as manifest,
    ):
        press(app, "Save to disk")
    model.value.save_as(tmp_path / "digits.onnx")
    manifest.value.save_as(tmp_path / "digits.json")
    assert (tmp_path / "digits.onnx").read_bytes() == (MODEL / "digits.onnx").read_bytes()
    assert json.loads((tmp_path / "digits.json").read_text("utf-8")) == MANIFEST


@pytest.fixture
def published(page, site, tmp_path):
    """The page without its service worker, on a server that can publish another model."""
    folder = tmp_path / "site"
    shutil.copytree(site, folder, copy_function=os.link)
    (models,) = (folder / "built").glob("model-*")
    server = SiteServer(folder)

    def publish_anew(version):
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

    page.add_init_script(NO_WORKER)
    page.goto(server.address)
    wait_until_started(page)
    yield page, server, publish_anew
    server.stop()


def test_a_newer_model_is_found_used_rolled_back_and_removed(published):
    page, server, publish_anew = published
    news, old = page.locator("#model-news"), MANIFEST["version"]
    draw(page, DRAWN_DIGITS["4"])
    panel(page)
    expect(line(page, "Where it came from")).to_have_text("Downloaded and stored")
    publish_anew("9.0.0")
    press(page, "Check for an update")
    expect(news).to_contain_text("Version 9.0.0 was downloaded, passed its test")
    expect(line(page, "In use")).to_have_text(f"digits {old}")
    expect(line(page, "Previous version")).to_have_text(old)
    press(page, "Use version 9.0.0")
    expect(news).to_have_text("Version 9.0.0 is now in use.")
    expect(line(page, "In use")).to_have_text("digits 9.0.0")
    expect_digit(page, "4")
    press(page, f"Use version {old}")
    expect(line(page, "In use")).to_have_text(f"digits {old}")
    press(page, "Check for an update")
    expect(news).to_contain_text("You went back to an older one")
    press(page, "Use version 9.0.0")
    expect(line(page, "In use")).to_have_text("digits 9.0.0")
    press(page, "Remove from this device")
    expect(line(page, "Stored on this device")).to_have_text("Nothing")
    expect(news).to_be_focused()  # the button is gone
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
    press(page, "Store it on this device again")
    expect(line(page, "Stored on this device")).to_contain_text("Version 9.0.0")
    server.stop()
    press(page, "Check for an update")
    expect(news).to_contain_text("That did not work: the server can't be reached")
    server.start()
    page.reload()
    wait_until_started(page)
    expect(page.locator("#origin")).to_contain_text("Model 9.0.0, from this device")
    expect_digit(page, "7")


def test_a_custom_model_reads_until_the_page_is_closed_offline_too(visited_site, picked):
    context, address = visited_site
    page = context.new_page()
    page.goto(address)
    wait_until_started(page)
    draw(page, DRAWN_DIGITS["4"])
    expect_digit(page, "4")
    panel(page)
    files = picked(constant_digit(6), labels=list(DIGITS))
    pick(page, files)
    expect_digit(page, "6")
    expect(page.locator("#model-news")).to_contain_text("mine 7 is in use")
    expect(line(page, "Accuracy")).to_contain_text("does not say")
    expect(page.locator("#teach:disabled")).to_be_attached()  # it gives no features
    expect(line(page, "Stored on this device")).to_contain_text(MANIFEST["version"])
    press(page, "Back to the page's own model")
    expect_digit(page, "4")
    expect(page.locator("#teach:enabled")).to_be_attached()
    pick(page, files)
    expect_digit(page, "6")
    context.set_offline(True)
    page.reload()
    wait_until_started(page)
    expect_digit(page, "4")
    panel(page)
    pick(page, files)
    expect_digit(page, "6")
    context.set_offline(False)
    page.close()


def test_files_that_can_not_be_used_are_refused_with_the_reason(app, picked):
    panel(app)
    draw(app, DRAWN_DIGITS["4"])
    news = app.locator("#model-news")
    model, manifest = picked(constant_digit(6), labels=list(DIGITS))
    pick(app, [model])
    expect(news).to_contain_text("has to be the model's manifest")
    pick(app, [manifest])
    expect(news).to_contain_text("it is not among the picked files")
    model.write_bytes(constant_digit(5))
    pick(app, [model, manifest])
    expect(news).to_contain_text("These files could not be used")
    pick(app, picked(iris(), "iris"))
    expect(news).to_contain_text("but has features: float32 (N, 4)")
    pick(app, picked(constant_digit(6), "unlabelled"))
    expect(news).to_contain_text("should list the labels 0 to 9")
    expect_digit(app, "4")
    expect(line(app, "In use")).to_have_text(f"digits {MANIFEST['version']}")


def test_without_its_runtime_a_custom_model_is_refused(page, server, picked):
    page.add_init_script(NO_WORKER)  # what a service worker asks for, no route sees
    page.goto(server.address)
    wait_until_started(page)
    page.route("**/release-*/**", lambda route: route.abort())
    panel(page)
    pick(page, picked(constant_digit(6), labels=list(DIGITS)))
    expect(page.locator("#model-news")).to_contain_text("which could not be downloaded")
    draw(page, DRAWN_DIGITS["4"])
    expect_digit(page, "4")
