"""The page's style: hovering, what depends on the kind of pointer, and the sizes of text."""

import re

import pytest

from tools.site.bundle import WEB


@pytest.fixture(scope="module")
def declarations():
    """Return each declaration of the style: its conditions, its selector and its text."""
    style = re.sub(r"/\*.*?\*/", "", (WEB / "style.css").read_text("utf-8"), flags=re.DOTALL)
    return list(parse(style))


def parse(style):
    """Yield (conditions, selector, text) for each declaration.

    The text is also "" for the end of a rule whose last declaration ends with a semicolon.
    """
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


def test_only_a_pointer_that_can_hover_gets_the_styles_of_hovering(declarations):
    conditions = [found for found, selector, _ in declarations if ":hover" in selector]
    assert len(conditions) >= 5
    assert all(found == ["@media (hover: hover)"] for found in conditions)


def test_only_the_camera_button_depends_on_the_kind_of_pointer(declarations):
    found = {
        selector for conditions, selector, _ in declarations if "pointer:" in " ".join(conditions)
    }
    assert found == {"#camera"}


def test_sizes_of_text_follow_the_text_size_of_the_user(declarations):
    sizes = [text for _, _, text in declarations if re.match(r"font(-size)?:", text)]
    assert len(sizes) >= 20
    assert [text for text in sizes if re.search(r"\dpx", text)] == []
