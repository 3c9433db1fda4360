"""The controls in web/index.html."""

import re

from tools.site.bundle import WEB


def test_all_buttons_of_the_panels_are_disabled_or_hidden_at_first():
    """Python enables or shows a button when it has added the listeners."""
    page = (WEB / "index.html").read_text("utf-8")
    panels = page[page.index('class="panels"') :]
    buttons = re.findall(r"<button [^>]*>", panels)
    assert len(buttons) > 10
    assert [each for each in buttons if not re.search(r" (disabled|hidden)>", each)] == []
