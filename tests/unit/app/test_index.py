"""The page's index.html: texts in both languages, links, and what search engines read."""

import html
import re
from html.parser import HTMLParser

import pytest
from matplotlib import image

from digits.words import TEXTS
from tools.site import page, webmanifest
from tools.site.bundle import WEB
from tools.visits import icons

FOLDERS = {"vendors": "vendors-0123456789ab"}
ADDRESS = "https://example.org/digits/"
TEMPLATE = (WEB / page.TEMPLATE).read_text("utf-8")


class Elements(HTMLParser):
    """Collects the attributes and the text of each element of a page.

    Attributes:
        elements: the tag, the attributes and the own text of each element, in order.
    """

    def __init__(self, text):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._open.append([tag, dict(attributes), ""])
        self.elements.append(self._open[-1])

    def handle_endtag(self, tag):
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._open:
            self._open[-1][2] += data

    def contents(self, name):
        """Return the attribute `content` of each <meta> element with this name or property."""
        metas = [attributes for tag, attributes, _ in self.elements if tag == "meta"]
        return [
            each["content"] for each in metas if name in (each.get("name"), each.get("property"))
        ]


@pytest.fixture(scope="module")
def rendered():
    """Return the page as it is written for an unknown address."""
    return page.render(TEMPLATE, TEXTS, FOLDERS, "")


def test_each_text_is_in_the_page_in_both_languages(rendered):
    keys = re.findall(r'data-text="(\w+)"', TEMPLATE)
    assert len(keys) > 40
    spans = [
        (attributes["class"], attributes["lang"], text)
        for tag, attributes, text in Elements(rendered).elements
        if tag == "span" and "lang" in attributes
    ]
    in_spans = [key for key in keys if key not in ("title", "no_script")]
    assert spans == [
        (language, webmanifest.LANGUAGES[language], TEXTS[language][key])
        for key in in_spans
        for language in ("en", "zh")
    ]
    assert not re.search(r"data-(text|label|content)=", rendered)


def test_each_accessible_name_is_in_the_page_in_both_languages(rendered):
    keys = re.findall(r'data-label="(\w+)"', TEMPLATE)
    labels = [
        (attributes["aria-label"], attributes["data-zh"])
        for _, attributes, _ in Elements(rendered).elements
        if "aria-label" in attributes
    ]
    assert labels == [(TEXTS["en"][key], TEXTS["zh"][key]) for key in keys]


def test_texts_are_escaped():
    texts = {language: {"a": f'<{language}> & "b"'} for language in ("en", "zh")}
    template = '<p data-text="a"></p><i data-label="a"></i><meta data-content="a">'
    shown = page.render(template, texts, {}, "")
    assert html.unescape(shown).count('<en> & "b"') == 3
    assert "<en>" not in shown


def test_search_engines_find_a_title_and_a_description_in_both_languages(rendered):
    elements = Elements(rendered)
    ((title_attributes, title),) = [each[1:] for each in elements.elements if each[0] == "title"]
    assert (title, title_attributes["data-zh"]) == (TEXTS["en"]["title"], TEXTS["zh"]["title"])
    assert len(title) <= 70
    for name in ("description", "og:description"):
        (description,) = elements.contents(name)
        assert TEXTS["en"]["description"] in description
        assert TEXTS["zh"]["description"] in description
    assert elements.contents("robots") == ["max-image-preview:large"]
    assert (WEB / "robots.txt").read_text("utf-8") == "User-agent: *\nAllow: /\n"


def test_the_picture_for_shared_links_has_the_size_that_the_page_declares(rendered):
    elements = Elements(rendered)
    assert elements.contents("og:image") == [page.PREVIEW]
    size = tuple(int(elements.contents(f"og:image:{side}")[0]) for side in ("width", "height"))
    height, width, _ = image.imread(WEB / page.PREVIEW).shape
    assert (width, height) == size == icons.PREVIEW_SIZE


def test_with_an_address_the_links_are_absolute():
    shown = page.render(TEMPLATE, TEXTS, FOLDERS, ADDRESS)
    elements = Elements(shown)
    assert elements.contents("og:image") == [f"{ADDRESS}preview.png"]
    assert elements.contents("og:url") == [ADDRESS]
    assert f'<link rel="canonical" href="{ADDRESS}">' in shown


def test_files_have_relative_addresses_and_early_js_comes_first(rendered):
    named = [
        attributes.get("src") or attributes.get("href")
        for tag, attributes, _ in Elements(rendered).elements
        if tag in ("script", "link")
    ]
    assert [name for name in named if ":" in name or name.startswith("/")] == []
    assert {f"built/{FOLDERS['vendors']}/vendors.js", "built/site.js"} <= set(named)
    # early.js learns of files that fail only if it runs before they are requested.
    assert all(
        named.index("early.js") < named.index(name)
        for name in named
        if name.endswith(("js", "css")) and name != "early.js"
    )


def test_the_template_becomes_the_index_of_a_site(tmp_path):
    for folder in FOLDERS.values():
        (tmp_path / "built" / folder).mkdir(parents=True)
    (tmp_path / page.TEMPLATE).write_text(TEMPLATE, "utf-8")
    page.write(tmp_path, TEXTS, "")
    assert {file.name for file in tmp_path.iterdir()} == {"built", page.INDEX}
    assert (tmp_path / page.INDEX).read_text("utf-8") == page.render(TEMPLATE, TEXTS, FOLDERS, "")


def test_all_buttons_of_the_panels_are_disabled_or_hidden_at_first():
    """Python enables or shows a button when it has added the listeners."""
    panels = TEMPLATE[TEMPLATE.index('class="panels"') :]
    buttons = re.findall(r"<button [^>]*>", panels)
    assert len(buttons) > 10
    assert [each for each in buttons if not re.search(r" (disabled|hidden)>", each)] == []


def test_there_is_one_live_region_apart_from_failures():
    live = re.findall(
        r'<(?:output|\w+ [^>]*(?:role="(?:status|alert|log|timer)"|aria-live))[^>]*>', TEMPLATE
    )
    assert live == ['<div id="failure" role="alert" hidden>', '<p id="spoken" role="status">']


def test_each_panel_has_a_heading():
    panels = re.findall(r'^ {6}<details id="(\w+)">', TEMPLATE, re.MULTILINE)
    assert panels == re.findall(r'<details id="(\w+)">\s*<summary><h2 ', TEMPLATE) != []
    assert len(re.findall("<summary><h[23] ", TEMPLATE)) == TEMPLATE.count("<summary>")
