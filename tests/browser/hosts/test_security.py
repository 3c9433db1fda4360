"""The page's Content Security Policy: what it contains, and what it blocks.

After every test, tests/browser/conftest.py also checks that there were no unexpected cross-origin
requests.
"""

from tests.browser.support import request_log
from tests.browser.support.drawing import expect_works, wait_for_value, wait_until_offline_ready
from tests.browser.support.first_visit import record_visit

OTHER_ORIGIN = "http://127.0.0.1:9/"
# Runs in a timer, because scripts that Playwright evaluates directly are exempt from the policy.
RUN_IN_TIMER = """() => new Promise((done) => setTimeout(() => {
  try { CODE; done("allowed"); } catch (error) { done(error.name); }
}))"""


LAYOUT_SHIFT = """() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "layout-shift", buffered: true });
  return observer.takeRecords().reduce((sum, { value }) => sum + value, 0);
}"""
"""JavaScript: the sum of all layout shifts since the page was opened."""


def expect_violation(page, directive):
    """Wait for exactly one policy violation, of this directive; remove it from the request log."""
    # Each call of `evaluate` lets Playwright deliver the reports of the page.
    wait_for_value(lambda: (page.evaluate("0"), len(request_log.csp_violations))[1], 1)
    assert request_log.csp_violations.pop().startswith(directive)


def test_the_policy_allows_only_sources_of_the_same_origin_and_no_eval(shared_app):
    policy = shared_app.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy
    *directives, scripts, types = policy.split("; ")
    assert (scripts, types) == (
        "require-trusted-types-for 'script'",
        "trusted-types service-worker model-worker",
    )
    sources = {directive.split()[0]: set(directive.split()[1:]) for directive in directives}
    # An SVG is shown as an image of a blob, in which scripts do not run.
    assert sources.pop("img-src") == {"'self'", "blob:"}
    assert set().union(*sources.values()) == {"'none'", "'self'", "'wasm-unsafe-eval'"}


BLOCKED_CODE = {  # code: the error that it throws, and the directive that blocks it
    'new Function("1")': ("EvalError", "require-trusted-types-for"),
    'document.createElement("script").text = "1"': ("TypeError", "require-trusted-types-for"),
    'document.body.innerHTML += "<p>"': ("TypeError", "require-trusted-types-for"),
    'new Worker("built/boot.js")': ("TypeError", "require-trusted-types-for"),
    'trustedTypes.createPolicy("own", {})': ("TypeError", "trusted-types"),
    'trustedTypes.createPolicy("service-worker", {})': ("TypeError", "trusted-types"),
}


def test_strings_can_not_become_scripts(shared_app):
    # Wait until the page has used its policy `service-worker`: only a second use of the name is
    # refused.
    wait_until_offline_ready(shared_app)
    for code, (error, directive) in BLOCKED_CODE.items():
        assert shared_app.evaluate(RUN_IN_TIMER.replace("CODE", code)) == error, code
        expect_violation(shared_app, directive)


def test_a_cross_origin_request_is_blocked_and_recorded(shared_app):
    shared_app.evaluate(f"fetch('{OTHER_ORIGIN}').catch(() => {{}})")
    expect_violation(shared_app, "connect-src")
    (worker,) = (
        each for each in shared_app.context.service_workers if each.url.startswith(shared_app.url)
    )
    assert worker.evaluate(f"fetch('{OTHER_ORIGIN}').catch((error) => error.name)") == "TypeError"
    expect_violation(shared_app, "connect-src")
    # icon.svg has no policy, so a request from it is sent, and must be recorded.
    with shared_app.context.expect_page() as opened:
        shared_app.evaluate("open('about:blank')")
    opened.value.goto(shared_app.url + "icon.svg")
    opened.value.evaluate(f"fetch('{OTHER_ORIGIN}').catch(() => {{}})")
    wait_for_value(
        lambda: (shared_app.evaluate("0"), OTHER_ORIGIN in request_log.cross_origin)[1], True
    )
    request_log.cross_origin.clear()
    opened.value.close()


def test_a_first_and_a_later_visit_cause_no_failed_request_or_console_error(
    visit_log, visited_site, page
):
    context, address = visited_site
    with record_visit(context, page) as later_log:
        page.goto(address)
        wait_until_offline_ready(page)
        expect_works(page)
    assert page.evaluate(LAYOUT_SHIFT) < 0.01
    assert len([each for each in visit_log.requested if each.startswith(address)]) > 20
    for log in (visit_log, later_log):
        assert [each for each in log.failed if each.startswith(address)] == []
        assert log.errors == []
