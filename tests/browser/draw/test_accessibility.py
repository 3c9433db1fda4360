"""axe finds nothing in any state of the page: WCAG 2.2 AA, and axe's best practices."""

import pytest

from tools.env import npm
from tools.visits import states

AXE = (npm.PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")
RUN = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary)}`)
"""
LOOKS = {
    "desktop-light": {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"},
    "phone-dark": {
        "viewport": {"width": 390, "height": 844},
        "locale": "zh-CN",
        "color_scheme": "dark",
        "has_touch": True,
    },
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(browser, visited_site, look):
    _, address = visited_site
    found = {}
    for state, page in states.visit(browser, address, **LOOKS[look]):
        page.evaluate(AXE)
        found[state] = page.evaluate(RUN)
    assert len(found) == len(states.RETURNING) + len(states.FIRST_VISIT)
    assert not any(found.values()), found


def test_axe_finds_what_is_wrong(app):
    app.evaluate(AXE)
    app.evaluate("document.querySelector('#clear').textContent = ''")
    assert any(each.startswith("button-name") for each in app.evaluate(RUN))
