"""Reading page.toml, the settings of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.packages.settings import SETTINGS, Settings


def read(folder, text):
    """Return the settings of a page whose page.toml has this content."""
    (folder / SETTINGS).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Settings.read(folder)


def test_a_page_without_settings_has_the_defaults(tmp_path):
    assert Settings.read(tmp_path) == Settings()
    assert read(tmp_path, "") == Settings()
    assert read(tmp_path, "# nothing\n") == Settings()


def test_settings_are_read(tmp_path):
    text = 'packages = ["a.py", "b"]\npyodide = "../pyodide"\n'
    assert read(tmp_path, text) == Settings(("a.py", "b"), "../pyodide")
    # Old versions of Notepad begin a file in UTF-8 with a byte order mark.
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()).packages == ("a.py", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("packages = [", "is not TOML"),
        (b"packages = ['\xff']", "is not TOML"),
        ('packages = "a.py"', "has to be a list"),
        ("packages = [1]", "has to be a list"),
        ("pyodide = ['x']", "has to be the path of a folder"),
        ('package = ["a"]', "package is not a setting; there are packages, pyodide"),
        ("[packages]\na = 1", "has to be a list"),
    ],
)
def test_wrong_settings_are_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(SiteError, match=message) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert SETTINGS in str(caught.value)


def test_settings_that_are_a_folder_are_refused(tmp_path):
    (tmp_path / SETTINGS).mkdir()
    with pytest.raises(SiteError, match=r"page\.toml can't be read: Is a directory"):
        Settings.read(tmp_path)


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_content_is_read_or_refused(content, tmp_path_factory):
    try:
        read(tmp_path_factory.mktemp("page"), content)
    except SiteError:
        return
