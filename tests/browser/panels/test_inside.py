"""The panel that explains a reading with sentences and figures when the user stops drawing."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.reading.occlusion import explain
from model.evaluation.readings import load_recogniser
from tests.browser.draw.test_numbers import COUNT_RUNS, GET_RUNS, IS_UP_TO_DATE, run_python
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
# Returns a digest of the pixels of a canvas; "" if all are transparent.
CANVAS_DIGEST = """
(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte) ? data.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7) : "";
}
"""
# Returns whether the panel has no deferred work.
IS_IDLE = """
from digits.page import main
main.page.late_controls.panels._created["inside"]._deferred.is_idle
"""
# Replaces the clock of deferred work with one that the test advances.
STOP_THE_CLOCK = """
from types import SimpleNamespace
from digits.page.panels import deferred_work

clock = 1000.0
deferred_work.time = SimpleNamespace(monotonic=lambda: clock)
"""
ADVANCE_THE_CLOCK = "clock += deferred_work.DELAY"
# Makes runs with many images fail, as only explanations have them.
FAIL_EXPLANATIONS = """
from dataclasses import replace
from digits.page import main
from offline_onnx.errors import SessionError

class Failing:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if inputs["image"].shape[0] > 9:
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

original = main.page.app.recogniser
failing = replace(original.model, session=Failing(original.model.session))
main.page.app.recogniser = replace(original, model=failing)
"""
# Clears the drawing while it is being explained.
CLEAR_DURING_EXPLANATION = """
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
# Records each text that an element shows from now on, in `recordedTexts`.
RECORD_TEXTS = """
(element) => {
  window.recordedTexts = [];
  const observer = new MutationObserver(() => recordedTexts.push(element.textContent));
  observer.observe(element, { childList: true });
}
"""
# Makes runs that request layer outputs fail.
FAIL_LAYERS = """
from dataclasses import replace
from digits.page import main
from offline_onnx.errors import SessionError

class Failing:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if "layer_" in str(outputs):
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

original = main.page.app.recogniser
failing = Failing(original.model.session)
original.model.__dict__["session"] = failing
"""
# Makes painting the layers fail.
FAIL_PAINTING = """
from digits.page.panels import layers

paint_maps = layers.paint_maps
layers.paint_maps = lambda *_: 1 / 0
"""
RESTORE_PAINTING = "layers.paint_maps = paint_maps"
RESTORE_LAYERS = "original.model.__dict__['session'] = failing.session"
RESTORE_RECOGNISER = "main.page.app.recogniser = original"
# Replaces the model with one that has no layer outputs.
REMOVE_LAYER_OUTPUTS = """
from dataclasses import replace
from digits.page import main

reader = main.page.app.recogniser
manifest = replace(reader.model.manifest, outputs=reader.model.manifest.outputs[:2])
main.page.app.recogniser = replace(reader, model=replace(reader.model, manifest=manifest))
"""


def toggle_panel(page, name="inside"):
    """Open a closed panel, or close an open one, with the keyboard."""
    page.locator(f"#{name} > summary").focus()
    page.keyboard.press("Enter")


def explanation_text(page):
    """Return the element that contains the sentences of the explanation."""
    return page.locator("#why-said")


def figure_digests(page):
    """Return the digests of the three figures."""
    return [page.locator(f"#{name}").evaluate(CANVAS_DIGEST) for name in FIGURES]


def count_explanations(page):
    """Return how many of the recorded runs were explanations: only those have many images."""
    return sum(size > 9 for (size,) in json.loads(run_python(page, GET_RUNS)))


def redraw(page, label):
    """Draw another digit, and wait until it is explained."""
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS[label])
    expect(explanation_text(page)).to_contain_text(f"It says {label}, ")


def explain_natively(page):
    """Return the explanation of the drawing that native onnxruntime computes."""
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop occupies the current one
        return thread.submit(asyncio.run, explain(load_recogniser(MODEL), image)).result()


def test_the_explanation_follows_the_drawing(app):
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("Draw a digit, then pause")
    assert figure_digests(app) == ["", "", ""]
    draw(app, DRAWN_DIGITS["7"])
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    expect(app.locator("#why")).to_have_attribute("aria-busy", "false")
    digests_of_seven = figure_digests(app)
    assert all(digests_of_seven)
    native = explain_natively(app)
    expect(explanation_text(app)).to_contain_text(f"Runner-up: {native.reading.second}, ")
    expect(app.locator("#why-changed")).to_contain_text(
        f"it would say {native.change.reading.label}."
    )
    importance = explanation_text(app).locator("p").all_inner_texts()[1:]
    images = app.locator("#why").get_by_role("img")
    assert images.evaluate_all("all => all.map(({ id, ariaLabel }) => [id, ariaLabel])") == [
        ["why-seen", "What the model sees, pixel by pixel"],
        ["why-map", " ".join(importance)],
        ["why-change", app.locator("#why-changed").inner_text()],
    ]
    redraw(app, "3")
    assert not set(figure_digests(app)) & set(digests_of_seven)
    app.locator("#clear").click()
    expect(explanation_text(app)).to_contain_text("Draw a digit, then pause")
    assert figure_digests(app) == ["", "", ""]


def test_the_explanation_of_what_is_no_digit_says_so(app):
    star = [(0.5, 0.15), (0.71, 0.78), (0.17, 0.39), (0.83, 0.39), (0.29, 0.78), (0.5, 0.15)]
    draw(app, [star])
    expect_digit(app, "?")
    app.locator("#inside > summary").click()
    said = app.locator("#why-said")
    expect(said).to_contain_text(re.compile(r"^It says that this is no digit, and is \d+% sure\."))
    expect(said).not_to_contain_text("just as sure")


def test_the_figures_follow_the_colour_scheme(app):
    toggle_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    light = figure_digests(app)
    app.emulate_media(color_scheme="dark")
    wait_for_value(lambda: [a == b for a, b in zip(light, figure_digests(app), strict=True)],
               [True, False, False])  # fmt: skip


def test_the_explanation_waits_until_the_user_stops_drawing(app):
    toggle_panel(app)
    run_python(app, COUNT_RUNS)
    run_python(app, STOP_THE_CLOCK)
    stem, bar = DRAWN_DIGITS["7"]
    draw(app, [stem])
    draw_without_release(app, bar)
    expect(app.locator("#why")).to_have_attribute("aria-busy", "true")
    wait_for_value(lambda: run_python(app, IS_UP_TO_DATE), expected=True)
    run_python(app, ADVANCE_THE_CLOCK)
    wait_for_value(lambda: run_python(app, IS_IDLE), expected=True)
    assert count_explanations(app) == 0  # the pen is still down
    app.mouse.up()
    wait_for_value(lambda: run_python(app, IS_UP_TO_DATE), expected=True)
    run_python(app, ADVANCE_THE_CLOCK)
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    wait_for_value(lambda: run_python(app, IS_IDLE), expected=True)
    assert count_explanations(app) == 1


def test_the_explanation_of_an_older_drawing_is_not_shown(app):
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("Draw a digit, then pause")
    explanation_text(app).evaluate(RECORD_TEXTS)
    run_python(app, CLEAR_DURING_EXPLANATION)
    draw(app, DRAWN_DIGITS["7"])
    wait_for_value(lambda: app.evaluate("recordedTexts.length") > 0, expected=True)
    assert [
        words for words in app.evaluate("recordedTexts") if "Draw a digit, then pause" not in words
    ] == []
    expect(app.locator("#why")).to_have_attribute("aria-busy", "false")


def test_a_closed_panel_explains_nothing(app):
    toggle_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    toggle_panel(app)
    expect(app.locator("#inside")).not_to_have_attribute("open", "")
    run_python(app, COUNT_RUNS)
    app.locator("#clear").click()
    draw(app, DRAWN_DIGITS["3"])
    expect_digit(app, "3")
    wait_for_value(lambda: run_python(app, IS_UP_TO_DATE), expected=True)
    assert count_explanations(app) == 0
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("It says 3, ")


def test_layers_are_drawn_when_they_are_opened(app):
    app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(app, DRAWN_DIGITS["7"])
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    canvases = app.locator("#layers canvas")
    expect(canvases).to_have_count(0)
    toggle_panel(app, "layers")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )
    captions = app.locator("#layers figcaption").all_inner_texts()
    assert captions[2].startswith("Layer 3: 40 maps of 10 ")
    assert canvases.evaluate_all("all => all.map(({ ariaLabel }) => ariaLabel)") == captions
    digests_of_seven = [canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()]
    redraw(app, "3")
    wait_for_value(
        lambda: any(
            canvas.evaluate(CANVAS_DIGEST) in digests_of_seven for canvas in canvases.all()
        ),
        False,
    )
    for width in (320, 390, 700, 1280):
        app.set_viewport_size({"width": width, "height": 1800})
        assert app.evaluate("document.documentElement.scrollWidth") <= width
    app.locator("#clear").click()
    wait_for_value(
        lambda: any(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=False
    )


def test_a_model_without_layer_outputs_is_explained(app):
    run_python(app, REMOVE_LAYER_OUTPUTS)
    draw(app, DRAWN_DIGITS["7"])
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    expect(app.locator("#layers")).to_be_hidden()


def test_the_next_digit_is_explained_after_a_failed_run(app):
    run_python(app, FAIL_EXPLANATIONS)
    toggle_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(explanation_text(app)).to_contain_text("can't run: no memory")
    expect_digit(app, "7")
    assert figure_digests(app) == ["", "", ""]
    run_python(app, RESTORE_RECOGNISER)
    redraw(app, "3")
    assert all(figure_digests(app))


def test_failed_layers_are_reported_and_drawn_when_opened_again(app):
    app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(app, DRAWN_DIGITS["7"])
    run_python(app, FAIL_LAYERS)
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    toggle_panel(app, "layers")
    expect(app.locator("#layers-list")).to_contain_text("can't run: no memory")
    expect(app.locator("#failure")).to_be_hidden()
    expect(app.locator("#layers canvas")).to_have_count(0)
    run_python(app, RESTORE_LAYERS)
    toggle_panel(app, "layers")
    toggle_panel(app, "layers")
    canvases = app.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )
    expect(app.locator("#layers-list")).not_to_contain_text("no memory")


def test_layers_are_drawn_when_opened_again_after_an_unexpected_error(app):
    app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(app, DRAWN_DIGITS["7"])
    toggle_panel(app)
    expect(explanation_text(app)).to_contain_text("It says 7, ")
    run_python(app, FAIL_PAINTING)
    toggle_panel(app, "layers")
    expect(app.locator("#failure-text")).to_contain_text("ZeroDivisionError")
    run_python(app, RESTORE_PAINTING)
    toggle_panel(app, "layers")
    toggle_panel(app, "layers")
    canvases = app.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )


def test_the_next_digit_is_explained_after_an_unexpected_error(app):
    run_python(app, FAIL_EXPLANATIONS.replace("SessionError(", "ZeroDivisionError("))
    toggle_panel(app)
    draw(app, DRAWN_DIGITS["7"])
    expect(app.locator("#failure-text")).to_contain_text("ZeroDivisionError('no memory')")
    run_python(app, RESTORE_RECOGNISER)
    redraw(app, "3")
