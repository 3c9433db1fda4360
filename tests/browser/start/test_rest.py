"""The interpreter's code that a start does not need is loaded after it, or when it is called."""

import pytest

from tests.browser.start.test_snapshot import started
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_works, reload

COUNTED = """
window.atOnce = 0;
WebAssembly.Module = new Proxy(WebAssembly.Module, {
  construct(Module, given) {
    if (given[0].byteLength > 1e6) window.atOnce += 1;
    return new Module(...given);
  },
});
"""
STUCK = """
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (what, imports) =>
  what.byteLength > 1e6 ? new Promise(() => {}) : instantiate(what, imports);
"""
SELDOM = "(str(2 ** 300 % 10 ** 40), 'A-b'.swapcase(), complex('1+2j').conjugate().imag)"
ANSWER = str((str(2**300 % 10**40), "A-b".swapcase(), complex("1+2j").conjugate().imag))


def seldom(page):
    """Call functions of the interpreter that no start calls."""
    return page.evaluate("code => pyodide.runPython(code)", f"str({SELDOM})")


def offline(page, server):
    """Reload the page with no server and no browser cache, from what it has stored."""
    page.add_init_script(COUNTED)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    server.stop()
    reload(page)
    started(page, "restored")


@pytest.mark.parametrize("digits", ["", "7", "180"])
def test_a_start_calls_no_function_that_is_loaded_later(visit_until_offline_ready, server, digits):
    page = visit_until_offline_ready()
    for index, digit in enumerate(digits):
        width = 1 / len(digits)
        strokes = DRAWN_DIGITS[digit]
        draw(page, [[((index + x) * width, y) for x, y in stroke] for stroke in strokes])
    if digits:
        page.locator("#digit").get_by_text(digits, exact=True).wait_for()
    offline(page, server)
    assert page.locator("#digit").inner_text() == digits
    assert page.evaluate("atOnce") == 0
    expect_works(page)
    assert seldom(page) == ANSWER


def test_a_function_called_before_it_is_loaded_is_compiled_at_once(
    visit_until_offline_ready, server
):
    page = visit_until_offline_ready()
    page.add_init_script(STUCK)
    offline(page, server)
    assert page.evaluate("atOnce") == 0
    assert seldom(page) == ANSWER
    assert page.evaluate("atOnce") == 1
    assert seldom(page) == ANSWER
    expect_works(page)
    assert page.evaluate("atOnce") == 1
