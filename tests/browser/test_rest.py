"""The interpreter's code that a start does not call comes after it, or when it is called."""

import pytest

from tests.browser.drawing import DIGITS, draw, eventually, expect_works
from tests.browser.test_snapshot import started

ASKED = """
() => performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith(".rest.wasm"))
  .map(({ initiatorType }) => initiatorType)
"""
STUCK = """
const { fetch } = window;
window.fetch = (what, options) =>
  String(what.url ?? what).endsWith(".rest.wasm") ? new Promise(() => {}) : fetch(what, options);
"""
SELDOM = "(str(2 ** 300 % 10 ** 40), 'A-b'.swapcase(), complex('1+2j').conjugate().imag)"
ANSWER = str((str(2**300 % 10**40), "A-b".swapcase(), complex("1+2j").conjugate().imag))


def seldom(page):
    """Have Python do what no start does."""
    return page.evaluate("code => pyodide.runPython(code)", f"str({SELDOM})")


@pytest.mark.parametrize("digits", ["", "7", "180"])
def test_a_start_calls_nothing_of_it(visit_offline_ready, server, digits):
    page = visit_offline_ready()
    for index, digit in enumerate(digits):
        width = 1 / len(digits)
        strokes = DIGITS[digit]
        draw(page, [[((index + x) * width, y) for x, y in stroke] for stroke in strokes])
    if digits:
        page.locator("#digit").get_by_text(digits, exact=True).wait_for()
    server.stop()
    page.reload()
    started(page, "restored")
    page.locator("#start").wait_for(state="hidden")
    assert page.locator("#digit").inner_text() == digits
    eventually(lambda: page.evaluate(ASKED), ["fetch"])
    expect_works(page)
    assert page.evaluate(ASKED) == ["fetch"]
    assert seldom(page) == ANSWER


def test_what_is_called_before_it_has_come_is_fetched_at_once(visit_offline_ready, server):
    page = visit_offline_ready()
    page.add_init_script(STUCK)
    server.stop()
    page.reload()
    started(page, "restored")
    page.locator("#start").wait_for(state="hidden")
    assert seldom(page) == ANSWER
    assert page.evaluate(ASKED) == ["xmlhttprequest"]
    assert seldom(page) == ANSWER
    expect_works(page)
