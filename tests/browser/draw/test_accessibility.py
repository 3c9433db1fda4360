"""axe-core finds no violation of WCAG 2.2 AA or its own best practices in any state of the page."""

import pytest

from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit
from tests.browser.support.shared_tab import SharedTab, prefer_chinese
from tools.env import npm
from tools.visits import states

AXE = (npm.PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")
RUN_AXE = """
async () => {
  const mismatch = "label-content-name-mismatch";
  const rules = { [mismatch]: { enabled: true }, "target-size": { enabled: true } };
  const options = { resultTypes: ["violations"], elementRef: true, rules };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes
    .filter(({ element }) => id !== mismatch || !element.closest("#bars"))
    .map(({ html, failureSummary }) => `${id}: ${html}${failureSummary}`));
}"""
"""JavaScript: return all violations, except mismatches of name and text in the bars: the button of
a bar shows a digit and a percentage, but its name should contain only the digit."""
PHONE = {"width": 390, "height": 844}


def violations_on_desktop_and_phone(page):
    """Return the violations on a light desktop with a mouse, and on a dark phone with touch."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN_AXE)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    found += page.evaluate(RUN_AXE)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    return found


@pytest.fixture
def chinese_tab(visited_site):
    """Return a `SharedTab` in Chinese. Afterwards, set the browser online again."""
    context, address = visited_site
    tab = SharedTab(context, address, prepare=prefer_chinese)
    yield tab
    tab.close()
    context.set_offline(False)


def test_axe_finds_no_violation(chinese_tab, context, server):
    violations = {}
    for state in states.OPEN_PAGE_STATES:
        page = chinese_tab.page()
        state(page)
        violations[state.__name__] = violations_on_desktop_and_phone(page)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    context.set_offline(False)
    for state in states.FIRST_VISIT_STATES:
        page = context.new_page()
        prefer_chinese(page)
        state(page, server.address)
        violations[state.__name__] = violations_on_desktop_and_phone(page)
    assert len(violations) == len(states.OPEN_PAGE_STATES) + len(states.FIRST_VISIT_STATES)
    assert not any(violations.values()), violations


# Changes the text or the name of the button "Clear", and returns the rules that are then violated.
# Afterwards, restores the button.
RULES_VIOLATED_BY_BUTTON = """
async ([text, name]) => {
  const button = document.getElementById("clear"), before = button.textContent;
  button.textContent = text ?? before;
  if (name) button.ariaLabel = name;
  const violations = await (RUN_AXE)();
  button.textContent = before;
  button.removeAttribute("aria-label");
  return violations.map((violation) => violation.split(":")[0]);
}""".replace("RUN_AXE", RUN_AXE)


def test_axe_reports_a_button_without_a_name_or_whose_name_differs_from_its_text(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])  # enables the button
    expect_digit(shared_app, "7")
    if not shared_app.evaluate("'axe' in window"):
        shared_app.evaluate(AXE)
    for text_and_name, rule in (
        (["", None], "button-name"),
        ([None, "Save"], "label-content-name-mismatch"),
    ):
        assert shared_app.evaluate(RULES_VIOLATED_BY_BUTTON, text_and_name) == [rule]
