"""The split interpreter: its second part has the functions that a start does not call.

The page links the second part after the start, or as soon as one of its functions is called: see
tools/lean/wasm/split.py.
"""

from tests.browser.draw.test_numbers import digit_in_number
from tests.browser.start.test_snapshot import expect_start
from tests.browser.support.drawing import draw, expect_works, reload

# Records when a module of more than a megabyte is compiled synchronously. That happens
# only if a function of the second part is called before the page has linked it.
RECORD_SYNCHRONOUS_COMPILATIONS = """
window.compilations = [];
WebAssembly.Module = new Proxy(WebAssembly.Module, {
  construct(Module, args) {
    if (args[0].byteLength > 1e6) compilations.push(performance.now());
    return new Module(...args);
  },
});
"""
COUNT_COMPILATIONS_OF_START = """() => {
  const [{ startTime: startEnded }] = performance.getEntriesByName("start-ended");
  return compilations.filter((time) => time < startEnded).length;
}"""
"""JavaScript: the number of recorded compilations during the start. Later ones are not counted: the
page's work after the start may call the second part at any time."""
# Prevents the page from linking the second part after the start.
NEVER_LINK_AFTER_START = """
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (source, imports) =>
  source.byteLength > 1e6 ? new Promise(() => {}) : instantiate(source, imports);
"""
RARE_CODE = "(str(2 ** 300 % 10 ** 40), 'A-b'.swapcase(), complex('1+2j').conjugate().imag)"
"""Python code that calls functions of the second part."""
RESULT = str((str(2**300 % 10**40), "A-b".swapcase(), complex("1+2j").conjugate().imag))


def call_second_part(page):
    """Run RARE_CODE in the page; return its result as text."""
    return page.evaluate("code => pyodide.runPython(code)", f"str({RARE_CODE})")


def reload_without_http_cache(page):
    """Clear the HTTP cache, and reload the page: it starts from its stored files and snapshot."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    reload(page)
    expect_start(page, "restored")


def test_a_start_calls_no_function_of_the_second_part(app_without_server, subtests):
    page = app_without_server
    page.add_init_script(RECORD_SYNCHRONOUS_COMPILATIONS)
    for digits in ("", "7", "180"):
        with subtests.test(digits):
            for index, digit in enumerate(digits):
                draw(page, digit_in_number(digit, index, len(digits)))
            if digits:
                page.locator("#digit").get_by_text(digits, exact=True).wait_for()
            reload_without_http_cache(page)
            assert page.locator("#digit").inner_text() == digits
            assert page.evaluate(COUNT_COMPILATIONS_OF_START) == 0
            expect_works(page)
            assert call_second_part(page) == RESULT
            page.locator("#clear").click()


def test_a_call_of_the_second_part_links_it_if_it_is_not_linked_yet(app_without_server):
    page = app_without_server
    page.add_init_script(RECORD_SYNCHRONOUS_COMPILATIONS)
    page.add_init_script(NEVER_LINK_AFTER_START)
    reload_without_http_cache(page)
    assert page.evaluate(COUNT_COMPILATIONS_OF_START) == 0
    assert call_second_part(page) == RESULT
    assert page.evaluate("compilations.length") == 1
    assert call_second_part(page) == RESULT
    expect_works(page)
    assert page.evaluate("compilations.length") == 1
