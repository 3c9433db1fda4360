"""What pages and style sheets load, and where from."""

import pytest

from offline_onnx_page.checks.references import Page, is_elsewhere, loaded_by, path_in_site
from offline_onnx_page.checks.responses import is_secure


def test_a_page_loads_icons_pictures_films_scripts_and_its_python_code_but_not_its_links():
    html = """<base href="/demo/"><link rel="icon" href="icon.svg"><link rel="canonical" href="x">
    <a href="other.html"></a><img src="a.png"><script src="built/run.js" data-main="main.py">
    </script><style>p {}</style><video src="film.mp4"></video>"""
    page = Page(html)
    assert page.addresses == ["icon.svg", "a.png", "built/run.js", "main.py", "film.mp4"]
    assert (page.base, page.main) == ("/demo/", "main.py")


def test_a_style_sheet_loads_other_style_sheets_and_pictures():
    css = """@import "a.css"; p { background: url('b.png') } q { background: url(data:,x) }"""
    assert loaded_by("style.css", css) == ["a.css", "b.png", "data:,x"]
    assert loaded_by("main.py", css) == []


@pytest.mark.parametrize(
    ("address", "file", "path"),
    [
        ("main.py", "index.html", "main.py"),
        ("./a%20b.png?x#y", "index.html", "a b.png"),
        ("../a.png", "styles/main.css", "a.png"),
        ("../a.png", "index.html", None),
        ("/a.png", "index.html", None),
        ("data:,x", "index.html", None),
        ("#top", "index.html", None),
    ],
)
def test_only_a_relative_address_inside_the_site_has_a_path(address, file, path):
    assert path_in_site(address, file) == path


def test_only_an_address_with_a_host_is_elsewhere():
    assert is_elsewhere("https://cdn.example/a.js")
    assert is_elsewhere("//cdn.example/a.js")
    assert not is_elsewhere("a.js")
    assert not is_elsewhere("data:,x")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/", True),
        ("http://localhost:8001/", True),
        ("http://page.localhost/", True),
        ("http://[::1]/", True),
        ("http://example.org/", False),
        ("http://192.168.1.2/", False),
    ],
)
def test_browsers_allow_service_workers_over_https_and_at_localhost(address, expected):
    assert is_secure(address) is expected
