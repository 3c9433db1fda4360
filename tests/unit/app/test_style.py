"""The page's style: what depends on the kind of pointer, and what does not."""

import re

import pytest

from tools.site.bundle import WEB


@pytest.fixture(scope="module")
def rules():
    """Return each rule of the style: the conditions around it, its selector and declarations."""
    style = re.sub(r"/\*.*?\*/", "", (WEB / "style.css").read_text("utf-8"), flags=re.DOTALL)
    return list(parse(style))


def parse(style):
    """Yield each rule as (conditions, selector, declarations)."""
    around, start = [], 0
    for found in re.finditer(r"[{};]", style):
        text, start = style[start : found.start()].strip(), found.end()
        if found[0] == "{":
            around.append(" ".join(text.split()))
        elif around and around[-1].startswith("@"):
            assert not text
            around.pop()
        elif found[0] == "}":
            *conditions, selector = around
            yield conditions, selector, text
            around.pop()
        elif around:
            yield around[:-1], around[-1], text


def test_only_a_pointer_that_can_hover_gets_the_styles_of_hovering(rules):
    conditions = [found for found, selector, _ in rules if ":hover" in selector]
    assert len(conditions) >= 5
    assert all(found == ["@media (hover: hover)"] for found in conditions)


def test_the_layout_does_not_depend_on_the_pointer(rules):
    found = {selector for conditions, selector, _ in rules if "pointer:" in " ".join(conditions)}
    assert found == {"#camera"}


def test_sizes_of_text_follow_the_text_size_of_the_user(rules):
    sizes = [text for _, _, text in rules if re.match(r"font(-size)?:", text)]
    assert len(sizes) >= 20
    assert [text for text in sizes if re.search(r"\dpx", text)] == []
