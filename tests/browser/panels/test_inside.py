"""The panel that explains a reading, in sentences and figures, when the user stops drawing."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.reading.occlusion import explain
from model.evaluation.readings import load_recogniser
from tests.browser.draw.test_numbers import COUNT_RUNS, IDLE, RUNS, python
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_without_release,
    expect_digit,
    stored_ink,
    wait_for_value,
)
from tools.site.bundle import MODEL

FIGURES = ("why-seen", "why-map", "why-change")
# Returns a digest of what a canvas shows; "" if it is empty.
SHOWN = """
(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte) ? data.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7) : "";
}
"""
AT_REST = """
from digits.page import main
main.page.late_controls.panels._created["inside"]._deferred.is_idle
"""
STOP_THE_CLOCK = """
from types import SimpleNamespace
from digits.page.panels import deferred_work

clock = 1000.0
deferred_work.time = SimpleNamespace(monotonic=lambda: clock)
"""
LET_IT_REST = "clock += deferred_work.DELAY"
FAILING = """
from dataclasses import replace
from digits.page import main
from offline_onnx import SessionError

class Failing:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if inputs["image"].shape[0] > 9:
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

whole = main.page.app.recogniser
failing = replace(whole.model, session=Failing(whole.model.session))
main.page.app.recogniser = replace(whole, model=failing)
"""
CLEARED_MEANWHILE = """
import asyncio
from dataclasses import replace
from digits.page import main

class Clearing:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if inputs["image"].shape[0] > 9:
            main.page.app.clear_drawing()
            while main.page.app.number:
                await asyncio.sleep(0)
        return await self.session.run(inputs, outputs)

reader = main.page.app.recogniser
clearing = replace(reader.model, session=Clearing(reader.model.session))
main.page.app.recogniser = replace(reader, model=clearing)
"""
WATCH = """
(element) => {
  window.written = [];
  const observer = new MutationObserver(() => written.push(element.textContent));
  observer.observe(element, { childList: true });
}
"""
FAILING_LAYERS = """
from dataclasses import replace
from digits.page import main
from offline_onnx import SessionError

class Failing:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if "layer_" in str(outputs):
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

whole = main.page.app.recogniser
failing = Failing(whole.model.session)
whole.model.__dict__["session"] = failing
"""
MENDED_LAYERS = "whole.model.__dict__['session'] = failing.session"
MENDED = "main.page.app.recogniser = whole"
WITHOUT_LAYERS = """
from dataclasses import replace
from digits.page import main

reader = main.page.app.recogniser
manifest = replace(reader.model.manifest, outputs=reader.model.manifest.outputs[:2])
main.page.app.recogniser = replace(reader, model=replace(reader.model, manifest=manifest))
"""


def open_panel(page, name="inside"):
    """Open a panel with the keyboard."""
    page.locator(f"#{name} > summary").focus()
    page.keyboard.press("Enter")


def said(page):
    return page.locator("#why-said")


def shown(page):
    return [page.locator(f"#{name}").evaluate(SHOWN) for name in FIGURES]


def explained(page):
    """Return how many of the counted runs were explanations: those of many images."""
    return sum(size > 9 for (size,) in json.loads(python(page, RUNS)))


def redraw(page, label):
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS[label])
    expect(said(page)).to_contain_text(f"It says {label}, ")


def explained_natively(page):
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    with ThreadPoolExecutor(1) as other:  # Playwright's own event loop runs in this thread
        return other.submit(asyncio.run, explain(load_recogniser(MODEL), image)).result()


def test_the_explanation_follows_the_drawing(app):
    open_panel(app)
    expect(said(app)).to_contain_text("Draw a digit, then pause")
    assert shown(app) == ["", "", ""]
    draw(app, DRAWN_DIGITS["7"])
    expect(said(app)).to_contain_text("It says 7, ")
    expect(app.locator("#why")).to_have_attribute("aria-busy", "false")
    seven = shown(app)
    assert all(seven)
    native = explained_natively(app)
    expect(said(app)).to_contain_text(f"Runner-up: {native.reading.second}, ")
    expect(app.locator("#why-changed")).to_contain_text(
        f"it would say {native.change.reading.label}."
    )
    matters = said(app).locator("p").all_inner_texts()[1:]
    images = app.locator("#why").get_by_role("img")
    assert images.evaluate_all("all => all.map(({ id, ariaLabel }) => [id, ariaLabel])") == [
        ["why-seen", "What the model sees, pixel by pixel"],
        ["why-map", " ".join(matters)],
        ["why-change", app.locator("#why-changed").inner_text()],
    ]
    redraw(app, "3")
    assert not set(shown(app)) & set(seven)
    app.locator("#clear").click()
    expect(said(app)).to_contain_text("Draw a digit, then pause")
    assert shown(app) == ["", "", ""]


def test_the_figures_follow_the_colour_scheme(app):
    open_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(said(app)).to_contain_text("It says 7, ")
    light = shown(app)
    app.emulate_media(color_scheme="dark")
    wait_for_value(lambda: [a == b for a, b in zip(light, shown(app), strict=True)],
               [True, False, False])  # fmt: skip


def test_nothing_is_explained_before_the_user_stops_drawing(app):
    open_panel(app)
    python(app, COUNT_RUNS)
    python(app, STOP_THE_CLOCK)
    stem, bar = DRAWN_DIGITS["7"]
    draw(app, [stem])
    draw_without_release(app, bar)
    expect(app.locator("#why")).to_have_attribute("aria-busy", "true")
    wait_for_value(lambda: python(app, IDLE), expected=True)
    python(app, LET_IT_REST)
    wait_for_value(lambda: python(app, AT_REST), expected=True)
    assert explained(app) == 0  # the pen is still down
    app.mouse.up()
    wait_for_value(lambda: python(app, IDLE), expected=True)
    python(app, LET_IT_REST)
    expect(said(app)).to_contain_text("It says 7, ")
    wait_for_value(lambda: python(app, AT_REST), expected=True)
    assert explained(app) == 1


def test_the_explanation_of_an_older_drawing_is_not_shown(app):
    open_panel(app)
    expect(said(app)).to_contain_text("Draw a digit, then pause")
    said(app).evaluate(WATCH)
    python(app, CLEARED_MEANWHILE)
    draw(app, DRAWN_DIGITS["7"])
    wait_for_value(lambda: app.evaluate("written.length") > 0, expected=True)
    assert [
        words for words in app.evaluate("written") if "Draw a digit, then pause" not in words
    ] == []
    expect(app.locator("#why")).to_have_attribute("aria-busy", "false")


def test_a_closed_panel_explains_nothing(app):
    open_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(said(app)).to_contain_text("It says 7, ")
    open_panel(app)
    expect(app.locator("#inside")).not_to_have_attribute("open", "")
    python(app, COUNT_RUNS)
    app.locator("#clear").click()
    draw(app, DRAWN_DIGITS["3"])
    expect_digit(app, "3")
    wait_for_value(lambda: python(app, IDLE), expected=True)
    assert explained(app) == 0
    open_panel(app)
    expect(said(app)).to_contain_text("It says 3, ")


def test_the_layers_are_drawn_once_they_are_opened(app):
    app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(app, DRAWN_DIGITS["7"])
    open_panel(app)
    expect(said(app)).to_contain_text("It says 7, ")
    canvases = app.locator("#layers canvas")
    expect(canvases).to_have_count(0)
    open_panel(app, "layers")
    expect(canvases).to_have_count(6)
    wait_for_value(lambda: all(canvas.evaluate(SHOWN) for canvas in canvases.all()), expected=True)
    captions = app.locator("#layers figcaption").all_inner_texts()
    assert captions[2].startswith("Layer 3: 40 maps of 10 ")
    assert canvases.evaluate_all("all => all.map(({ ariaLabel }) => ariaLabel)") == captions
    seven = [canvas.evaluate(SHOWN) for canvas in canvases.all()]
    redraw(app, "3")
    wait_for_value(lambda: any(canvas.evaluate(SHOWN) in seven for canvas in canvases.all()), False)
    for width in (320, 390, 700, 1280):
        app.set_viewport_size({"width": width, "height": 1800})
        assert app.evaluate("document.documentElement.scrollWidth") <= width
    app.locator("#clear").click()
    wait_for_value(lambda: any(canvas.evaluate(SHOWN) for canvas in canvases.all()), expected=False)


def test_a_model_without_layer_outputs_is_explained(app):
    python(app, WITHOUT_LAYERS)
    draw(app, DRAWN_DIGITS["7"])
    open_panel(app)
    expect(said(app)).to_contain_text("It says 7, ")
    expect(app.locator("#layers")).to_be_hidden()


def test_a_failed_run_is_reported_and_the_next_digit_is_explained(app):
    python(app, FAILING)
    open_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(said(app)).to_contain_text("can't run: no memory")
    expect_digit(app, "7")
    assert shown(app) == ["", "", ""]
    python(app, MENDED)
    redraw(app, "3")
    assert all(shown(app))


def test_failed_layers_are_reported_in_the_panel_and_the_next_look_tries_again(app):
    app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(app, DRAWN_DIGITS["7"])
    python(app, FAILING_LAYERS)
    open_panel(app)
    expect(said(app)).to_contain_text("It says 7, ")
    open_panel(app, "layers")
    expect(app.locator("#layers-list")).to_contain_text("can't run: no memory")
    expect(app.locator("#failure")).to_be_hidden()
    expect(app.locator("#layers canvas")).to_have_count(0)
    python(app, MENDED_LAYERS)
    open_panel(app, "layers")
    open_panel(app, "layers")
    canvases = app.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    wait_for_value(lambda: all(canvas.evaluate(SHOWN) for canvas in canvases.all()), expected=True)
    expect(app.locator("#layers-list")).not_to_contain_text("no memory")


def test_after_an_unforeseen_error_the_panel_explains_the_next_digit(app):
    python(app, FAILING.replace("SessionError(", "ZeroDivisionError("))
    open_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(app.locator("#failure-text")).to_contain_text("ZeroDivisionError('no memory')")
    python(app, MENDED)
    redraw(app, "3")
