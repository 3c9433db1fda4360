"""Text direction, contrast, forced colours, motion and printing, as users or extensions set them.

One more test is about the help on the keys.
"""

from io import BytesIO

import numpy as np
from matplotlib.image import imread
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import draw_number
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit
from tests.support.strokes import write_neatly

# Returns the left edges of the digits to choose from, of their boxes on the sheet, and of the bars
# and their percentages.
LEFT_EDGES = """() => ["#choices label", "#boxes div", "#bars .bar", "#bars .percent"].map(
  (selector) => [...document.querySelectorAll(selector)].map(
    (element) => Math.round(element.getBoundingClientRect().left)))"""
# Returns the area of the sheet that the help on the keys covers, and whether the help is within the
# width of the window.
KEYS_OVER_SHEET = """() => {
  const keys = document.getElementById("keys").getBoundingClientRect();
  const sheet = document.getElementById("sheet").getBoundingClientRect();
  const across = Math.min(keys.right, sheet.right) - Math.max(keys.left, sheet.left);
  const down = Math.min(keys.bottom, sheet.bottom) - Math.max(keys.top, sheet.top);
  return [Math.max(across, 0) * Math.max(down, 0), keys.left >= 0 && keys.right <= innerWidth];
}"""
# Returns the colours of the best bar's filled part, of another bar's, and of the rest of a bar. The
# argument is the selector of the list of bars.
BAR_COLOURS = """(list) => {
  const best = document.querySelector(`${list} .best .bar`);
  const other = document.querySelector(`${list} button:not(.best) .bar`);
  return [getComputedStyle(best, "::before"), getComputedStyle(other, "::before"),
    getComputedStyle(other)].map((style) => style.backgroundColor);
}"""
# Returns the background of a bar, and the style of its outline. The argument is as above.
BAR_TRACK = """(list) => {
  const style = getComputedStyle(document.querySelector(`${list} .bar`));
  return [style.backgroundColor, style.outlineStyle];
}"""
# Returns two contrasts with the background, as WCAG defines them: that of the palest text, and that
# of the line around the sheet.
CONTRASTS = """() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255).map(
      (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const ground = luminance(style(":root").backgroundColor);
  const contrast = (colour) => {
    const other = luminance(colour);
    return (Math.max(ground, other) + 0.05) / (Math.min(ground, other) + 0.05);
  };
  return [contrast(style("header p").color), contrast(style("#sheet").borderTopColor)];
}"""


def test_a_page_set_to_right_to_left_does_not_mirror_the_number(shared_app):
    draw_number(shared_app, "274")
    expect_digit(shared_app, "274")
    expect(shared_app.locator("#choices label")).to_have_count(3)
    before = shared_app.evaluate(LEFT_EDGES)
    assert [edges == sorted(edges) for edges in before[:2]] == [True, True]
    for element in ("document.documentElement", "document.body"):
        shared_app.evaluate(f"{element}.dir = 'rtl'")
        assert shared_app.evaluate(LEFT_EDGES) == before
        shared_app.evaluate(f"{element}.removeAttribute('dir')")


def test_the_help_on_the_keys_does_not_cover_the_sheet(shared_app):
    shared_app.locator("#sheet[tabindex]").wait_for()
    for width, height in ((1280, 800), (640, 360), (390, 844)):
        shared_app.set_viewport_size({"width": width, "height": height})
        shared_app.locator("#language").focus()
        shared_app.keyboard.press("Tab")
        expect(shared_app.locator("#keys-text")).to_be_visible()
        assert shared_app.evaluate(KEYS_OVER_SHEET) == [0, True]


def test_contrasts_are_sufficient_and_bars_differ_in_forced_colours(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    text, _ = shared_app.evaluate(CONTRASTS)
    assert text >= 4.5
    for scheme in ("light", "dark"):
        shared_app.emulate_media(contrast="more", color_scheme=scheme)
        text, line = shared_app.evaluate(CONTRASTS)
        assert (text >= 7, line >= 3) == (True, True)
    shared_app.emulate_media(forced_colors="active", contrast="no-preference")
    assert len(set(shared_app.evaluate(BAR_COLOURS, "#bars"))) == 3


def test_the_bars_of_signs_differ_in_forced_colours_and_have_outlines_with_more_contrast(
    shared_app,
):
    draw(shared_app, write_neatly("7+5"))
    expect_digit(shared_app, "7+5")
    shared_app.locator("#choices label").nth(1).click()
    expect(shared_app.locator("#signs .best")).to_have_text("+")
    shared_app.emulate_media(contrast="more")
    for bars in ("#bars", "#signs"):
        assert shared_app.evaluate(BAR_TRACK, bars) == ["rgba(0, 0, 0, 0)", "solid"]
    shared_app.emulate_media(forced_colors="active", contrast="no-preference")
    assert len(set(shared_app.evaluate(BAR_COLOURS, "#signs"))) == 3


def test_a_dark_page_is_printed_with_dark_ink_on_white_paper(shared_app):
    shared_app.emulate_media(color_scheme="dark")
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    shared_app.emulate_media(media="print", color_scheme="dark")
    expect(shared_app.locator("#undo")).to_be_hidden()
    pixels = imread(BytesIO(shared_app.locator("#sheet").screenshot()))[..., :3].mean(axis=-1)
    inner = pixels[10:-10, 10:-10]
    assert np.median(inner) > 0.95
    assert 0.01 < (inner < 0.2).mean() < 0.2
    assert ((inner > 0.2) & (inner < 0.95)).mean() < 0.02


def test_nothing_moves_for_users_who_want_less_motion(app):
    app.emulate_media(reduced_motion="reduce")
    assert app.evaluate("document.getAnimations().length") == 0  # on the empty sheet
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    assert app.evaluate("document.getAnimations().length") == 0
