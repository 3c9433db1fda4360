"""The browser that the tests run in."""

import re

import pytest

from tests.browser.support import watched


def test_the_features_that_playwright_disables_are_disabled(page):
    page.goto("chrome://version")
    told = page.locator("#command_line").inner_text()
    first, last = (set(each.split(",")) for each in re.findall(r"--disable-features=(\S+)", told))
    watched.elsewhere.clear()  # the browser's own page is no page of ours
    assert {name for name in first if not name.startswith("ms")} <= last  # Microsoft's, of Edge


@pytest.mark.usefixtures("page")
def test_no_window_has_internal_pages_of_the_browser(browser):
    devtools = browser.new_browser_cdp_session()
    told = devtools.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    assert [each["url"] for each in told if each["type"] == "browser_ui"] == []
