"""What the build changes in index.html: the base and further scripts."""

import pytest

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.page import build_page

BASE = '<base href="/demo/">'


@pytest.fixture
def built_index(make_page):
    """Return a function that builds a page with an index.html; it returns the site's."""

    def built_index(html, **attributes):
        page = make_page({"index.html": html}, **attributes)
        build_page(page)
        return (page.folder / "index.html").read_bytes()

    return built_index


def test_without_a_base_and_scripts_nothing_is_changed(built_index):
    html = b"\xef\xbb\xbf<html>\r\n<head><title>\xff\r\n"
    assert built_index(html) == html


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!doctype html><html lang='en'><head>", "<title>a</title></head>"),
        ('<HTML>\n<HEAD data-x="1">', "<TITLE>a</TITLE>"),
        ("<!doctype html>\n<!-- <head> -->\n<head>", "<title>"),
        ("<!DOCTYPE html>\n<html>\n", "<body><header>No head</header>"),
        ("<!doctype html>", "<title>No head</title><header><p>"),
        ("", "<p>"),
        ("", "text <head>"),
    ],
)
def test_the_base_is_the_first_element_of_the_head(built_index, before, after):
    found = built_index(before + after, base="/demo/").decode()
    assert found == f"{before}{BASE}{after}"


def test_a_policy_that_forbids_a_base_is_changed(built_index):
    policy = "default-src 'none'; base-uri {}; form-action 'none'"
    html = f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">'
    found = built_index(html.format("'none'"), base="/demo/").decode()
    assert found == html.format("'self'").replace("<head>", f"<head>{BASE}")


def test_a_base_is_escaped(built_index):
    found = built_index("<head>", base="/a&b'<>\"/").decode()
    assert found == '<head><base href="/a&amp;b&#x27;&lt;&gt;&quot;/">'


def test_scripts_are_added_and_written(make_page):
    page = make_page({"index.html": "<head>é"}, scripts=(("built/more.js", "more()"),))
    build_page(page)
    html = (page.folder / "index.html").read_text("utf-8")
    assert html == '<head><script type="module" src="built/more.js"></script>é'
    assert (page.folder / "built" / "more.js").read_text() == "more()"
    assert 'url:"built/more.js"' in (page.folder / "service-worker.js").read_text()


def test_an_index_that_is_not_in_utf_8_can_not_get_a_base(built_index):
    with pytest.raises(SiteError, match=r"index\.html is not in UTF-8: save it in UTF-8"):
        built_index("<head><title>é".encode("latin-1"), base="/demo/")
