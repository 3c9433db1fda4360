"""How a built site takes the place of the one before: as a whole."""

from pathlib import Path

import pytest

from tools.cache import BUILT, SERVICE_WORKER
from tools.console import BuildError
from tools.site import bundle


def fill(folder, version):
    (folder / BUILT).mkdir(parents=True)
    for name in (f"{BUILT}/site.js", SERVICE_WORKER, f"{SERVICE_WORKER}.br", "index.html"):
        (folder / name).write_text(version)
    return sorted(folder.iterdir())


def content(site):
    return {
        file.relative_to(site).as_posix(): file.read_text()
        for file in site.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def site(tmp_path):
    fill(tmp_path / "site", "old")
    return tmp_path / "site"


@pytest.fixture
def new(tmp_path):
    return fill(tmp_path / "stage", "new")


def test_the_new_site_takes_the_place_of_the_old_one(site, new):
    bundle.replace(site, new)
    assert set(content(site).values()) == {"new"}
    assert len(content(site)) == 4


@pytest.mark.parametrize("failing", range(8))
def test_a_rename_that_fails_leaves_the_old_site_complete(site, new, monkeypatch, failing):
    before = content(site)
    rename, renamed = Path.rename, []

    def fail_once(self, target):
        renamed.append(self)
        if len(renamed) == failing + 1:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError, match="no"):
        bundle.replace(site, new)
    assert content(site) == before
    assert not [each for each in site.iterdir() if each.name.startswith(".")]


def test_a_move_that_fails_leaves_the_old_site_complete(site, new, monkeypatch):
    before = content(site)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(bundle.shutil, "move", fail)
    with pytest.raises(OSError, match="no space left"):
        bundle.replace(site, new)
    assert content(site) == before


def test_the_next_build_deletes_what_a_killed_one_has_left(site, new):
    (site / ".replacing-abc" / "old").mkdir(parents=True)
    bundle.replace(site, new)
    assert sorted(each.name for each in site.iterdir()) == [
        BUILT,
        "index.html",
        SERVICE_WORKER,
        f"{SERVICE_WORKER}.br",
    ]


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page of one's own that was bundled before, without what takes long."""
    monkeypatch.setattr(bundle, "SCRATCH", tmp_path / "scratch")
    monkeypatch.setattr(bundle, "compress", lambda _: None)
    monkeypatch.setattr(bundle.parts, "write", lambda built, *_: built.mkdir())
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<p>")
    bundle.bundle_page(folder)
    (folder / "index.html").write_text("<p>changed")
    return folder


def test_a_bundle_that_fails_leaves_nothing_behind(page, tmp_path, monkeypatch):
    def fail(*_):
        raise BuildError("no worker")

    before = content(page)
    monkeypatch.setattr(bundle, "write_service_worker", fail)
    with pytest.raises(BuildError, match="no worker"):
        bundle.bundle_page(page)
    assert content(page) == before
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_site_whose_replacement_failed_is_built_again(page, monkeypatch):
    def fail(*_):
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(bundle, "replace", fail)
        with pytest.raises(OSError, match="no"):
            bundle.bundle_page(page)
    before = content(page)
    bundle.bundle_page(page)
    assert content(page)[f"{BUILT}/.inputs"] != before[f"{BUILT}/.inputs"]
