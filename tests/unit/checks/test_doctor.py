"""`doctor` says what is missing before it opens a page."""

import time
from unittest.mock import MagicMock

import pytest

from offline_onnx.command.main import main
from offline_onnx_page.checks import browsers
from offline_onnx_page.checks.browsers import find_browser, open_browser
from offline_onnx_page.checks.doctor import diagnose, doctor
from offline_onnx_page.errors import SiteError
from tests.unit.checks.broken_sites import serve


def test_what_is_not_a_page_of_offline_onnx_is_an_error(tmp_path, capsys):
    with pytest.raises(SiteError, match=r"it has no built/site\.js: choose the folder that"):
        doctor(str(tmp_path))
    (tmp_path / "index.html").write_text("<p>Another page")
    with (
        serve(tmp_path) as address,
        pytest.raises(SiteError, match=r"not a page of offline-onnx, because it has no built/run"),
    ):
        doctor(address)
    assert main(["doctor", "http://localhost:1/"]) == 1
    assert "can't be reached" in capsys.readouterr().err


def test_a_missing_package_and_a_missing_browser_are_errors_that_say_what_to_do(monkeypatch):
    with pytest.raises(SiteError, match="/nowhere is not a browser: name its program"):
        open_browser("/nowhere").__enter__()
    monkeypatch.setattr(browsers, "find_spec", lambda _: None)
    with pytest.raises(SiteError, match=r'pip install "offline-onnx\[browser\]"'):
        open_browser().__enter__()


def test_chromium_on_the_search_path_is_used_before_edge(monkeypatch, tmp_path):
    for name in ("msedge", "chromium"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(tmp_path / "chromium")
    monkeypatch.setenv("PATH", "")
    assert not find_browser().startswith(str(tmp_path))


def test_loading_and_waiting_share_the_time_limit_of_a_visit(monkeypatch):
    now = 0.0

    def load(*_, **__):
        nonlocal now
        now += 0.2

    monkeypatch.setattr(time, "monotonic", lambda: now)
    page = MagicMock()
    page.goto.side_effect = load
    page.evaluate.return_value = {"offline": "off", "failure": ""}
    context = MagicMock(new_page=MagicMock(return_value=page))
    diagnose(context, "http://localhost/", time_limit=1.0)
    waits = page.locator.return_value.wait_for.call_args_list
    assert [wait.kwargs["timeout"] for wait in waits] == [pytest.approx(800)] * 2
    waits.clear()
    diagnose(context, "http://localhost/", time_limit=0.1)
    assert [wait.kwargs["timeout"] for wait in waits] == [1, 1]
