"""axe-core finds no violation of WCAG 2.2 AA or its best practices in any state of the page."""

import pytest

from tools.env import npm
from tools.visits import states

AXE = (npm.PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")
RUN_AXE = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary)}`)
"""
CONTEXT_OPTIONS = {
    "desktop-light": {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"},
    "phone-dark": {
        "viewport": {"width": 390, "height": 844},
        "locale": "zh-CN",
        "color_scheme": "dark",
        "has_touch": True,
    },
}


@pytest.mark.parametrize("device", CONTEXT_OPTIONS)
def test_axe_finds_no_violation(browser, visited_site, device):
    _, address = visited_site
    violations = {}
    for state, page in states.visit(browser, address, **CONTEXT_OPTIONS[device]):
        page.evaluate(AXE)
        violations[state] = page.evaluate(RUN_AXE)
    assert len(violations) == len(states.RETURNING) + len(states.FIRST_VISIT)
    assert not any(violations.values()), violations


def test_axe_reports_a_button_without_a_name(app):
    app.evaluate(AXE)
    app.evaluate("document.querySelector('#clear').textContent = ''")
    assert any(each.startswith("button-name") for each in app.evaluate(RUN_AXE))
