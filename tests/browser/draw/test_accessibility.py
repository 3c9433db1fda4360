"""axe-core finds no violation of WCAG 2.2 AA or its best practices in any state of the page."""

from tools.env import npm
from tools.visits import states

AXE = (npm.PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")
RUN_AXE = """
async () => {
  const mismatch = "label-content-name-mismatch", resultTypes = ["violations"];
  const all = await axe.run(document, { resultTypes, rules: { [mismatch]: { enabled: false } } });
  const names = await axe.run({ exclude: "#bars" }, { resultTypes, runOnly: mismatch });
  return [...all.violations, ...names.violations].map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary)}`);
}"""
"""JavaScript: all violations. The name of a bar's button contains its label, the digit, but not its
percentage, which is a value: there, axe would expect both in the name."""
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def violations_on_desktop_and_phone(page):
    """Return the violations with a light color scheme and a mouse, and with a dark one by touch."""
    page.evaluate(AXE)
    found = page.evaluate(RUN_AXE)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    return [*found, *page.evaluate(RUN_AXE)]


def test_axe_finds_no_violation(browser, visited_site):
    _, address = visited_site
    violations = {
        state: violations_on_desktop_and_phone(page)
        for state, page in states.visit(
            browser, address, viewport=DESKTOP, locale="zh-CN", reduced_motion="reduce"
        )
    }
    assert len(violations) == len(states.IN_ONE_CONTEXT) + len(states.FIRST_VISITS)
    assert not any(violations.values()), violations


def test_axe_reports_a_button_without_a_name(app):
    app.evaluate(AXE)
    app.evaluate("document.querySelector('#clear').textContent = ''")
    assert any(each.startswith("button-name") for each in app.evaluate(RUN_AXE))
