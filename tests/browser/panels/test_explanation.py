"""The panel "Why this answer?", which explains a reading when the user stops drawing."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from digits.drawing.ink import Ink
from digits.drawing.raster import rasterise
from digits.reading.occlusion import explain
from model.evaluation.readings import load_recogniser
from tests.browser.draw.test_numbers import (
    GET_BATCH_SIZES,
    IS_UP_TO_DATE,
    RECORD_BATCH_SIZES,
    run_python,
)
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
main.page.late_controls.panels._created["why"]._deferred.is_idle
"""
# Replaces the clock of deferred work with one that the test advances.
STOP_THE_CLOCK = """
from types import SimpleNamespace
from digits.page.panels import deferred_work

clock = 1000.0
deferred_work.time = SimpleNamespace(monotonic=lambda: clock)
"""
ADVANCE_THE_CLOCK = "clock += deferred_work.DELAY"
# Makes runs with more than nine images fail: only explanations have such runs.
FAIL_EXPLANATIONS = """
from dataclasses import replace
from digits.page import main
from offline_onnx.errors import SessionError

class FailingSession:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if inputs["image"].shape[0] > 9:
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

original = main.page.app.recogniser
failing = replace(original.model, session=FailingSession(original.model.session))
main.page.app.recogniser = replace(original, model=failing)
"""
# Clears the drawing while it is being explained.
CLEAR_DURING_EXPLANATION = """
import asyncio
from dataclasses import replace
from digits.page import main

class ClearingSession:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if inputs["image"].shape[0] > 9:
            main.page.app.clear_drawing()
            while main.page.app.symbols:
                await asyncio.sleep(0)
        return await self.session.run(inputs, outputs)

reader = main.page.app.recogniser
clearing = replace(reader.model, session=ClearingSession(reader.model.session))
main.page.app.recogniser = replace(reader, model=clearing)
"""
# Records each text that an element shows from now on, in `recordedTexts`.
RECORD_TEXTS = """
(element) => {
  window.recordedTexts = [];
  window.textObserver?.disconnect(); // an earlier test may have set it
  window.textObserver = new MutationObserver(() => recordedTexts.push(element.textContent));
  textObserver.observe(element, { childList: true });
}
"""
# Makes runs that request layer outputs fail.
FAIL_LAYERS = """
from dataclasses import replace
from digits.page import main
from offline_onnx.errors import SessionError

class FailingSession:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if "layer_" in str(outputs):
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

original = main.page.app.recogniser
failing = FailingSession(original.model.session)
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


def toggle_panel(page, name="why"):
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
    return sum(size > 9 for size in json.loads(run_python(page, GET_BATCH_SIZES)))


def redraw_until_explained(page, label):
    """Clear the sheet, draw another digit, and wait until it is explained."""
    page.locator("#clear").click()
    draw(page, DRAWN_DIGITS[label])
    expect(explanation_text(page)).to_contain_text(f"It says {label}, ")


def explain_natively(page):
    """Return the explanation of the drawing that native onnxruntime computes."""
    image = rasterise(Ink.from_json(json.dumps(stored_ink(page))).strokes)
    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop may run in this thread
        return thread.submit(asyncio.run, explain(load_recogniser(MODEL), image)).result()


def test_the_explanation_follows_the_drawing(shared_app):
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("Draw a digit, then pause")
    assert figure_digests(shared_app) == ["", "", ""]
    draw(shared_app, DRAWN_DIGITS["7"])
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    expect(shared_app.locator("#explanation")).to_have_attribute("aria-busy", "false")
    digests_of_seven = figure_digests(shared_app)
    assert all(digests_of_seven)
    native = explain_natively(shared_app)
    expect(explanation_text(shared_app)).to_contain_text(f"Runner-up: {native.reading.second}, ")
    expect(shared_app.locator("#why-changed")).to_contain_text(
        f"it would say {native.decisive_erasure.reading.label}."
    )
    importance = explanation_text(shared_app).locator("p").all_inner_texts()[1:]
    images = shared_app.locator("#explanation").get_by_role("img")
    assert images.evaluate_all("all => all.map(({ id, ariaLabel }) => [id, ariaLabel])") == [
        ["why-seen", "What the model sees, pixel by pixel"],
        ["why-map", " ".join(importance)],
        ["why-change", shared_app.locator("#why-changed").inner_text()],
    ]
    redraw_until_explained(shared_app, "3")
    assert not set(figure_digests(shared_app)) & set(digests_of_seven)
    shared_app.locator("#clear").click()
    expect(explanation_text(shared_app)).to_contain_text("Draw a digit, then pause")
    assert figure_digests(shared_app) == ["", "", ""]


def test_the_explanation_says_that_a_star_is_no_digit(shared_app):
    star = [(0.5, 0.15), (0.71, 0.78), (0.17, 0.39), (0.83, 0.39), (0.29, 0.78), (0.5, 0.15)]
    draw(shared_app, [star])
    expect_digit(shared_app, "?")
    shared_app.locator("#why > summary").click()
    said = shared_app.locator("#why-said")
    expect(said).to_contain_text(
        re.compile(r"^It says that this is neither a digit nor a sign, and is \d+% sure\.")
    )
    expect(said).not_to_contain_text("just as sure")


def test_the_figures_follow_the_colour_scheme(shared_app):
    toggle_panel(shared_app)
    draw(shared_app, DRAWN_DIGITS["7"])
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    light = figure_digests(shared_app)
    shared_app.emulate_media(color_scheme="dark")
    wait_for_value(lambda: [a == b for a, b in zip(light, figure_digests(shared_app), strict=True)],
               [True, False, False])  # fmt: skip


def test_the_explanation_waits_until_the_user_stops_drawing(shared_app):
    toggle_panel(shared_app)
    run_python(shared_app, RECORD_BATCH_SIZES)
    run_python(shared_app, STOP_THE_CLOCK)
    stem, crossbar = DRAWN_DIGITS["7"]
    draw(shared_app, [stem])
    draw_without_release(shared_app, crossbar)
    expect(shared_app.locator("#explanation")).to_have_attribute("aria-busy", "true")
    wait_for_value(lambda: run_python(shared_app, IS_UP_TO_DATE), expected=True)
    run_python(shared_app, ADVANCE_THE_CLOCK)
    wait_for_value(lambda: run_python(shared_app, IS_IDLE), expected=True)
    assert count_explanations(shared_app) == 0  # the pen is still down
    shared_app.mouse.up()
    wait_for_value(lambda: run_python(shared_app, IS_UP_TO_DATE), expected=True)
    run_python(shared_app, ADVANCE_THE_CLOCK)
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    wait_for_value(lambda: run_python(shared_app, IS_IDLE), expected=True)
    assert count_explanations(shared_app) == 1


def test_the_explanation_of_an_older_drawing_is_not_shown(shared_app):
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("Draw a digit, then pause")
    explanation_text(shared_app).evaluate(RECORD_TEXTS)
    run_python(shared_app, CLEAR_DURING_EXPLANATION)
    draw(shared_app, DRAWN_DIGITS["7"])
    wait_for_value(lambda: shared_app.evaluate("recordedTexts.length") > 0, expected=True)
    assert [
        words
        for words in shared_app.evaluate("recordedTexts")
        if "Draw a digit, then pause" not in words
    ] == []
    expect(shared_app.locator("#explanation")).to_have_attribute("aria-busy", "false")


def test_a_closed_panel_explains_nothing(shared_app):
    toggle_panel(shared_app)
    draw(shared_app, DRAWN_DIGITS["7"])
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    toggle_panel(shared_app)
    expect(shared_app.locator("#why")).not_to_have_attribute("open", "")
    run_python(shared_app, RECORD_BATCH_SIZES)
    shared_app.locator("#clear").click()
    draw(shared_app, DRAWN_DIGITS["3"])
    expect_digit(shared_app, "3")
    wait_for_value(lambda: run_python(shared_app, IS_UP_TO_DATE), expected=True)
    assert count_explanations(shared_app) == 0
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("It says 3, ")


def test_layers_are_drawn_when_they_are_opened(shared_app):
    shared_app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet and the panel fit
    draw(shared_app, DRAWN_DIGITS["7"])
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    canvases = shared_app.locator("#layers canvas")
    expect(canvases).to_have_count(0)
    toggle_panel(shared_app, "layers")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )
    captions = shared_app.locator("#layers figcaption").all_inner_texts()
    assert captions[2].startswith("Layer 3: 40 maps of 10 ")
    assert canvases.evaluate_all("all => all.map(({ ariaLabel }) => ariaLabel)") == captions
    digests_of_seven = [canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()]
    redraw_until_explained(shared_app, "3")
    wait_for_value(
        lambda: any(
            canvas.evaluate(CANVAS_DIGEST) in digests_of_seven for canvas in canvases.all()
        ),
        False,
    )
    for width in (320, 390, 700, 1280):
        shared_app.set_viewport_size({"width": width, "height": 1800})
        assert shared_app.evaluate("document.documentElement.scrollWidth") <= width
    shared_app.locator("#clear").click()
    wait_for_value(
        lambda: any(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=False
    )


def test_a_model_without_layer_outputs_is_explained(shared_app):
    run_python(shared_app, REMOVE_LAYER_OUTPUTS)
    draw(shared_app, DRAWN_DIGITS["7"])
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    expect(shared_app.locator("#layers")).to_be_hidden()


def test_the_next_digit_is_explained_after_a_failed_run(shared_app):
    run_python(shared_app, FAIL_EXPLANATIONS)
    toggle_panel(shared_app)
    draw(shared_app, DRAWN_DIGITS["7"])
    expect(explanation_text(shared_app)).to_contain_text("can't run: no memory")
    expect_digit(shared_app, "7")
    assert figure_digests(shared_app) == ["", "", ""]
    run_python(shared_app, RESTORE_RECOGNISER)
    redraw_until_explained(shared_app, "3")
    assert all(figure_digests(shared_app))


def test_a_failed_run_for_the_layers_is_reported_and_repeated_when_they_are_opened_again(
    shared_app,
):
    shared_app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet and the panel fit
    draw(shared_app, DRAWN_DIGITS["7"])
    run_python(shared_app, FAIL_LAYERS)
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    toggle_panel(shared_app, "layers")
    expect(shared_app.locator("#layers-list")).to_contain_text("can't run: no memory")
    expect(shared_app.locator("#failure")).to_be_hidden()
    expect(shared_app.locator("#layers canvas")).to_have_count(0)
    run_python(shared_app, RESTORE_LAYERS)
    toggle_panel(shared_app, "layers")
    toggle_panel(shared_app, "layers")
    canvases = shared_app.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )
    expect(shared_app.locator("#layers-list")).not_to_contain_text("no memory")


def test_layers_are_drawn_when_opened_again_after_an_unexpected_error(shared_app):
    shared_app.set_viewport_size({"width": 1280, "height": 1800})  # the sheet and the panel fit
    draw(shared_app, DRAWN_DIGITS["7"])
    toggle_panel(shared_app)
    expect(explanation_text(shared_app)).to_contain_text("It says 7, ")
    run_python(shared_app, FAIL_PAINTING)
    toggle_panel(shared_app, "layers")
    expect(shared_app.locator("#failure-text")).to_contain_text("ZeroDivisionError")
    run_python(shared_app, RESTORE_PAINTING)
    toggle_panel(shared_app, "layers")
    toggle_panel(shared_app, "layers")
    canvases = shared_app.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    wait_for_value(
        lambda: all(canvas.evaluate(CANVAS_DIGEST) for canvas in canvases.all()), expected=True
    )


def test_the_next_digit_is_explained_after_an_unexpected_error(shared_app):
    run_python(shared_app, FAIL_EXPLANATIONS.replace("SessionError(", "ZeroDivisionError("))
    toggle_panel(shared_app)
    draw(shared_app, DRAWN_DIGITS["7"])
    expect(shared_app.locator("#failure-text")).to_contain_text("ZeroDivisionError('no memory')")
    run_python(shared_app, RESTORE_RECOGNISER)
    redraw_until_explained(shared_app, "3")
