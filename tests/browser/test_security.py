"""Closed by default: the policy, and that nothing leaves the origin."""

import re

from tests.browser.drawing import expect_works, wait_until_offline_ready


def test_the_policy_allows_the_own_origin_and_no_eval(page, server):
    page.add_init_script(
        """window.violations = [];
        addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective));"""
    )
    page.goto(server.address)
    wait_until_offline_ready(page)
    expect_works(page)
    assert page.evaluate("violations") == []

    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy
    sources = set(re.findall(r"\S+(?=[; ]|$)", re.sub(r"(?:^|; )[\w-]+", "", policy)))
    assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'"}


def test_the_policy_is_in_force(ready):
    # In a timer: what Playwright itself evaluates is exempt from the policy.
    evaluated = ready.evaluate(
        """() => new Promise((done) => setTimeout(() => {
          try { new Function("1")(); done("allowed"); } catch (error) { done(error.name); }
        }))"""
    )
    assert evaluated == "EvalError"
    refused = ready.evaluate(
        """async () => {
          const refused = new Promise((done) =>
            addEventListener("securitypolicyviolation", (e) => done(e.violatedDirective)));
          fetch("http://127.0.0.1:1/elsewhere").catch(() => {});
          return await refused;
        }"""
    )
    assert refused == "connect-src"


def test_no_request_leaves_the_origin_and_none_fails(page, server):
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
    assert {url for url in asked if not url.startswith((server.address, "data:", "blob:"))} == set()
    assert failed == []
    assert errors == []
