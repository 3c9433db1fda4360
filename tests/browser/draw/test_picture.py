"""Pictures that are chosen, dropped and pasted, on the built site."""

import base64
import struct

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    stored_ink,
    wait_for_value,
)
from tests.support.photos import photo, png

# Makes a file in the page and hands it over as a person's drop or paste would.
HAND_OVER = """([event, name, type, content]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  data.items.add(new File([bytes], name, {type}));
  const given = event === "paste" ? {clipboardData: data} : {dataTransfer: data};
  const Kind = event === "paste" ? ClipboardEvent : DragEvent;
  const sent = new Kind(event, {bubbles: true, cancelable: true, ...given});
  document.getElementById("sheet").dispatchEvent(sent);
  return sent.defaultPrevented;
}"""

AVIF_BOMB = b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 30_000, 30_000)
"""A few bytes that claim to be a picture of 900 million pixels."""


def choose(page, content, name="photo.png", kind="image/png"):
    page.locator("#chooser").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def hand_over(page, event, content, name="photo.png", kind="image/png"):
    return page.evaluate(HAND_OVER, [event, name, kind, base64.b64encode(content).decode()])


def test_a_chosen_picture_is_read_and_the_drawing_stays(app):
    draw(app, DRAWN_DIGITS["4"])
    expect_digit(app, "4")
    before = stored_ink(app)
    with app.expect_file_chooser() as chooser:
        app.get_by_role("button", name="Read a photo").click()
        app.get_by_role("button", name="Choose a file").click()
    expect(app.locator("#picture-menu")).to_be_hidden()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photo("7")})
    expect_digit(app, "7")
    expect(app.locator("#picture")).to_be_visible()
    expect(app.locator("#undo")).to_be_disabled()
    assert stored_ink(app) == before
    app.get_by_role("button", name="Back to the drawing").click()
    expect_digit(app, "4")
    expect(app.locator("#picture")).to_be_hidden()
    expect(app.locator("#undo")).to_be_enabled()


def test_the_camera_is_offered_where_fingers_draw(visited_site, browser_context_args, browser):
    _, address = visited_site
    phone = browser.new_context(**browser_context_args, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto(address)
    page.get_by_role("button", name="Read a photo").tap()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a photo").tap()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photo("7")})
    expect_digit(page, "7")
    phone.close()


PUT_ON_CLIPBOARD = """async (content) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const image = new Blob([bytes], {type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": image})]);
}"""


def test_an_image_is_pasted_by_a_button(app):
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fault = app.locator("#picture-fault")

    def paste():
        app.get_by_role("button", name="Read a photo").click()
        expect(app.locator("#camera")).to_be_hidden()
        app.get_by_role("button", name="Paste an image").click()

    app.locator("#paste:not([hidden])").wait_for(state="attached")
    draw(app, DRAWN_DIGITS["4"])
    app.evaluate("navigator.clipboard.writeText('no image')")
    paste()
    expect(fault).to_contain_text("no picture on the clipboard")
    app.evaluate(PUT_ON_CLIPBOARD, base64.b64encode(photo("3")).decode())
    paste()
    expect_digit(app, "3")
    expect(fault).to_be_hidden()
    app.evaluate("() => { navigator.clipboard.read = async () => { throw new Error(); }; }")
    paste()
    expect(fault).to_contain_text("won't let this page look at the clipboard")
    expect_digit(app, "4")


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_a_picture_that_is_pasted_or_dropped_is_read(app, event):
    assert hand_over(app, event, photo("3"))
    expect_digit(app, "3")
    expect(app.locator("#picture")).to_be_visible()


def test_the_same_file_can_be_read_twice(app):
    for _ in range(2):
        choose(app, photo("2"))
        expect_digit(app, "2")
        app.locator("#back").click()
        expect_digit(app, "")


def test_the_sheet_shows_that_a_dragged_file_can_be_dropped(app):
    paper = app.locator("#paper.awaits")
    assert hand_over(app, "dragover", b"")
    expect(paper).to_have_count(1)
    hand_over(app, "dragleave", b"")
    expect(paper).to_have_count(0)
    hand_over(app, "dragover", b"")
    hand_over(app, "drop", photo("3"))
    expect(paper).to_have_count(0)


def test_drawing_goes_back_from_a_picture(app):
    choose(app, photo("3"))
    expect_digit(app, "3")
    draw(app, DRAWN_DIGITS["1"])
    expect_digit(app, "1")
    expect(app.locator("#picture")).to_be_hidden()


def test_a_small_digit_in_a_large_picture_is_searched_again_at_a_larger_scale(app):
    choose(app, photo("8", side=2400, scale=260, pen=5))
    expect_digit(app, "8")


def test_a_picture_chosen_before_the_model_is_loaded_is_read_afterwards(page, server):
    gate = server.hold_responses(".onnx")
    page.goto(server.address)
    expect(page.locator("#step")).to_have_text("Loading the model")
    choose(page, photo("5"))
    expect(page.locator("#picture")).to_be_visible()
    expect_digit(page, "")
    gate.set()
    expect_digit(page, "5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture at all", "can't open this file as a picture"),
        (png(np.full((200, 200), 240.0)), "There seems to be no digit"),
        (bytes(64_000_001), "larger than 64 MB"),
        (AVIF_BOMB, "more than 100 million pixels"),
        (bytes(1_000_001), "does not say how large its picture is"),
    ],
    ids=["no picture", "blank", "too large", "too many pixels", "unknown size"],
)
def test_an_unreadable_picture_is_reported_and_the_drawing_stays(app, content, words, tmp_path):
    (tmp_path / "picture.png").write_bytes(content)  # Playwright itself takes 50 MB at most
    draw(app, DRAWN_DIGITS["4"])
    expect_digit(app, "4")
    app.locator("#chooser").set_input_files(tmp_path / "picture.png")
    fault = app.locator("#picture-fault")
    expect(fault).to_contain_text(words)
    expect(fault).to_contain_text("Your drawing is still here")
    expect_digit(app, "4")
    expect(app.locator("#picture")).to_be_hidden()
    choose(app, photo("7"))
    expect_digit(app, "7")
    expect(fault).to_be_hidden()
    app.locator("#chooser").set_input_files(tmp_path / "picture.png")
    expect(fault).to_contain_text(words)
    expect(app.locator("#picture")).to_be_hidden()
    expect_digit(app, "4")


# Drops files, one right after the other. A number stands for a file of so many zeros.
DROP_ALL = """(contents) => {
  for (const content of contents) {
    const data = new DataTransfer();
    const bytes = Array.isArray(content)
      ? Uint8Array.from(atob(content[0]), (c) => c.charCodeAt(0))
      : new Uint8Array(content);
    data.items.add(new File([bytes], "picture.png", { type: "image/png" }));
    const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
    document.getElementById("sheet").dispatchEvent(drop);
  }
}"""


def base64_of(content):
    return [base64.b64encode(content).decode()]


@pytest.mark.parametrize(
    "stale",
    [
        64_000_001,
        base64_of(AVIF_BOMB),
        base64_of(b"no picture at all"),
        base64_of(png(np.full((200, 200), 240.0))),
    ],
    ids=["too large", "too many pixels", "no picture", "blank"],
)
def test_a_picture_that_can_not_be_read_does_not_dismiss_a_newer_one(app, stale):
    app.evaluate(DROP_ALL, [stale, base64_of(photo("7"))])
    expect_digit(app, "7")
    expect(app.locator("#picture")).to_be_visible()
    expect(app.locator("#picture-fault")).to_be_hidden()


# The clipboard refuses, but only when the test says so.
REFUSE_LATER = """() => {
  navigator.clipboard.read = () => new Promise((_, reject) => { window.refuse = reject; });
}"""


def background_tasks(page):
    code = "from digits.page import main; len(main.page._run.__self__._tasks)"
    return page.evaluate("code => pyodide.runPython(code)", code)


def test_a_paste_that_is_refused_late_does_not_dismiss_a_newer_picture(app):
    app.locator("#paste:not([hidden])").wait_for(state="attached")
    app.evaluate(REFUSE_LATER)
    tasks = background_tasks(app)
    app.get_by_role("button", name="Read a photo").click()
    app.get_by_role("button", name="Paste an image").click()
    choose(app, photo("7"))
    expect_digit(app, "7")
    app.evaluate("refuse(new Error('no'))")
    wait_for_value(lambda: background_tasks(app), tasks)
    expect(app.locator("#picture")).to_be_visible()
    expect(app.locator("#picture-fault")).to_be_hidden()
