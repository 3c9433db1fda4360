"""The layout in every window: nothing overlaps or is cut off, bars and targets are large enough."""

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import draw_number
from tests.browser.layout.measure import MEASURE
from tests.browser.panels.test_teaching import DELETE_EXAMPLES, teach_label
from tests.browser.support.drawing import draw, expect_digit
from tests.support.strokes import write_neatly
from tools.visits import windows
from tools.visits.states import MIRRORED_THREE, SPIRAL

# Stores a copy of the page's main part under a name. Scripts do not change the copy.
STORE_STATE = """name => {
  (window.mainStates ??= {})[name] = document.querySelector("main").cloneNode(true);
}"""
# Adds states that are copies of stored ones with changes: "starting", "messages" and "eleven", in
# which the eleventh bar has a long label. Replaces the panels by a copy that scripts don't change.
ADD_STATES = """() => {
  const { empty, one } = mainStates, text = "A message that needs some lines. ".repeat(4);
  const starting = mainStates.starting = empty.cloneNode(true);
  starting.querySelector("#start").hidden = false;
  starting.querySelector("#step").textContent = "Starting the neural network";
  starting.querySelector("#bytes").textContent = "5.4 of 5.4 MB";
  const messages = mainStates.messages = one.cloneNode(true);
  for (const id of ["full", "picture-error"]) {
    messages.querySelector(`#${id}`).hidden = false;
    messages.querySelector(`#${id}`).textContent = text;
  }
  const eleven = mainStates.eleven = one.cloneNode(true), items = eleven.querySelector("#bars");
  if (items.childElementCount === 10) items.append(items.lastElementChild.cloneNode(true));
  items.lastElementChild.querySelector(".label").textContent = "not a digit";
  const panels = document.querySelector(".panels");
  panels.replaceWith(panels.cloneNode(true));
}"""


@pytest.fixture
def page_with_states(app):
    """Yield the page; its variable `mainStates` has a copy of its main part in each state."""
    app.emulate_media(reduced_motion="reduce")
    app.locator("#teach[data-examples]").wait_for()

    def store_state(name):
        app.evaluate(STORE_STATE, name)

    store_state("empty")
    for state, number in (("one", "7"), ("four", "2026"), ("eight", "20261129")):
        draw_number(app, number)
        expect_digit(app, number)
        expect(app.locator("#choices label")).to_have_count(len(number) if len(number) > 1 else 0)
        store_state(state)
        app.locator("#clear").click()
        expect_digit(app, "")
    for state, sums in (("sum", "12+7="), ("sums", "1÷7=\n5÷0=\n99-3")):
        draw(app, write_neatly(sums, top=0.1))
        expect(app.locator("#sum > p")).to_have_count(sums.count("\n") + 1)
        expect(app.locator("#choices label")).to_have_count(len(sums.replace("\n", "")))
        store_state(state)
        app.locator("#clear").click()
        expect_digit(app, "")
    draw(app, [SPIRAL])
    app.locator("#digit .unsure").wait_for()
    store_state("doubt")
    app.locator("#clear").click()
    expect_digit(app, "")
    draw(app, [MIRRORED_THREE])
    expect(app.locator("#teach")).to_be_enabled()
    teach_label(app, "3")
    expect_digit(app, "3")
    expect(app.locator("#lesson")).not_to_be_empty()
    store_state("taught")
    fill_panels(app)
    app.evaluate(ADD_STATES)
    yield app
    app.evaluate(DELETE_EXAMPLES)


def fill_panels(page):
    """Open each panel, and wait for its content."""
    contents = {
        "why": "#explanation[aria-busy=false]",
        "taught": "#taught-list canvas",
        "history": "#history-list li:nth-child(3)",
        "model": "#model-facts dd",
        "about": "#about-steps li:nth-child(4)",
    }
    for panel, content in contents.items():
        page.locator(f"#{panel} > summary").click()
        page.locator(content).first.wait_for()
    page.locator("#about-files > summary").click()
    page.locator("#about-list li").first.wait_for()
    page.locator("#about > summary").click()


def test_nothing_overlaps_or_is_cut_off_in_any_window(page_with_states, add_row):
    page = page_with_states
    devtools = page.context.new_cdp_session(page)
    problems = []
    for window in windows.all_windows():
        windows.resize(devtools, window)
        measured = page.evaluate(f"() => ({MEASURE})(mainStates)")
        figures = measured["figures"]
        found = measured["problems"] + unmet_expectations(window, figures)
        problems += [f"{window.name}: {problem}" for problem in found]
        add_row(
            "Layout: smallest boxes in pixels, over all states and panels",
            window=window.name,
            sheet=round(figures["sheet"]),
            answer=f"{'beside' if figures['beside'] else 'below'}, {figures['columns']} columns",
            digit_of_eight=round(figures["digit"]),
            bar=round(figures["bar"]),
            target=round(figures["target"]),
            problems=len(found),
        )
    assert not problems, "\n".join(problems)


def unmet_expectations(window, figures):
    """Return the expectations that the figures of a window do not meet."""
    width, height, _zoom, text_size = window
    expected = {
        "the sheet is a square": figures["isSquare"],
        "the sheet is large enough": figures["sheet"] >= min(240, 0.89 * width),
        "the number is large enough": figures["digit"] >= min(36, width / 7),
    }
    if text_size == 1 and width >= 320:
        if not figures["beside"] and height >= 660:
            expected["the sheet and all bars fit into the window"] = (
                figures["sheetToBars"] <= height
            )
        if figures["beside"]:
            expected["all bars fit into the window"] = figures["lastBar"] <= height
    if figures["beside"] and width >= 1024:
        expected["the page uses the width"] = figures["usedWidth"] >= 0.8
    return [f"not true: {what}" for what, holds in expected.items() if not holds]
