"""README.zh.md is README.md in Chinese: in each section, what needs no translation is the same.

A change in one of them fails here until the other is changed too. The message names the section and
what only one of the two has.
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
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[[^]]*\]\(([^)]+)\)")
HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True)
class Section:
    """A heading and the text below it, up to the next heading."""

    level: int
    title: str
    text: str

    @property
    def prose(self):
        return FENCED.sub("```", self.text)


def sections(name):
    """Split a page at its headings; comments in code blocks are not headings."""
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


def shape(section):
    """Return the kinds of a section's parts in order, a table's with its rows and columns."""
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


def commands(section):
    """Return the lines of the code blocks, without a shell's comments, which are translated."""
    lines = []
    for language, block in FENCED.findall(section.text):
        bare = re.sub(r" +# .*", "", block) if language == "sh" else block
        lines += [f"```{language}", *bare.splitlines()]
    return lines


def code(section):
    """Return the names and commands in the text, in order."""
    return re.findall(r"`([^`\n]+)`", section.prose)


def links(section):
    """Return the targets of links and pictures, in order."""
    return [f"{sign}({target})" for sign, target in LINK.findall(section.prose)]


def figures(section):
    """Return the numbers, sorted: the other language may have them in another order."""
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", section.prose))


def difference(english, chinese):
    """Return what only one of two lists has, with its context."""
    lines = difflib.unified_diff(english, chinese, "README.md", "README.zh.md", lineterm="", n=1)
    return "\n".join(lines)


def test_each_links_the_other_below_its_title():
    for name, line in LANGUAGES.items():
        assert (ROOT / name).read_text("utf-8").split("\n")[2] == line


def test_the_headings_are_the_same():
    pairs = zip_longest(ENGLISH, CHINESE)
    outline = "\n".join(
        " = ".join(f"{'#' * each.level} {each.title}" if each else "(none)" for each in pair)
        for pair in pairs
    )
    levels = [[section.level for section in page] for page in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1], f"the headings of README.md and README.zh.md:\n{outline}"


@pytest.mark.parametrize("kind", [shape, commands, code, links, figures], ids=lambda k: k.__name__)
@pytest.mark.parametrize("number", range(len(ENGLISH)), ids=lambda n: ENGLISH[n].title)
def test_a_section_has_the_same(number, kind):
    assert number < len(CHINESE), f"README.zh.md lacks {ENGLISH[number].title!r}"
    english, chinese = ENGLISH[number], CHINESE[number]
    expected, found = kind(english), kind(chinese)
    place = f"{kind.__name__} of {english.title!r} and {chinese.title!r}"
    assert expected == found, f"{place}:\n{difference(expected, found)}"


def test_no_line_is_broken_between_two_chinese_characters():
    """A browser shows such a break as a space, which Chinese does not have."""
    text = (ROOT / "README.zh.md").read_text("utf-8")
    assert re.findall(rf".*{HAN}\n *{HAN}.*", text) == []
