"""What a build keeps of an earlier one."""

import os
import time

import pytest

from tools import cache as made
from tools.console import BuildError


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(made, "MADE", tmp_path / "made")
    return tmp_path / "made"


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "source"
    file.write_text("one")
    return file


def copying(source, calls):
    def make(folder):
        calls.append(folder)
        (folder / "copy").write_text(source.read_text())

    return make


def test_what_was_made_is_made_again_when_a_source_has_changed(kept, source):
    calls = []
    for content in ("one", "one", "two", "one"):
        source.write_text(content)
        (file,) = made.made("part", copying(source, calls), [source])
        assert (file.name, file.read_text()) == ("copy", content)
    assert len(calls) == 2
    assert len([*kept.iterdir()]) == 2


def test_what_fails_or_comes_second_leaves_what_is_there(kept, source):
    def fail(folder):
        (folder / "copy").write_text("half")
        raise BuildError("no")

    with pytest.raises(BuildError):
        made.made("part", fail, [source])

    def overtaken(folder):
        made.made("part", copying(source, []), [source])
        (folder / "copy").write_text("second")

    (file,) = made.made("part", overtaken, [source])
    assert file.read_text() == "one"
    assert [folder.name.partition("-")[0] for folder in kept.iterdir()] == ["part"]


def test_what_no_build_has_used_for_long_is_deleted(kept, source):
    def make(name, content):
        source.write_text(content)
        made.made(name, copying(source, []), [source])

    make("part", "one")
    make("other", "one")
    for folder in kept.iterdir():
        os.utime(folder, (0, time.time() - 2 * made._DAY))
    make("part", "two")
    assert sorted(folder.name.partition("-")[0] for folder in kept.iterdir()) == ["other", "part"]
