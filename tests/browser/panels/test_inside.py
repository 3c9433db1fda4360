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
    eventually,
    expect_digit,
    press,
    stored_ink,
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
main.page.late_controls.panels._created["inside"]._at_rest.is_idle
"""
STOP_THE_CLOCK = """
from types import SimpleNamespace
from digits.page.panels import at_rest

clock = 1000.0
at_rest.time = SimpleNamespace(monotonic=lambda: clock)
"""
LET_IT_REST = "clock += at_rest.REST"
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


def test_the_explanation_follows_the_drawing(ready):
    open_panel(ready)
    expect(said(ready)).to_contain_text("Draw a digit, then pause")
    assert shown(ready) == ["", "", ""]
    draw(ready, DRAWN_DIGITS["7"])
    expect(said(ready)).to_contain_text("It says 7, ")
    expect(ready.locator("#why")).to_have_attribute("aria-busy", "false")
    seven = shown(ready)
    assert all(seven)
    native = explained_natively(ready)
    expect(said(ready)).to_contain_text(f"Runner-up: {native.reading.second}, ")
    expect(ready.locator("#why-changed")).to_contain_text(
        f"it would say {native.change.reading.label}."
    )
    matters = said(ready).locator("p").all_inner_texts()[1:]
    images = ready.locator("#why").get_by_role("img")
    assert images.evaluate_all("all => all.map(({ id, ariaLabel }) => [id, ariaLabel])") == [
        ["why-seen", "What the model sees, pixel by pixel"],
        ["why-map", " ".join(matters)],
        ["why-change", ready.locator("#why-changed").inner_text()],
    ]
    redraw(ready, "3")
    assert not set(shown(ready)) & set(seven)
    ready.locator("#clear").click()
    expect(said(ready)).to_contain_text("Draw a digit, then pause")
    assert shown(ready) == ["", "", ""]


def test_the_figures_follow_the_colour_scheme(ready):
    open_panel(ready)
    draw(ready, DRAWN_DIGITS["7"])
    expect(said(ready)).to_contain_text("It says 7, ")
    light = shown(ready)
    ready.emulate_media(color_scheme="dark")
    eventually(lambda: [a == b for a, b in zip(light, shown(ready), strict=True)],
               [True, False, False])  # fmt: skip


def test_nothing_is_explained_before_the_user_stops_drawing(ready):
    open_panel(ready)
    python(ready, COUNT_RUNS)
    python(ready, STOP_THE_CLOCK)
    stem, bar = DRAWN_DIGITS["7"]
    draw(ready, [stem])
    press(ready, bar)
    expect(ready.locator("#why")).to_have_attribute("aria-busy", "true")
    eventually(lambda: python(ready, IDLE), wanted=True)
    python(ready, LET_IT_REST)
    eventually(lambda: python(ready, AT_REST), wanted=True)
    assert explained(ready) == 0  # the pen is still down
    ready.mouse.up()
    eventually(lambda: python(ready, IDLE), wanted=True)
    python(ready, LET_IT_REST)
    expect(said(ready)).to_contain_text("It says 7, ")
    eventually(lambda: python(ready, AT_REST), wanted=True)
    assert explained(ready) == 1


def test_the_explanation_of_an_older_drawing_is_not_shown(ready):
    open_panel(ready)
    expect(said(ready)).to_contain_text("Draw a digit, then pause")
    said(ready).evaluate(WATCH)
    python(ready, CLEARED_MEANWHILE)
    draw(ready, DRAWN_DIGITS["7"])
    eventually(lambda: ready.evaluate("written.length") > 0, wanted=True)
    assert [
        words for words in ready.evaluate("written") if "Draw a digit, then pause" not in words
    ] == []
    expect(ready.locator("#why")).to_have_attribute("aria-busy", "false")


def test_a_closed_panel_explains_nothing(ready):
    open_panel(ready)
    draw(ready, DRAWN_DIGITS["7"])
    expect(said(ready)).to_contain_text("It says 7, ")
    open_panel(ready)
    expect(ready.locator("#inside")).not_to_have_attribute("open", "")
    python(ready, COUNT_RUNS)
    ready.locator("#clear").click()
    draw(ready, DRAWN_DIGITS["3"])
    expect_digit(ready, "3")
    eventually(lambda: python(ready, IDLE), wanted=True)
    assert explained(ready) == 0
    open_panel(ready)
    expect(said(ready)).to_contain_text("It says 3, ")


def test_the_layers_are_drawn_once_they_are_opened(ready):
    ready.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(ready, DRAWN_DIGITS["7"])
    open_panel(ready)
    expect(said(ready)).to_contain_text("It says 7, ")
    canvases = ready.locator("#layers canvas")
    expect(canvases).to_have_count(0)
    open_panel(ready, "layers")
    expect(canvases).to_have_count(6)
    eventually(lambda: all(canvas.evaluate(SHOWN) for canvas in canvases.all()), wanted=True)
    captions = ready.locator("#layers figcaption").all_inner_texts()
    assert captions[2].startswith("Layer 3: 40 maps of 10 ")
    assert canvases.evaluate_all("all => all.map(({ ariaLabel }) => ariaLabel)") == captions
    seven = [canvas.evaluate(SHOWN) for canvas in canvases.all()]
    redraw(ready, "3")
    eventually(lambda: any(canvas.evaluate(SHOWN) in seven for canvas in canvases.all()), False)
    for width in (320, 390, 700, 1280):
        ready.set_viewport_size({"width": width, "height": 1800})
        assert ready.evaluate("document.documentElement.scrollWidth") <= width
    ready.locator("#clear").click()
    eventually(lambda: any(canvas.evaluate(SHOWN) for canvas in canvases.all()), wanted=False)


def test_a_model_without_layer_outputs_is_explained(ready):
    python(ready, WITHOUT_LAYERS)
    draw(ready, DRAWN_DIGITS["7"])
    open_panel(ready)
    expect(said(ready)).to_contain_text("It says 7, ")
    expect(ready.locator("#layers")).to_be_hidden()


def test_a_failed_run_is_reported_and_the_next_digit_is_explained(ready):
    python(ready, FAILING)
    open_panel(ready)
    draw(ready, DRAWN_DIGITS["7"])
    expect(said(ready)).to_contain_text("can't run: no memory")
    expect_digit(ready, "7")
    assert shown(ready) == ["", "", ""]
    python(ready, MENDED)
    redraw(ready, "3")
    assert all(shown(ready))


def test_failed_layers_are_reported_in_the_panel_and_the_next_look_tries_again(ready):
    ready.set_viewport_size({"width": 1280, "height": 1800})  # the sheet stays in view
    draw(ready, DRAWN_DIGITS["7"])
    python(ready, FAILING_LAYERS)
    open_panel(ready)
    expect(said(ready)).to_contain_text("It says 7, ")
    open_panel(ready, "layers")
    expect(ready.locator("#layers-list")).to_contain_text("can't run: no memory")
    expect(ready.locator("#failure")).to_be_hidden()
    expect(ready.locator("#layers canvas")).to_have_count(0)
    python(ready, MENDED_LAYERS)
    open_panel(ready, "layers")
    open_panel(ready, "layers")
    canvases = ready.locator("#layers canvas")
    expect(canvases).to_have_count(6)
    eventually(lambda: all(canvas.evaluate(SHOWN) for canvas in canvases.all()), wanted=True)
    expect(ready.locator("#layers-list")).not_to_contain_text("no memory")


def test_after_an_unforeseen_error_the_panel_explains_the_next_digit(ready):
    python(ready, FAILING.replace("SessionError(", "ZeroDivisionError("))
    open_panel(ready)
    draw(ready, DRAWN_DIGITS["7"])
    expect(ready.locator("#failure-text")).to_contain_text("ZeroDivisionError('no memory')")
    python(ready, MENDED)
    redraw(ready, "3")
