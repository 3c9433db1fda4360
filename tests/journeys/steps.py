"""The steps that journeys consist of: actions on the page, and checks of what it shows.

In all steps, `tab` is a `tests.engines.tab.Tab` that shows the app's page.
"""

from selenium.webdriver.common.keys import Keys

from tests.support.strokes import DRAWN_DIGITS

IS_SELECTED = "return getSelection().containsNode(document.querySelector('#sheet'), true)"
"""JavaScript: whether the selection contains the sheet."""
GET_TITLE_AND_END = """scrollTo(0, 0);
const {left, top} = document.querySelector("h1").getBoundingClientRect();
return [[left + 1, top + 5], [innerWidth / 2, innerHeight / 2], [innerWidth - 40, innerHeight - 5]]
  .map((point) => point.map(Math.round));"""
"""JavaScript: the points, in pixels, of a drag that selects all text in the window."""


def open_page(tab, address):
    """Open the app's page and wait until it has started."""
    tab.open(address)
    wait_until_started(tab)


def reload(tab):
    """Reload the page and wait until it has started."""
    tab.reload()
    wait_until_started(tab)


def wait_until_started(tab):
    """Wait until the page has hidden its start screen."""
    tab.expect_shown("#start", shown=False)


def wait_until_stored(tab):
    """Wait until the page has stored its files for offline use, or has failed to store them."""
    state = "return document.querySelector('#offline').dataset.state"
    tab.expect(lambda: tab.run(state) in (None, "offline_preparing"), False)


def draw(tab, strokes, pointer="mouse"):
    """Draw strokes on the sheet.

    Args:
        tab: the tab.
        strokes: lists of points, in fractions of the sheet's width and height.
        pointer: "mouse" or "touch".
    """
    tab.draw("#sheet", strokes, pointer)


def select_all(tab):
    """Select the whole page with the keyboard."""
    tab.press_together(Keys.CONTROL, "a")
    tab.expect(lambda: tab.run(IS_SELECTED), True)


def select_from_the_title_to_the_end(tab):
    """Select text with the mouse, from the page's title to the end of the window."""
    tab.drag(tab.run(GET_TITLE_AND_END), "mouse")
    tab.expect(lambda: tab.run(IS_SELECTED), True)


def expect_digit(tab, label):
    """Wait until the page shows this digit or number as its result."""
    tab.expect(lambda: tab.text("#digit"), label)


def clear(tab):
    """Clear the sheet with the page's button."""
    tab.click("#clear")
    expect_digit(tab, "")


def expect_works(tab, label="7"):
    """Draw a digit, expect that the page recognises it, and clear the sheet."""
    draw(tab, DRAWN_DIGITS[label])
    expect_digit(tab, label)
    clear(tab)


def expect_origin(tab, origin):
    """Wait until the page shows where its model came from, such as "downloaded" or "stored"."""
    read_origin = "return document.querySelector('#origin').dataset.origin"
    tab.expect(lambda: tab.run(read_origin), origin)
