"""Hostile input for the page: models, manifests, pictures and drawings made to break it."""

import json
from random import Random

import pytest
from playwright.sync_api import expect

from digits.drawing.ink import MAX_POINTS
from digits.reading.contract import DIGITS
from tests.browser.panels.test_explanation import toggle_panel
from tests.browser.panels.test_model_panel import choose_model_files, open_model_panel
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_without_release,
    expect_digit,
    stored_ink,
    wait_until_started,
)
from tests.browser.support.hostile_pictures import white_png
from tests.stress.fuzz import run as fuzz
from tests.stress.fuzz import visitor
from tests.stress.fuzz.case import KINDS
from tests.stress.fuzz.wrong_bytes import zip_bomb
from tests.support.small_models import constant_digit, write_model
from tests.support.time_limits import measure_slowdown

SAMPLE = range(len(KINDS) - 1, 0, -4)
"""A seed for every fourth kind of case, and for the kind "benign"."""
MAX_FREEZE = 5.0
"""The page must respond again within this number of seconds, on an idle machine."""
MARKUP = "<img src=x onerror=\"document.title='broken'\">"
"""HTML that changes the title if it becomes a part of the document."""

# Records the longest time for which the page did not respond.
MEASURE_FREEZES = """() => {
  let last = performance.now();
  window.longestFreeze = 0;
  setInterval(() => {
    const now = performance.now();
    window.longestFreeze = Math.max(window.longestFreeze, now - last);
    last = now;
  }, 20);
}"""

# Continues the stroke of a pressed mouse through `count` points.
SCRIBBLE = """async (count) => {
  const sheet = document.getElementById("sheet"), box = sheet.getBoundingClientRect();
  const at = () => ({
    pointerId: 1, pointerType: "mouse", buttons: 1,
    clientX: box.left + Math.random() * box.width, clientY: box.top + Math.random() * box.height,
  });
  for (let done = 0; done < count; done += 1000) {
    const newEvent = () => new PointerEvent("pointermove", at());
    const coalescedEvents = Array.from({length: 1000}, newEvent);
    sheet.dispatchEvent(new PointerEvent("pointermove", {...at(), coalescedEvents}));
    if (done % 5000 === 0) await new Promise((go) => setTimeout(go));
  }
}"""

# Draws `count` dots.
STIPPLE = """async (count) => {
  const sheet = document.getElementById("sheet"), box = sheet.getBoundingClientRect();
  for (let done = 0; done < count; done++) {
    const at = {
      pointerId: 1, pointerType: "mouse", button: 0,
      clientX: box.left + Math.random() * box.width, clientY: box.top + Math.random() * box.height,
    };
    sheet.dispatchEvent(new PointerEvent("pointerdown", {...at, buttons: 1}));
    sheet.dispatchEvent(new PointerEvent("pointerup", at));
    if (done % 10 === 0) await new Promise((go) => setTimeout(go));
  }
}"""


@pytest.fixture
def page_and_check(app, add_row, slowdown):
    """Return the app's page, and a function `check(description)` to call after each hostile input.

    The function fails if the page did not respond for too long, or if markup from the input has
    become part of the document. It adds a row to a printed table.
    """
    app.evaluate(MEASURE_FREEZES)
    title = app.title()

    def check(description):
        freeze = app.evaluate("longestFreeze") / 1000 / max(slowdown, measure_slowdown())
        add_row("Hostile input on the page", what=description, longest_freeze=f"{freeze:.2f} s")
        assert freeze < MAX_FREEZE
        assert app.title() == title
        assert app.locator("main :is(img, script)").count() == 0
        app.evaluate("window.longestFreeze = 0")

    return app, check


def payload(name, content):
    """Return a file for Playwright's `set_input_files`."""
    mime_type = "image/png" if name.endswith(".png") else "application/octet-stream"
    return {"name": name, "mimeType": mime_type, "buffer": content}


@pytest.mark.usefixtures("site")
def test_no_hostile_file_breaks_the_page(
    playwright, browser_type_launch_args, select_size, add_row, slowdown
):
    seeds = select_size(SAMPLE, range(100))
    limit = slowdown * visitor.LIMIT
    report = fuzz.run(playwright, browser_type_launch_args["executable_path"], seeds, limit)
    for kind, counts in report.by_kind.items():
        add_row("Hostile files", kind=kind, **counts)
    add_row("Hostile files", kind="all", **report.totals)
    assert report.findings == [], report.as_text()
    assert report.totals["cases"] == len(seeds)
    assert report.by_kind["benign"]["working"]


def test_invalid_and_oversized_pictures_do_not_change_the_drawing(page_and_check, bomb):
    page, check = page_and_check
    draw(page, DRAWN_DIGITS["4"])
    message = page.locator("#picture-error")
    pictures = {
        "a picture of 30,000 x 30,000": (white_png(30_000), "more than 100 million pixels"),
        "a picture whose header claims 30,000 x 30,000": (
            white_png(30_000, 0),
            "more than 100 million pixels",
        ),
        "a text file named .png": (b"no picture at all", "can't open this file as a picture"),
        "a zip bomb named .png": (bomb, "can't open this file as a picture"),
    }
    for description, (content, words) in pictures.items():
        page.locator("#chooser").set_input_files(payload(f"{MARKUP}.png", content))
        expect(message).to_contain_text(words)
        expect(page.locator("#picture")).to_be_hidden()
        expect_digit(page, "4")
        check(description)


@pytest.fixture(scope="module")
def bomb():
    """Return a zip bomb: 100 MB of zeros in a file of 100 KB."""
    return zip_bomb(b"", Random(0))  # noqa: S311  # repeatable, not secret


def test_markup_in_names_is_shown_as_text_and_zip_bombs_are_refused(page_and_check, bomb, tmp_path):
    page, check = page_and_check
    draw(page, DRAWN_DIGITS["4"])
    open_model_panel(page)
    message = page.locator("#model-news")
    write_model(tmp_path, constant_digit(6), "mine", MARKUP, labels=list(DIGITS))
    manifest = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    model = payload("mine.onnx", (tmp_path / "mine.onnx").read_bytes())

    def choose_model_with(**changes):
        content = json.dumps({**manifest, **changes}).encode()
        choose_model_files(page, [model, payload(f"{MARKUP}.json", content)])

    choose_model_with(labels=[*DIGITS[:9], MARKUP])
    expect(message).to_contain_text(f"8, {MARKUP}")
    choose_model_with(file=f"a{MARKUP.replace('/', '')}")
    expect(message).to_contain_text("it is not among the picked files")
    choose_model_files(page, [payload(f"{MARKUP}.onnx", bomb)])
    expect(message).to_contain_text(f"Picked: {MARKUP}.onnx.")
    choose_model_with(name=MARKUP)
    expect(message).to_contain_text(f"{MARKUP} {MARKUP} is in use")
    expect(page.locator("#model-facts dd").first).to_have_text(f"{MARKUP} {MARKUP}")
    expect_digit(page, "6")
    page.get_by_role("button", name="Back to the page's own model").click()
    expect_digit(page, "4")
    check("names with markup in a model")
    toggle_panel(page, "taught")
    examples_message = page.locator("#taught-news")
    example_with_markup = {"label": MARKUP, "pixels": ""}
    examples = {"format": "offline-digits-examples", "version": 1, "examples": []}
    for content, words in (
        (bomb, "it is not JSON"),
        (json.dumps({**examples, "version": MARKUP}).encode(), "<img src=x"),
        (
            json.dumps({**examples, "examples": [example_with_markup]}).encode(),
            "is neither a digit nor a sign",
        ),
        (b"[" * 1_000_000, "it is nested too deeply"),
    ):
        page.locator("#taught-chooser").set_input_files(payload(f"{MARKUP}.json", content))
        expect(examples_message).to_contain_text(words)
    expect_digit(page, "4")
    check("names with markup, and zip bombs, as examples")


def test_the_sheet_limits_the_points_of_a_drawing_and_shows_when_it_is_full(page_and_check):
    page, check = page_and_check
    full_message = page.locator("#full")
    draw_without_release(page, [(0.2, 0.2), (0.4, 0.4)])
    page.evaluate(SCRIBBLE, 100_000)
    page.mouse.up()
    expect(full_message).to_be_visible()
    expect(page.locator("#digit")).not_to_be_empty()
    assert sum(len(stroke) for gesture in stored_ink(page) for stroke in gesture) == MAX_POINTS
    check("a stroke of 100,000 points")
    page.locator("#clear").click()
    expect(full_message).to_be_hidden()
    page.evaluate(STIPPLE, 300)
    expect(full_message).to_be_visible()
    expect(page.locator("#digit")).not_to_be_empty()
    check("300 strokes with the mouse")
    stored = [[[[x % 97 / 97, x % 89 / 89]]] for x in range(30_000)]
    page.evaluate(
        "(ink) => sessionStorage.setItem('offline-digits-ink', ink)",
        json.dumps(stored, separators=(",", ":")),
    )
    page.add_init_script(f"({MEASURE_FREEZES})()")
    page.reload()
    wait_until_started(page)
    expect(full_message).to_be_visible()
    check("30,000 strokes in the stored drawing")
    page.locator("#undo").click()
    expect(full_message).to_be_hidden()
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS["7"])
    expect_digit(page, "7")
