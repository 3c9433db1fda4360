"""The options with which tests start Chromium have the wanted effects."""

import re

import pytest

from tests.browser.support import request_log


def test_chromiums_features_that_playwright_disables_stay_disabled(page):
    """Chromium obeys only the last --disable-features: it must name all features of the first."""
    page.goto("chrome://version")
    command_line = page.locator("#command_line").inner_text()
    playwrights, ours = (
        set(each.split(",")) for each in re.findall(r"--disable-features=(\S+)", command_line)
    )
    request_log.cross_origin.clear()  # requests of the browser's own page
    # The features whose names begin with "ms" are those of Microsoft Edge.
    assert {name for name in playwrights if not name.startswith("ms")} <= ours


@pytest.mark.usefixtures("page")
def test_a_window_opens_no_internal_pages_of_the_browser(browser):
    devtools = browser.new_browser_cdp_session()
    targets = devtools.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    types = [each["type"] for each in targets]
    assert "page" in types
    assert "browser_ui" not in types
