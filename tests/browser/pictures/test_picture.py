"""Pictures that are chosen, dropped or pasted: the page shows and reads them, or says why not."""

import base64
import struct

import numpy as np
from playwright.sync_api import expect

from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_with_mouse,
    expect_digit,
    reload,
    stored_ink,
    wait_for_value,
)
from tests.support.photos import INK, PAPER, draw_on_paper, photo, png, rgba_png, svg

# Dispatches a paste or drag event with a file. Returns whether the page handled the event.
DISPATCH_FILE_EVENT = """([event, name, type, content]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  data.items.add(new File([bytes], name, {type}));
  const payload = event === "paste" ? {clipboardData: data} : {dataTransfer: data};
  const EventClass = event === "paste" ? ClipboardEvent : DragEvent;
  const sent = new EventClass(event, {bubbles: true, cancelable: true, ...payload});
  document.getElementById("sheet").dispatchEvent(sent);
  return sent.defaultPrevented;
}"""

AVIF_BOMB = b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 30_000, 30_000)
"""The header of a picture of 900 million pixels."""


def choose_picture(page, content):
    """Choose a picture with this content in the file chooser."""
    file = {"name": "photo.png", "mimeType": "image/png", "buffer": content}
    page.locator("#chooser").set_input_files(file)


def dispatch_file_event(page, event, content):
    """Dispatch a paste or drag event with a picture; return whether the page handled the event."""
    file = ["photo.png", "image/png", base64.b64encode(content).decode()]
    return page.evaluate(DISPATCH_FILE_EVENT, [event, *file])


def test_a_chosen_picture_is_read_and_the_drawing_stays(shared_app):
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    before = stored_ink(shared_app)
    with shared_app.expect_file_chooser() as chooser:
        shared_app.get_by_role("button", name="Read a photo").click()
        shared_app.get_by_role("button", name="Choose a file").click()
    expect(shared_app.locator("#picture-menu")).to_be_hidden()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photo("7")})
    expect_digit(shared_app, "7")
    expect(shared_app.locator("#picture")).to_be_visible()
    expect(shared_app.locator("#undo")).to_be_disabled()
    assert stored_ink(shared_app) == before
    shared_app.get_by_role("button", name="Back to the drawing").click()
    expect_digit(shared_app, "4")
    expect(shared_app.locator("#picture")).to_be_hidden()
    expect(shared_app.locator("#undo")).to_be_enabled()


def test_the_camera_is_offered_on_touch_screens(app):
    devtools = app.context.new_cdp_session(app)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    reload(app)
    app.get_by_role("button", name="Read a photo").click()
    with app.expect_file_chooser() as chooser:
        app.get_by_role("button", name="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photo("7")})
    expect_digit(app, "7")


# Copies a PNG image to the clipboard.
PUT_ON_CLIPBOARD = """async (content) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const image = new Blob([bytes], {type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": image})]);
}"""


def test_the_paste_button_reads_an_image_or_says_why_it_can_not(shared_app):
    shared_app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    error = shared_app.locator("#picture-error")

    def paste():
        shared_app.get_by_role("button", name="Read a photo").click()
        expect(shared_app.locator("#camera")).to_be_hidden()
        shared_app.get_by_role("button", name="Paste an image").click()

    shared_app.locator("#paste:not([hidden])").wait_for(state="attached")
    draw(shared_app, DRAWN_DIGITS["4"])
    shared_app.evaluate("navigator.clipboard.writeText('no image')")
    paste()
    expect(error).to_contain_text("no picture on the clipboard")
    shared_app.evaluate(PUT_ON_CLIPBOARD, base64.b64encode(photo("3")).decode())
    paste()
    expect_digit(shared_app, "3")
    expect(error).to_be_hidden()
    shared_app.evaluate("() => { navigator.clipboard.read = async () => { throw new Error(); }; }")
    paste()
    expect(error).to_contain_text("won't let this page look at the clipboard")
    expect_digit(shared_app, "4")


def test_a_picture_that_is_pasted_or_dropped_is_read(shared_app):
    for event, label in (("paste", "3"), ("drop", "7")):
        assert dispatch_file_event(shared_app, event, photo(label))
        expect_digit(shared_app, label)
        expect(shared_app.locator("#picture")).to_be_visible()


def test_the_same_file_can_be_chosen_twice(shared_app):
    for _ in range(2):
        choose_picture(shared_app, photo("2"))
        expect_digit(shared_app, "2")
        shared_app.locator("#back").click()
        expect_digit(shared_app, "")


def test_the_sheet_shows_that_a_dragged_file_can_be_dropped(shared_app):
    paper = shared_app.locator("#paper.drop-target")
    assert dispatch_file_event(shared_app, "dragover", b"")
    expect(paper).to_have_count(1)
    dispatch_file_event(shared_app, "dragleave", b"")
    expect(paper).to_have_count(0)
    dispatch_file_event(shared_app, "dragover", b"")
    dispatch_file_event(shared_app, "drop", photo("3"))
    expect(paper).to_have_count(0)


def test_drawing_closes_the_picture(shared_app):
    choose_picture(shared_app, photo("3"))
    expect_digit(shared_app, "3")
    draw_with_mouse(shared_app, DRAWN_DIGITS["1"])
    expect_digit(shared_app, "1")
    expect(shared_app.locator("#picture")).to_be_hidden()


def test_a_small_digit_in_a_large_picture_is_read(shared_app):
    choose_picture(shared_app, photo("8", side=2400, scale=260, pen=5))
    expect_digit(shared_app, "8")


UNREADABLE_PICTURES = {
    "no picture": (b"no picture at all", "can't open this file as a picture"),
    "blank": (png(np.full((200, 200), 240.0)), "Nothing in this picture stands out"),
    "too large": (bytes(64_000_001), "larger than 64 MB"),
    "too many pixels": (AVIF_BOMB, "more than 100 million pixels"),
    "unknown size": (bytes(1_000_001), "does not say how large its picture is"),
    "SVG": (svg("7").replace(b"<polyline", b"<image"), "This SVG drawing can't be opened"),
}
"""For each kind of unreadable picture: its content, and words of the message about it."""


def test_an_unreadable_picture_is_reported_and_the_drawing_stays(shared_app, subtests, tmp_path):
    file = tmp_path / "picture.png"  # Playwright accepts larger contents as a file than as bytes
    error = shared_app.locator("#picture-error")
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    for kind, (content, words) in UNREADABLE_PICTURES.items():
        with subtests.test(kind):
            file.write_bytes(content)
            shared_app.locator("#chooser").set_input_files(file)
            expect(error).to_contain_text(words)
            expect(error).to_contain_text("Your drawing is still here")
            expect_digit(shared_app, "4")
            expect(shared_app.locator("#picture")).to_be_hidden()
            choose_picture(shared_app, photo("7"))
            expect_digit(shared_app, "7")
            expect(error).to_be_hidden()
            shared_app.locator("#chooser").set_input_files(file)
            expect(error).to_contain_text(words)
            expect(shared_app.locator("#picture")).to_be_hidden()
            expect_digit(shared_app, "4")


def on_transparency(label, colour):
    """Return a PNG file of a digit in a colour, on a transparent background."""
    ink = ink_on_paper(label)
    return rgba_png(np.dstack([*(np.full(ink.shape, value) for value in colour), 255 * ink]))


def in_colours(label, paper, ink_colour):
    """Return a PNG file of a digit in one colour on another."""
    ink = ink_on_paper(label)[..., None]
    pixels = np.array(paper) + (np.array(ink_colour) - np.array(paper)) * ink
    return rgba_png(np.dstack([pixels, np.full(ink.shape, 255)]))


def ink_on_paper(label):
    """Return how much ink of a digit is on each pixel, 0 to 1."""
    brightness = draw_on_paper(DRAWN_DIGITS[label], 18, side=300, scale=260)
    return (PAPER - brightness) / (PAPER - INK)


# Returns a pixel near the top left corner of the shown picture: red, green, blue and opacity.
CORNER_OF_SHOWN_PICTURE = """[...document.getElementById("picture-shown").getContext("2d")
  .getImageData(2, 2, 1, 1).data]"""


def test_pictures_of_many_kinds_are_read_or_the_reason_is_reported(shared_app):
    seven = draw_on_paper(DRAWN_DIGITS["7"], 9, side=300, scale=250)
    rows, columns = np.indices((600, 600))
    inside = (np.minimum(rows, columns) > 60) & (np.maximum(rows, columns) < 540)
    marks = 230 - 180.0 * ((rows % 60 < 44) & (columns % 36 < 8) & inside)
    # Each picture, its digit, and the brightness of its corner; None if the test does not check
    # it. A transparent picture is shown on black if its ink is light, and on white if it is dark.
    for content, expected, corner in (
        (on_transparency("6", (255, 255, 255)), "6", 0),
        (on_transparency("2", (20, 30, 40)), "2", 255),
        (in_colours("3", (0, 70, 255), (235, 40, 60)), "3", None),
        (svg("5"), "5", 255),
        (png(seven[71:230, 96:199]), "7", None),
    ):
        choose_picture(shared_app, content)
        expect_digit(shared_app, expected)
        expect(shared_app.locator("#picture-error")).to_be_hidden()
        if corner is not None:
            assert shared_app.evaluate(CORNER_OF_SHOWN_PICTURE) == [corner, corner, corner, 255]
    for content, words in (
        (png(marks), "There is too much in this picture"),
        (png(np.where(np.indices((200, 200))[0] < 10, 20.0, 230.0)), "along the edge"),
        (png(draw_on_paper([[(0.5, 0.5), (0.51, 0.5)]], 60, side=300)), "There is a spot"),
        (png(draw_on_paper([[(0.5, 0.5), (0.51, 0.5)]], 6, side=300)), "too small to be read"),
        (b"<html><svg></svg></html>", "can't open this file as a picture"),
        (svg("5") + b"</svg>", "This SVG drawing can't be opened"),
    ):
        choose_picture(shared_app, content)
        expect(shared_app.locator("#picture-error")).to_contain_text(words)
        expect(shared_app.locator("#picture")).to_be_hidden()


# Makes canvases return white pixels, random pixels or pixels with a little noise, or throw an
# error. Some browsers do so to prevent fingerprinting.
SCRAMBLE = """(kind) => {
  const own = CanvasRenderingContext2D.prototype;
  own.trueImageData ??= own.getImageData;
  own.getImageData = function (...box) {
    if (kind === "refused") throw new DOMException("no", "SecurityError");
    const image = this.trueImageData(...box);
    for (let i = 0; i < image.data.length; i++) {
      if (kind === "white") image.data[i] = 255;
      if (kind === "random") image.data[i] = Math.random() * 256;
      if (kind === "noisy") image.data[i] ^= Math.random() < 0.5;
    }
    return image;
  };
}"""
RESTORE_PIXELS = """() => {
  const own = CanvasRenderingContext2D.prototype;
  own.getImageData = own.trueImageData;
}"""


def test_scrambled_pixels_are_reported_and_slightly_noisy_pixels_are_read(shared_app):
    draw(shared_app, DRAWN_DIGITS["4"])
    for kind in ("white", "random", "refused"):
        shared_app.evaluate(SCRAMBLE, kind)
        choose_picture(shared_app, photo("7"))
        expect(shared_app.locator("#picture-error")).to_contain_text("scrambled pixels")
        expect_digit(shared_app, "4")
        shared_app.evaluate(SCRAMBLE, "noisy")
        choose_picture(shared_app, photo("7"))
        expect_digit(shared_app, "7")
        expect(shared_app.locator("#picture-error")).to_be_hidden()
    shared_app.evaluate(RESTORE_PIXELS)


# Drops or pastes HTML and an address, as browsers do when an image of another page is dragged.
SEND_ADDRESS = """([event, html, address]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  if (address) data.setData("text/uri-list", address);
  const payload = event === "paste" ? {clipboardData: data} : {dataTransfer: data};
  const EventClass = event === "paste" ? ClipboardEvent : DragEvent;
  const sheet = document.getElementById("sheet");
  sheet.dispatchEvent(new EventClass(event, {bubbles: true, cancelable: true, ...payload}));
}"""


def test_an_image_dragged_from_another_page_is_read_or_the_reason_is_reported(shared_app):
    shared_app.locator("#paste:not([hidden])").wait_for(state="attached")
    error = shared_app.locator("#picture-error")
    elsewhere = "https://example.org/seven.png?a=1&b=2"
    embedded = f"data:image/png;base64,{base64.b64encode(photo('3')).decode()}"
    shared_app.evaluate(SEND_ADDRESS, ["dragover", "", elsewhere])
    expect(shared_app.locator("#paper.drop-target")).to_have_count(1)
    for event in ("drop", "paste"):
        shared_app.evaluate(SEND_ADDRESS, [event, f'<img src="{elsewhere}">', elsewhere])
        expect(error).to_contain_text("This picture is on another website")
        shared_app.evaluate(SEND_ADDRESS, [event, f'<img alt="3" src="{embedded}">', ""])
        expect_digit(shared_app, "3")
        expect(error).to_be_hidden()
    expect(shared_app.locator("#paper.drop-target")).to_have_count(0)
    shared_app.evaluate(
        SEND_ADDRESS, ["drop", "", shared_app.evaluate("new URL('icon.svg', location).href")]
    )
    expect_digit(shared_app, "7")
    shared_app.evaluate(SEND_ADDRESS, ["drop", "", "https://[malformed"])
    expect(error).to_contain_text("This picture is on another website")
    shared_app.evaluate(SEND_ADDRESS, ["paste", "<p>27</p>", "https://example.org/"])
    shared_app.evaluate(SEND_ADDRESS, ["drop", f'<img src="{embedded}">', ""])
    expect_digit(shared_app, "3")


# Drops files one right after the other. Each is a list with its content as base64, or a number: the
# size of a file of zeros.
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


def file_argument(content):
    """Return a file's content in the form that DROP_ALL expects."""
    return [base64.b64encode(content).decode()]


STALE_PICTURES = {
    "too large": 64_000_001,
    "too many pixels": file_argument(AVIF_BOMB),
    "no picture": file_argument(b"no picture at all"),
    "blank": file_argument(png(np.full((200, 200), 240.0))),
}
"""For each kind of unreadable picture: its content in the form that DROP_ALL expects."""


def test_an_unreadable_picture_does_not_close_a_newer_one(shared_app, subtests):
    for kind, stale in STALE_PICTURES.items():
        with subtests.test(kind):
            shared_app.evaluate(DROP_ALL, [stale, file_argument(photo("7"))])
            expect_digit(shared_app, "7")
            expect(shared_app.locator("#picture")).to_be_visible()
            expect(shared_app.locator("#picture-error")).to_be_hidden()
            shared_app.locator("#back").click()
            expect_digit(shared_app, "")


# Makes reading the clipboard fail, but only once the test calls `refuse`.
REFUSE_LATER = """() => {
  navigator.clipboard.read = () => new Promise((_, reject) => { window.refuse = reject; });
}"""


def count_background_tasks(page):
    """Return how many background tasks the page is running."""
    code = "from digits.page import main; len(main.page._run.__self__._tasks)"
    return page.evaluate("code => pyodide.runPython(code)", code)


def test_a_paste_refused_late_does_not_close_a_newer_picture(shared_app):
    shared_app.locator("#paste:not([hidden])").wait_for(state="attached")
    shared_app.evaluate(REFUSE_LATER)
    tasks = count_background_tasks(shared_app)
    shared_app.get_by_role("button", name="Read a photo").click()
    shared_app.get_by_role("button", name="Paste an image").click()
    choose_picture(shared_app, photo("7"))
    expect_digit(shared_app, "7")
    shared_app.evaluate("refuse(new Error('no'))")
    wait_for_value(lambda: count_background_tasks(shared_app), tasks)
    expect(shared_app.locator("#picture")).to_be_visible()
    expect(shared_app.locator("#picture-error")).to_be_hidden()


# Makes each reading of the clipboard wait until the test calls its function in `answers`, with the
# image that the clipboard contains.
ANSWER_LATER = """() => {
  window.answers = [];
  const imageOf = (content) => {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    return new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})});
  };
  navigator.clipboard.read = () => new Promise((resolve) => {
    answers.push((content) => resolve([imageOf(content)]));
  });
}"""
ANSWER = "([index, content]) => answers[index](content)"
SHOWN_PICTURE = "document.getElementById('picture-shown').toDataURL()"


def test_a_paste_answered_late_does_not_replace_a_newer_paste(shared_app):
    shared_app.locator("#paste:not([hidden])").wait_for(state="attached")
    shared_app.evaluate(ANSWER_LATER)
    tasks = count_background_tasks(shared_app)
    for count in (1, 2):
        shared_app.get_by_role("button", name="Read a photo").click()
        shared_app.get_by_role("button", name="Paste an image").click()
        wait_for_value(lambda: shared_app.evaluate("answers.length"), count)
    shared_app.evaluate(ANSWER, [1, base64.b64encode(photo("7")).decode()])
    expect_digit(shared_app, "7")
    newer = shared_app.evaluate(SHOWN_PICTURE)
    shared_app.evaluate(ANSWER, [0, base64.b64encode(photo("3")).decode()])
    wait_for_value(lambda: count_background_tasks(shared_app), tasks)
    assert shared_app.evaluate(SHOWN_PICTURE) == newer
    expect_digit(shared_app, "7")


def test_escape_cancels_a_picture_that_is_still_being_opened(shared_app):
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    shared_app.locator("#paste:not([hidden])").wait_for(state="attached")
    shared_app.evaluate(ANSWER_LATER)
    tasks = count_background_tasks(shared_app)
    shared_app.get_by_role("button", name="Read a photo").click()
    shared_app.get_by_role("button", name="Paste an image").click()
    wait_for_value(lambda: shared_app.evaluate("answers.length"), 1)
    shared_app.keyboard.press("Escape")
    shared_app.evaluate(ANSWER, [0, base64.b64encode(photo("3")).decode()])
    wait_for_value(lambda: count_background_tasks(shared_app), tasks)
    expect(shared_app.locator("#picture")).to_be_hidden()
    expect_digit(shared_app, "4")


def test_a_shown_picture_survives_a_change_of_the_language_and_a_reload(app):
    draw(app, DRAWN_DIGITS["4"])
    choose_picture(app, photo("7"))
    expect_digit(app, "7")
    app.locator("#language").click()
    expect(app.locator("h1")).to_have_text("离线数字")
    expect(app.locator("#picture")).to_be_visible()
    expect_digit(app, "7")
    app.locator("#language").click()
    expect(app.locator("h1")).to_have_text("Offline Digits")
    expect(app.locator("#picture")).to_be_visible()
    app.locator("#back").click()
    expect_digit(app, "4")
    reload(app)
    expect_digit(app, "4")
    expect(app.locator("#picture")).to_be_hidden()
    app.evaluate("localStorage.removeItem('offline-digits-language')")
