"""A new site replaces the old one completely or, if the build fails, not at all.

Each site has a service worker of its own.
"""

import os
import time
from pathlib import Path

import pytest

from tests.support.small_models import identity, ort_format, with_external_data, write_model
from tools.cache import BUILT, SERVICE_WORKER
from tools.console import BuildError
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
    """Return the text of each file of a site, by its path."""
    return {
        file.relative_to(site).as_posix(): file.read_text()
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
    bundle.replace(site, new)
    assert set(file_contents(site).values()) == {"new"}
    assert len(file_contents(site)) == 5


def test_a_site_has_no_stamp_while_its_files_are_replaced(site, new, monkeypatch):
    rename, states = Path.rename, []

    def rename_and_record(self, target):
        rename(self, target)
        states.append(file_contents(site))

    monkeypatch.setattr(Path, "rename", rename_and_record)
    bundle.replace(site, new)
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
        bundle.replace(site, new)
    assert file_contents(site) == before
    assert not [each for each in site.iterdir() if each.name.startswith(".")]


def test_a_failed_move_leaves_the_old_site_complete(site, new, monkeypatch):
    before = file_contents(site)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(bundle.shutil, "move", fail)
    with pytest.raises(OSError, match="no space left"):
        bundle.replace(site, new)
    assert file_contents(site) == before


def test_replace_deletes_only_hidden_folders_that_are_old(site, new):
    for name, days in (("killed", 2), ("running", 0)):
        folder = site / f".replacing-{name}"
        (folder / "old").mkdir(parents=True)
        changed = time.time() - days * 24 * 60 * 60
        os.utime(folder, (changed, changed))
    bundle.replace(site, new)
    names = {each.name for each in site.iterdir()}
    assert names == {".replacing-running", BUILT, *FILES}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return the folder of a page that was bundled without the slow steps and has changed since."""

    def write_service_worker(site, *_):
        (site / SERVICE_WORKER).touch()

    monkeypatch.setattr(bundle, "SCRATCH", tmp_path / "scratch")
    monkeypatch.setattr(bundle, "write_service_worker", write_service_worker)
    monkeypatch.setattr(bundle, "compress", lambda _: None)
    monkeypatch.setattr(bundle.parts, "write", lambda built, *_: built.mkdir())
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<p>")
    bundle.bundle_page(folder)
    (folder / "index.html").write_text("<p>changed")
    return folder


def test_a_failed_bundle_changes_no_file_and_deletes_its_temporary_folder(
    page, tmp_path, monkeypatch
):
    def fail(*_):
        raise BuildError("no worker")

    before = file_contents(page)
    monkeypatch.setattr(bundle, "write_service_worker", fail)
    with pytest.raises(BuildError, match="no worker"):
        bundle.bundle_page(page)
    assert file_contents(page) == before
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_site_is_built_again_if_replacing_it_failed(page, monkeypatch):
    def fail(*_):
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(bundle, "replace", fail)
        with pytest.raises(OSError, match="no"):
            bundle.bundle_page(page)
    before = file_contents(page)
    bundle.bundle_page(page)
    assert file_contents(page)[STAMP] != before[STAMP]


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


def test_the_service_worker_stores_no_file_of_a_model(tmp_path, monkeypatch):
    built = []
    monkeypatch.setattr(bundle, "_build", lambda site, _key: built.append(site))
    content, external_data = with_external_data(1, "split.onnx.data")
    write_model(tmp_path, content, "split", external_data=external_data)
    (tmp_path / "other.ort").write_bytes(ort_format(identity()))
    for name in ("index.html", "notes.json", "other.data"):
        (tmp_path / name).write_text("{}", "utf-8")
    bundle.bundle_page(tmp_path)
    assert sorted(built[0].not_stored) == [
        "other.ort",
        "split.json",
        "split.onnx",
        "split.onnx.data",
    ]


def test_weights_in_another_folder_are_an_error(tmp_path):
    content, _ = with_external_data(1, "../split.onnx.data")
    (tmp_path / "index.html").touch()
    (tmp_path / "split.onnx").write_bytes(content)
    with pytest.raises(BuildError, match="is not a file in the model's folder"):
        bundle.bundle_page(tmp_path)
