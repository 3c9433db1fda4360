"""Chromium is started with the right options for tests."""

import re

import pytest

from tests.browser.support import request_log


def test_all_features_that_playwright_disables_stay_disabled(page):
    page.goto("chrome://version")
    command_line = page.locator("#command_line").inner_text()
    first, last = (
        set(each.split(",")) for each in re.findall(r"--disable-features=(\S+)", command_line)
    )
    request_log.cross_origin.clear()  # requests of the browser's own page
    assert {name for name in first if not name.startswith("ms")} <= last  # Microsoft's, of Edge


@pytest.mark.usefixtures("page")
def test_a_window_opens_no_internal_pages_of_the_browser(browser):
    devtools = browser.new_browser_cdp_session()
    targets = devtools.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    assert [each["url"] for each in targets if each["type"] == "browser_ui"] == []
