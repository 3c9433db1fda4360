import re

from tools.site.bundle import WEB


def test_no_button_of_a_panel_can_be_pressed_before_python_listens():
    page = (WEB / "index.html").read_text("utf-8")
    panels = page[page.index('class="panels"') :]
    buttons = re.findall(r"<button [^>]*>", panels)
    assert len(buttons) > 10
    assert [each for each in buttons if not re.search(r" (disabled|hidden)>", each)] == []
