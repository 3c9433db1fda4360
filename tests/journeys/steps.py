"""The steps of the journeys: what a person does on the page, and expects of it."""

from tests.support.strokes import DRAWN_DIGITS


def open_page(tab, address):
    tab.open(address)
    wait_until_started(tab)


def reload(tab):
    tab.reload()
    wait_until_started(tab)


def wait_until_started(tab):
    tab.expect_shown("#start", shown=False)


def wait_until_stored(tab):
    """Wait until the page says whether it is stored for offline use."""
    state = "return document.querySelector('#offline').dataset.state"
    tab.expect(lambda: tab.run(state) in (None, "offline_preparing"), False)


def draw(tab, strokes, pointer="mouse"):
    tab.draw("#sheet", strokes, pointer)


def expect_digit(tab, label):
    tab.expect(lambda: tab.text("#digit"), label)


def clear(tab):
    tab.click("#clear")
    expect_digit(tab, "")


def expect_works(tab, label="7"):
    """Expect that the page reads a digit that is drawn now."""
    draw(tab, DRAWN_DIGITS[label])
    expect_digit(tab, label)
    clear(tab)


def expect_origin(tab, origin):
    """Expect that the page says where its model came from."""
    shown = "return document.querySelector('#origin').dataset.origin"
    tab.expect(lambda: tab.run(shown), origin)
