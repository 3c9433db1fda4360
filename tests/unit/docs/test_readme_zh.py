"""README.zh.md is the Chinese translation of README.md: code, links and numbers are the same.

These tests fail if the code, links, numbers or layout of only one of them was changed. The message
names the section and shows the difference.
"""

import difflib
import re
from dataclasses import dataclass
from itertools import zip_longest

import pytest

from tools.env.venv import ROOT

LANGUAGES = {
    "README.md": "English · [中文](README.zh.md)",
    "README.zh.md": "[English](README.md) · 中文",
}
"""The line below the title of each README, which links the README in the other language."""
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[[^]]*\]\(([^)]+)\)")
HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True)
class Section:
    """A heading and the text between it and the next heading."""

    level: int
    title: str
    text: str

    @property
    def prose(self):
        """Return the text with each code block replaced by "```"."""
        return FENCED.sub("```", self.text)


def sections(name):
    """Split a README at its headings. Lines in code blocks that begin with # are not headings."""
    text = (ROOT / name).read_text("utf-8").replace(LANGUAGES[name], "")
    fences = [range(*block.span()) for block in FENCED.finditer(text)]
    heads = [
        head
        for head in re.finditer(r"^(#+) (.+)\n", text, re.MULTILINE)
        if not any(head.start() in fence for fence in fences)
    ]
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return [
        Section(len(head[1]), head[2], text[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]


ENGLISH, CHINESE = sections("README.md"), sections("README.zh.md")


def layout(section):
    """Return the kind of each paragraph, list, table, picture and code block, in order."""
    kinds = []
    for part in re.split(r"\n{2,}", section.prose.strip("\n")):
        lines = part.splitlines()
        if part.startswith("|"):
            kinds.append(f"table: {len(lines)} rows of {lines[0].count('|') - 1}")
        elif part.startswith("- "):
            kinds.append(f"list: {sum(line.startswith('- ') for line in lines)} items")
        else:
            kinds.append("code" if part == "```" else "picture" if part[0] == "!" else "paragraph")
    return kinds


def code_blocks(section):
    """Return the lines of the code blocks. Shell comments are removed: they are translated."""
    lines = []
    for language, block in FENCED.findall(section.text):
        code = re.sub(r" +# .*", "", block) if language == "sh" else block
        lines += [f"```{language}", *code.splitlines()]
    return lines


def inline_code(section):
    """Return the inline code in the text, in order."""
    return re.findall(r"`([^`\n]+)`", section.prose)


def links(section):
    """Return the targets of links and images, in order."""
    return [f"{sign}({target})" for sign, target in LINK.findall(section.prose)]


def numbers(section):
    """Return the numbers in the text, sorted, because their order depends on the language."""
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", section.prose))


def difference(english, chinese):
    """Return the lines that differ between two lists, as a unified diff."""
    lines = difflib.unified_diff(english, chinese, "README.md", "README.zh.md", lineterm="", n=1)
    return "\n".join(lines)


def test_each_readme_links_the_other_below_its_title():
    for name, line in LANGUAGES.items():
        assert (ROOT / name).read_text("utf-8").split("\n")[2] == line


def test_the_levels_of_the_headings_are_the_same():
    pairs = zip_longest(ENGLISH, CHINESE)
    outline = "\n".join(
        " = ".join(f"{'#' * each.level} {each.title}" if each else "(none)" for each in pair)
        for pair in pairs
    )
    levels = [[section.level for section in page] for page in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1], f"the headings of README.md and README.zh.md:\n{outline}"


@pytest.mark.parametrize(
    "extract", [layout, code_blocks, inline_code, links, numbers], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("number", range(len(ENGLISH)), ids=lambda n: ENGLISH[n].title)
def test_a_section_has_the_same_content_in_both_languages(number, extract):
    assert number < len(CHINESE), f"README.zh.md lacks {ENGLISH[number].title!r}"
    english, chinese = ENGLISH[number], CHINESE[number]
    expected, found = extract(english), extract(chinese)
    what = f"{extract.__name__} of {english.title!r} and {chinese.title!r}"
    assert expected == found, f"{what}:\n{difference(expected, found)}"


def test_no_line_break_is_between_two_chinese_characters():
    """A browser shows a line break as a space, but Chinese has no spaces between words."""
    text = (ROOT / "README.zh.md").read_text("utf-8")
    assert re.findall(rf".*{HAN}\n *{HAN}.*", text) == []
