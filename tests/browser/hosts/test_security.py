"""The policies of the page; conftest.py checks in every test that nothing leaves the origin."""

from tests.browser.support import request_log
from tests.browser.support.drawing import expect_works, wait_for_value, wait_until_offline_ready

ELSEWHERE = "http://127.0.0.1:9/"
# Runs in a timer: what Playwright evaluates directly is exempt from the policy.
IN_TIME = """() => new Promise((done) => setTimeout(() => {
  try { TRIED; done("allowed"); } catch (error) { done(error.name); }
}))"""


def refused(page, directive):
    """Wait until exactly this was refused, and remove it from the list."""
    wait_for_value(lambda: (page.evaluate("0"), len(request_log.csp_violations))[1], 1)
    assert request_log.csp_violations.pop().startswith(directive)


def test_the_policy_allows_the_own_origin_and_no_eval(app):
    policy = app.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy
    *directives, scripts, types = policy.split("; ")
    assert (scripts, types) == (
        "require-trusted-types-for 'script'",
        "trusted-types service-worker model-worker",
    )
    sources = {source for directive in directives for source in directive.split()[1:]}
    assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'"}


TRIED = {  # code: its error, and the directive that refuses it
    'new Function("1")': ("EvalError", "require-trusted-types-for"),
    'document.createElement("script").text = "1"': ("TypeError", "require-trusted-types-for"),
    'document.body.innerHTML += "<p>"': ("TypeError", "require-trusted-types-for"),
    'new Worker("built/rest.js")': ("TypeError", "require-trusted-types-for"),
    'trustedTypes.createPolicy("own", {})': ("TypeError", "trusted-types"),
    'trustedTypes.createPolicy("service-worker", {})': ("TypeError", "trusted-types"),
}


def test_no_code_turns_a_string_into_a_script(app):
    wait_until_offline_ready(app)  # by now it has created its own scripts and workers
    for tried, (error, directive) in TRIED.items():
        assert app.evaluate(IN_TIME.replace("TRIED", tried)) == error, tried
        refused(app, directive)


def test_a_request_to_another_origin_is_refused_and_recorded(app):
    app.evaluate(f"fetch('{ELSEWHERE}').catch(() => {{}})")
    refused(app, "connect-src")
    (worker,) = app.context.service_workers
    assert worker.evaluate(f"fetch('{ELSEWHERE}').catch((error) => error.name)") == "TypeError"
    refused(app, "connect-src")
    with app.context.expect_page() as opened:
        app.evaluate("open('about:blank')")
    opened.value.goto(app.url + "icon.svg")
    opened.value.evaluate(f"fetch('{ELSEWHERE}').catch(() => {{}})")
    wait_for_value(lambda: (app.evaluate("0"), ELSEWHERE in request_log.cross_origin)[1], True)
    request_log.cross_origin.clear()
    opened.value.close()


def test_no_request_of_two_visits_fails(page, server):
    asked, failed = [], []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.on("requestfailed", lambda request: failed.append(request.url))
    page.context.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    errors = []
    page.on("console", lambda m: errors.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.address)
    wait_until_offline_ready(page)
    expect_works(page)
    page.reload()
    wait_until_offline_ready(page)
    expect_works(page)
    assert len(asked) > 20
    assert failed == []
    assert errors == []
