"""A new site replaces the old one completely or, if the build fails, not at all.

Each site has a service worker of its own.
"""

import dataclasses
import os
import re
import time
from pathlib import Path

import pytest

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import build, replacement
from offline_onnx_page.site.page import PageBuild, build_page
from offline_onnx_page.site.replacement import replace
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER
from tests.support.small_models import identity, ort_format, with_external_data, write_model
from tools.site import bundle

FILES = ("boot.js", "index.html", SERVICE_WORKER, f"{SERVICE_WORKER}.br")
"""The files of a site outside `built/`."""
STAMP = f"{BUILT}/.inputs"
RENAMES = 1 + 2 * (len(FILES) + 1)
"""How many times `replace` renames: the stamp, then the old and the new version of each file and of
`built/`."""


def write_site(folder, version):
    """Write a site whose files contain the given text; return its files and folders."""
    (folder / BUILT).mkdir(parents=True)
    for name in (f"{BUILT}/site.js", *FILES):
        (folder / name).write_text(version)
    return sorted(folder.iterdir())


def file_contents(site):
    """Return the content of each file of a site, by its path."""
    return {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in site.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def site(tmp_path):
    """Return the folder of an old site with a stamp."""
    write_site(tmp_path / "site", "old")
    (tmp_path / "site" / STAMP).write_text("old")
    return tmp_path / "site"


@pytest.fixture
def new(tmp_path):
    """Return the files and folders of a new site."""
    return write_site(tmp_path / "stage", "new")


def test_replace_replaces_every_file_of_the_old_site(site, new):
    replace(site, new)
    assert set(file_contents(site).values()) == {b"new"}
    assert len(file_contents(site)) == 5


def test_a_site_has_no_stamp_while_its_files_are_replaced(site, new, monkeypatch):
    rename, states = Path.rename, []

    def rename_and_record(self, target):
        rename(self, target)
        states.append(file_contents(site))

    monkeypatch.setattr(Path, "rename", rename_and_record)
    replace(site, new)
    assert len(states) == RENAMES
    assert [state for state in states if STAMP in state] == []


@pytest.mark.parametrize("failing", range(RENAMES))
def test_a_failed_rename_leaves_the_old_site_complete(site, new, monkeypatch, failing):
    before = file_contents(site)
    rename, renamed = Path.rename, []

    def fail_once(self, target):
        renamed.append(self)
        if len(renamed) == failing + 1:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError, match="no"):
        replace(site, new)
    assert file_contents(site) == before
    assert not [each for each in site.iterdir() if each.name.startswith(".")]


def test_a_failed_move_of_the_new_files_leaves_the_old_site_complete(site, new, monkeypatch):
    before = file_contents(site)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(replacement.os, "rename", fail)
    with pytest.raises(OSError, match="no space left"):
        replace(site, new)
    assert file_contents(site) == before


def test_replace_deletes_only_hidden_folders_that_are_older_than_a_day(site, new):
    for name, days in (("killed", 2), ("running", 0)):
        folder = site / f".replacing-{name}"
        (folder / "old").mkdir(parents=True)
        changed = time.time() - days * 24 * 60 * 60
        os.utime(folder, (changed, changed))
    replace(site, new)
    names = {each.name for each in site.iterdir()}
    assert names == {".replacing-running", BUILT, *FILES}


@pytest.fixture
def page(tmp_path, prebuilt):
    """Return how to build a page that was built and has changed since."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<p>")
    page = PageBuild(folder, folder, prebuilt, scratch=tmp_path / "scratch")
    build_page(page)
    (folder / "index.html").write_text("<p>changed")
    return page


def test_a_failed_build_changes_no_file_and_deletes_its_temporary_folder(page, tmp_path):
    def fail(_):
        raise SiteError("no worker")

    before = file_contents(page.folder)
    with pytest.raises(SiteError, match="no worker"):
        build_page(dataclasses.replace(page, compress=fail))
    assert file_contents(page.folder) == before
    assert list((tmp_path / "scratch").glob("stage-*")) == []


def test_a_site_is_built_again_if_replacing_it_failed(page, monkeypatch):
    def fail(*_):
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(build, "replace", fail)
        with pytest.raises(OSError, match="no"):
            build_page(page)
    before = file_contents(page.folder)
    build_page(page)
    assert file_contents(page.folder)[STAMP] != before[STAMP]


def stored_paths(folder):
    """Return the paths that a site's service worker lists."""
    return re.findall(r'\{url:"([^"]+)"', (folder / SERVICE_WORKER).read_text("utf-8"))


def test_service_workers_list_the_files_of_their_own_site_and_name_its_cache(tmp_path):
    """Both are written from the same template; the sites have no folder `built/`."""
    sites = [tmp_path / "one", tmp_path / "two"]
    for site in sites:
        site.mkdir()
        (site / "index.html").write_text(site.name)
        (site / f"{site.name}.js").write_text("")
        bundle.write_service_worker(site, f"cache-{site.name}")
    one, two = ((site / SERVICE_WORKER).read_text() for site in sites)
    for worker, name, other in ((one, "one", "two"), (two, "two", "one")):
        assert '{url:"index.html",revision:"' in worker
        assert f'{{url:"{name}.js",revision:"' in worker
        assert f'"cache-{name}"' in worker
        assert f"{other}.js" not in worker
        assert f"cache-{other}" not in worker


def test_the_service_worker_stores_no_file_of_a_model(tmp_path, prebuilt):
    content, external_data = with_external_data(1, "split.onnx.data")
    folder = tmp_path / "page"
    folder.mkdir()
    write_model(folder, content, "split", external_data=external_data)
    (folder / "other.ort").write_bytes(ort_format(identity()))
    for name in ("index.html", "notes.json", "other.data"):
        (folder / name).write_text("{}", "utf-8")
    build_page(PageBuild(folder, tmp_path / "out", prebuilt, scratch=tmp_path))
    assert stored_paths(tmp_path / "out") == [
        "built/run.js",
        "built/site.js",
        "index.html",
        "notes.json",
        "other.data",
    ]
    assert (tmp_path / "out" / "split.onnx.data").is_file()


def test_weights_in_another_folder_are_an_error(tmp_path, prebuilt):
    content, _ = with_external_data(1, "../split.onnx.data")
    (tmp_path / "index.html").touch()
    (tmp_path / "split.onnx").write_bytes(content)
    with pytest.raises(SiteError, match="is not a file in the model's folder"):
        build_page(PageBuild(tmp_path, tmp_path, prebuilt))
