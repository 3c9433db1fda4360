"""SVG files: their size in pixels, and files that are refused."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.file.svg import (
    MAX_BYTES,
    MAX_REUSES,
    SIDE,
    SvgRefused,
    is_svg,
    with_size_in_pixels,
)

LINE = b'<path d="M30 40 L55 15 L55 85"/></svg>'
"""A line, and the end of the drawing."""


def sized(text):
    """Set the size of an SVG that begins with `text`; return its viewBox, width and height."""
    content, width, height = with_size_in_pixels(text.encode() + LINE)
    root = ElementTree.fromstring(content)  # noqa: S314  # the test's own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root) == 1
    assert (root.get("width"), root.get("height")) == (str(width), str(height))
    return root.get("viewBox"), width, height


XMLNS = "xmlns='http://www.w3.org/2000/svg'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<svg {XMLNS} width='400' height='300'>", ("0 0 400 300", 960, 720)),
        (f"<svg {XMLNS} viewBox='0 0 100 200'>", ("0 0 100 200", 480, 960)),
        (f"<svg {XMLNS} viewBox='-5,-5 10,20' width='100%' height='100%'>",
         ("-5,-5 10,20", 480, 960)),
        (f"<svg {XMLNS} viewBox='0 0 100 100' width='21cm'>", ("0 0 100 100", 960, 960)),
        (f"<svg {XMLNS} height='10mm' width='5mm' stroke-width='3'>",
         ("0 0 18.8976 37.7953", 480, 960)),
        (f"<svg {XMLNS}>", ("0 0 1000 1000", 960, 960)),
        (f"<svg {XMLNS} viewBox='' width='4' height='2'>", ("0 0 4 2", 960, 480)),
        (f"<svg {XMLNS} viewBox='0 0 50% 50%'>", ("0 0 1000 1000", 960, 960)),
        ("<svg width='9' height='9'>", ("0 0 9 9", 960, 960)),
        ("<svg width='9' height='9' xmlns:xlink='http://www.w3.org/1999/xlink'>",
         ("0 0 9 9", 960, 960)),
        (f"\ufeff<?xml version='1.0'?>\n<!-- <svg> -->\n<!DOCTYPE svg>\n<svg {XMLNS} width='5' "
         "aria-label='a > b' height='5'>", ("0 0 5 5", 960, 960)),
    ],
)  # fmt: skip
def test_the_longer_side_has_a_fixed_number_of_pixels_and_the_aspect_ratio_stays(text, expected):
    assert is_svg(text.encode())
    assert sized(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"<svg {XMLNS} viewBox='0 0 0 5'>",
        f"<svg {XMLNS} viewBox='0 0 -5 5'>",
        f"<svg {XMLNS} width='1' height='1'/>",
        f"<svg {XMLNS} width='1",
        f"<!DOCTYPE svg [<!ENTITY a '<g/>'>]><svg {XMLNS} width='1' height='1'>&a;",
        f"<svg {XMLNS}><image href='data:image/svg+xml,a'/>",
        "<é:svg xmlns:é='http://www.w3.org/2000/svg'>" + "<é:use href='#a'/>" * (MAX_REUSES + 1),
        f"<svg {XMLNS}><foreignObject><p>2</p></foreignObject>",
        f"<svg {XMLNS} style='background: url(data:image/svg+xml,a)'>",
        f"<svg {XMLNS}>" + "<use href='#a'/>" * (MAX_REUSES + 1),
        f"<svg {XMLNS}><marker id='m'><path d='M0 0h9'/></marker><path d='M0 0h1h1h1'/>",
        f"<svg {XMLNS}>" + " " * MAX_BYTES,
        "<html>",
    ],
)
def test_files_that_are_damaged_empty_too_large_or_too_complex_are_refused(text):
    with pytest.raises(SvgRefused):
        with_size_in_pixels(text.encode())


@pytest.mark.parametrize("text", ["<html><svg></svg></html>", "<svgs>", "svg", "", "\x89PNG", "<"])
def test_other_files_are_no_svg(text):
    assert not is_svg(text.encode("latin-1"))


@given(st.text(alphabet="<svg >'\"=/!-?[]width0123.%\n", max_size=60))
def test_any_text_gives_a_size_or_is_refused(text):
    content = b"<svg " + text.encode()
    try:
        found, width, height = with_size_in_pixels(content)
    except SvgRefused:
        return
    assert max(width, height) == SIDE
    assert min(width, height) >= 1
    assert re.search(rb' width="%d" height="%d"' % (width, height), found)


def test_long_files_that_repeat_a_pattern_take_little_time():
    """This test has no assertion: a regular expression that backtracks would take minutes."""
    for start in (b"", b"<svg ", b"<svg width='"):
        for pattern in (b"<?a", b"<?a?>", b"<!--", b"<!---->", b" ", b"<!DOCTYPE[", b"<svg", b"'",
                        b" width='1'", b" viewBox='0 0 ", b"\"'", b"<!DOCTYPE a>"):  # fmt: skip
            content = start + pattern * (MAX_BYTES // len(pattern))
            is_svg(content)
            with pytest.raises(SvgRefused):
                with_size_in_pixels(content)
