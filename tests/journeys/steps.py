"""What a person does on the page, in words of the page."""

from tests.support.strokes import DRAWN_DIGITS


def open_page(tab, address):
    tab.open(address)
    wait_until_started(tab)


def reload(tab):
    tab.reload()
    wait_until_started(tab)


def wait_until_started(tab):
    tab.expect_shown("#start", shown=False)


def wait_until_kept(tab):
    """Wait until the page says whether it works offline from now on."""
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
    """The page reads what is drawn now."""
    draw(tab, DRAWN_DIGITS[label])
    expect_digit(tab, label)
    clear(tab)


def expect_origin(tab, origin):
    """The page says that the model came from there."""
    told = "return document.querySelector('#origin').dataset.origin"
    tab.expect(lambda: tab.run(told), origin)
