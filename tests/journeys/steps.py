"""The steps that journeys consist of: actions on the page, and checks of what it shows.

In all steps, `tab` is a `tests.engines.tab.Tab` that shows the app's page.
"""

from tests.support.strokes import DRAWN_DIGITS


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
    """Wait until the page has stored itself for offline use, or has failed to."""
    state = "return document.querySelector('#offline').dataset.state"
    tab.expect(lambda: tab.run(state) in (None, "offline_preparing"), False)


def draw(tab, strokes, pointer="mouse"):
    """Draw strokes, in fractions of the sheet, with the pointer "mouse" or "touch"."""
    tab.draw("#sheet", strokes, pointer)


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
    """Wait until the page shows this origin of its model, such as "downloaded" or "stored"."""
    read_origin = "return document.querySelector('#origin').dataset.origin"
    tab.expect(lambda: tab.run(read_origin), origin)
