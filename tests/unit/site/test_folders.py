"""Which files a build reads, writes, leaves and deletes; simultaneous builds; failing disks."""

import dataclasses
import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import build, service_worker, written
from offline_onnx_page.site import page as page_module
from offline_onnx_page.site.page import PageBuild, build_page
from offline_onnx_page.site.prebuilt import Prebuilt
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER, STAMP, files_in, sources
from tests.support.small_models import adder, identity, write_model
from tests.unit.site.conftest import write_prebuilt
from tests.unit.site.small_wheels import write_wheel
from tools.env import venv


def names(folder):
    """Return the paths of all files in a folder, except those of the build itself."""
    return {
        path
        for path in (file.relative_to(folder).as_posix() for file in folder.rglob("*"))
        if not path.startswith((BUILT, SERVICE_WORKER)) and not (folder / path).is_dir()
    }


def rebuild(page, **changes):
    """Build a page, with some other attributes."""
    return build_page(dataclasses.replace(page, **changes))


def test_hidden_compiled_and_built_files_are_no_part_of_the_site(make_page):
    files = dict.fromkeys(
        (
            *("a/b.txt", "a/built/c.js", "service-worker.js", "a/service-worker.js"),
            *(".hidden", ".git/x", "a/.b", "__pycache__/m.pyc", "built/old.js"),
        ),
        "x",
    )
    page = make_page(files)
    build_page(page)
    assert names(page.folder) == {"index.html", "a/b.txt", "a/built/c.js", "a/service-worker.js"}
    assert not (page.folder / "built" / "old.js").exists()


def test_a_site_inside_the_pages_folder_is_not_copied_into_a_site(make_page):
    page = make_page({"a.txt": "a"})
    inside = dataclasses.replace(page, folder=page.source / "site")
    for each in (inside, inside, page):
        build_page(each)
        assert names(each.folder) == {"index.html", "a.txt"}
    (page.source / "index.html").write_text("changed")
    build_page(page)
    assert names(page.folder) == {"index.html", "a.txt"}


def test_links_are_followed_but_not_in_circles(make_page, tmp_path):
    page = make_page({"a/one.txt": "1"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "two.txt").write_text("2")
    (page.source / "linked").symlink_to(tmp_path / "elsewhere")
    (page.source / "one.txt").symlink_to("a/one.txt")
    (page.source / "circle").symlink_to(".")
    (page.source / "a" / "up").symlink_to("..")
    (page.source / "dangling").symlink_to("nothing")
    (tmp_path / "elsewhere" / "back").symlink_to(page.source)
    build_page(page)
    assert names(page.folder) == {"index.html", "a/one.txt", "linked/two.txt", "one.txt"}
    assert not any(file.is_symlink() for file in page.folder.rglob("*"))
    (tmp_path / "elsewhere" / "two.txt").write_text("changed")
    build_page(page)
    assert (page.folder / "linked" / "two.txt").read_text() == "changed"
    assert len(sources(page.source)) == len(files_in(page.source)) == 4


def test_permissions_are_not_copied_but_dates_are(make_page):
    page = make_page({"a/b.txt": "x"})
    os.utime(page.source / "a" / "b.txt", (1, 1_000_000_000))
    (page.source / "a" / "b.txt").chmod(0o400)
    (page.source / "a").chmod(0o555)
    build_page(page)
    copy = page.folder / "a" / "b.txt"
    assert copy.stat().st_mtime == 1_000_000_000
    assert stat.S_IMODE(copy.stat().st_mode) & 0o200
    assert stat.S_IMODE(copy.parent.stat().st_mode) & 0o200


def test_a_name_that_is_not_utf_8_is_refused(make_page):
    page = make_page()
    name = os.fsencode(page.source) + b"/\xff.txt"
    os.close(os.open(name, os.O_CREAT))
    with pytest.raises(SiteError, match=r"'\\udcff\.txt' is not in UTF-8: rename it"):
        build_page(page)


def test_files_of_the_old_site_are_deleted_but_no_others(make_page):
    page = make_page({"old.txt": "", "a/old.txt": "", "a/same.txt": "", "b/c/old.txt": ""})
    build_page(page)
    others = (".git/config", ".nojekyll", "CNAME", "a/mine.txt", "b/mine.txt", "mine/x.txt")
    for path in others:
        (page.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (page.folder / path).write_text("mine")
    for path in ("old.txt", "a/old.txt"):
        (page.source / path).unlink()
    shutil.rmtree(page.source / "b")
    build_page(page)
    assert names(page.folder) == {"index.html", "a/same.txt", *others}
    assert not (page.folder / "b" / "c").exists()
    assert {(page.folder / path).read_text() for path in others} == {"mine"}


@pytest.mark.parametrize("path", ["index.html", "a/b.txt", "a", "built/run.js", SERVICE_WORKER])
def test_a_file_that_no_build_has_written_is_not_overwritten(make_page, path):
    page = make_page({"a/b.txt": ""})
    file = page.folder / path
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    with pytest.raises(SiteError, match="was not written by this command") as caught:
        build_page(page)
    assert str(file) in str(caught.value)
    assert file.read_text() == "mine"
    assert [each for each in page.folder.rglob("*") if not each.is_dir()] == [file]


def test_another_page_that_was_built_in_place_is_not_overwritten(make_page, tmp_path):
    page = make_page()
    other = shutil.copytree(page.source, tmp_path / "other")
    rebuild(page, source=other, folder=other)
    (page.source / "index.html").write_text("another page")
    with pytest.raises(SiteError, match="was not written by this command"):
        rebuild(page, folder=other)


def test_a_link_in_the_site_is_not_followed(make_page, tmp_path):
    page = make_page({"a/b.txt": ""})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text("mine")
    page.folder.mkdir()
    (page.folder / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SiteError, match="was not written by this command"):
        build_page(page)
    assert (tmp_path / "elsewhere" / "b.txt").read_text() == "mine"


def test_a_file_that_was_deleted_from_the_site_is_written_again(make_page):
    page = make_page({"a/b.txt": "b"})
    build_page(page)
    for path in ("a/b.txt", "built/run.js", SERVICE_WORKER):
        (page.folder / path).unlink()
        build_page(page)
        assert (page.folder / path).is_file()


def test_a_site_that_is_up_to_date_is_not_written(make_page):
    page = make_page({"a/b.txt": "b"})
    build_page(page)
    before = page.folder.stat().st_mtime_ns
    said = []
    rebuild(page, say=said.append)
    assert said == []
    assert page.folder.stat().st_mtime_ns == before


def test_the_service_worker_can_be_left_out_and_come_back(make_page):
    page = make_page()
    site_script = page.folder / BUILT / "site.js"
    for has_service_worker, text in ((True, "true"), (False, "false"), (True, "true")):
        for _ in range(2):
            rebuild(page, has_service_worker=has_service_worker)
            assert f"hasServiceWorker = {text};" in site_script.read_text()
            script = (page.folder / SERVICE_WORKER).read_text()
            assert ('url:"index.html"' in script) is has_service_worker
            assert ("registration.unregister()" in script) is not has_service_worker


def test_packages_are_not_copied_to_the_site_as_they_are(make_page):
    settings = 'packages = ["m.py", "lib", "a-1.0-py3-none-any.whl"]'
    page = make_page({"page.toml": settings, "m.py": "", "lib/x.py": "", "page.lock": "{}"})
    write_wheel(page.source, "a")
    (page.source / "wheels").mkdir()
    write_wheel(page.source / "wheels", "unused")
    build_page(page)
    assert names(page.folder) == {"index.html"}
    (folder,) = (page.folder / BUILT).glob("packages-*")
    assert {file.name for file in folder.iterdir()} >= {"packages.zip"}
    rebuild(page, folder=page.source)
    listed = (page.source / SERVICE_WORKER).read_text()
    assert "packages.zip" in listed
    assert "page.toml" not in listed
    assert "a-1.0" not in listed


def test_readme_md_files_are_not_copied_to_the_site(make_page):
    page = make_page({"README.md": "", "data/readme.md": "", "data/README.txt": ""})
    build_page(page)
    assert names(page.folder) == {"index.html", "data/README.txt"}


def test_a_manifest_that_does_not_describe_its_model_is_refused(make_page):
    page = make_page()
    (page.source / "models").mkdir()
    write_model(page.source / "models", identity(), "iris")
    build_page(page)
    model = page.source / "models" / "iris.onnx"
    model.write_bytes(adder(1))
    with pytest.raises(
        SiteError, match=r"not the file that iris\.json describes: it has \d+ bytes"
    ):
        build_page(page)
    model.write_bytes(b"?" * len(identity()))
    message = rf"chunk 1 of 1 .* offline-onnx manifest {model}$"
    with pytest.raises(SiteError, match=message):
        build_page(page)
    model.unlink()
    with pytest.raises(SiteError, match=r"iris\.onnx is missing, which iris\.json describes: copy"):
        build_page(page)
    model.with_suffix(".json").unlink()
    build_page(page)


def test_a_site_is_built_again_if_the_code_that_builds_it_has_changed(make_page, monkeypatch):
    said = []
    page = make_page(say=said.append)
    build_page(page)
    monkeypatch.setattr(page_module, "_code_digest", lambda: "another version")
    said.clear()
    build_page(page)
    assert said[-1].startswith("The site is ready")


def test_files_that_are_too_large_are_reported_unless_they_are_models(make_page, monkeypatch):
    for module in (service_worker, sys.modules[build_page.__module__]):
        monkeypatch.setattr(module, "MAX_STORED", 1500)
    page = make_page(
        {"page.toml": 'packages = ["m.py"]', "m.py": "x" * 2000, "a b.txt": "y" * 1600}
    )
    (page.source / "model.onnx").write_bytes(identity() + bytes(2000))
    for _ in range(2):
        found = build_page(page)
        (archive,) = [path for path in found if path.endswith("/packages.zip")]
        assert found == {"a b.txt": 1600, archive: found[archive]}
        assert (
            f'"{archive}": ' in (page.folder / BUILT / "site.js").read_text().split("tooLarge")[1]
        )
        assert archive not in (page.folder / SERVICE_WORKER).read_text()
    assert rebuild(page, has_service_worker=False) == {}


def refuse_other_file_system(source, target, rename=os.rename):
    """Behave as `os.rename` would if temporary files were in another file system than the site."""
    if "scratch" in str(source):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    rename(source, target)


def test_a_site_may_be_in_another_file_system_than_temporary_files(make_page, monkeypatch):
    page = make_page({"a/b/c.txt": "x", "a/d.txt": "y"})
    monkeypatch.setattr(os, "rename", refuse_other_file_system)
    build_page(page)
    assert names(page.folder) == {"index.html", "a/b/c.txt", "a/d.txt"}
    assert written.is_complete(page.folder)
    assert not list(page.folder.glob(".replacing-*"))


@pytest.mark.parametrize("operation", ["copyfile", "copy2"])
def test_a_full_disk_leaves_the_old_site_and_no_temporary_file(make_page, monkeypatch, operation):
    page = make_page({"a.txt": "old"})
    build_page(page)
    (page.source / "a.txt").write_text("new")

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, operation, fail)
        if operation == "copy2":
            patch.setattr(os, "rename", refuse_other_file_system)
        with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
            build_page(page)
    assert (page.folder / "a.txt").read_text() == "old"
    assert not list(page.scratch.glob("stage-*"))
    assert not list(page.folder.glob(".replacing-*"))
    build_page(page)
    assert (page.folder / "a.txt").read_text() == "new"


def test_builds_of_one_folder_wait_for_each_other(make_page):
    page = make_page({"a.txt": "x"})
    at_once, most, lock = 0, 0, threading.Lock()
    started = threading.Barrier(4)

    def compress(_):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        with lock:
            at_once -= 1

    def build_version(number):
        started.wait()
        rebuild(page, base=f"/{number}/", compress=compress)

    threads = [threading.Thread(target=build_version, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert names(page.folder) == {"index.html", "a.txt"}
    assert written.is_complete(page.folder)


KILLED = """
import os, signal, sys
from pathlib import Path
from offline_onnx_page.site.page import PageBuild, build_page
from offline_onnx_page.site.prebuilt import Prebuilt

source, folder, prebuilt, scratch, count = sys.argv[1:]
rename, done = Path.rename, 0

def kill(self, target):
    global done
    if done == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    done += 1
    return rename(self, target)

Path.rename = kill
build_page(PageBuild(Path(source), Path(folder), Prebuilt(Path(prebuilt)), scratch=Path(scratch)))
"""
"""A script that builds a page, and kills itself at a rename. Its last argument is the number of
renames before it."""


@pytest.mark.parametrize("has_old_site", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_build_that_was_killed_is_repaired_by_the_next(make_page, has_old_site, count):
    page = make_page({"0.txt": "old", "old.txt": "old"})
    if has_old_site:
        build_page(page)
        (page.source / "old.txt").unlink()
    (page.source / "0.txt").write_text("new")
    arguments = (page.source, page.folder, page.prebuilt.folder, page.scratch, str(count))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments],
        env={**os.environ, "PYTHONPATH": str(venv.ROOT / "py")},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (page.folder / BUILT / STAMP).exists() is (has_old_site and count == 0)
    build_page(page)
    found = {path for path in names(page.folder) if not path.startswith(".replacing-")}
    assert found == {"0.txt", "index.html"} | (set() if has_old_site else {"old.txt"})
    assert (page.folder / "0.txt").read_text() == "new"


def test_users_do_not_share_a_folder_for_temporary_files(tmp_path, prebuilt, monkeypatch):
    page = PageBuild(tmp_path, tmp_path, prebuilt)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    other = PageBuild(tmp_path, tmp_path, Prebuilt(tmp_path))
    assert page.scratch != other.scratch
    assert "12345" in other.scratch.name


def test_the_list_of_files_has_every_file_of_the_site(make_page):
    page = make_page({"a/b.txt": ""})
    build_page(page)
    listed = json.loads((page.folder / written.LIST).read_text())
    found = {file.relative_to(page.folder).as_posix() for file in files_in(page.folder)}
    assert set(listed) == found
    assert build.STAMP == STAMP


PATHS = st.sampled_from(["a", "b", "a/a", "a/b", "a/b/c", "b/a", "built/x", ".hidden", "x y"])
"""Paths of files. Some can't be there together, because one is the folder of the other."""


def write_files(folder, paths, text):
    """Write files, except where a file exists or a folder is a file; return those written."""
    done = set()
    for path in sorted(paths):
        file = folder / path
        if any((folder / parent).is_file() for parent in file.relative_to(folder).parents):
            continue
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            done.add(path)
    return done


@given(st.lists(st.tuples(st.sets(PATHS), st.sets(PATHS)), min_size=1, max_size=4))
def test_no_file_is_lost_and_no_file_of_an_older_version_remains(tmp_path_factory, versions):
    """Build versions of a page, and add files to the site before each."""
    base = tmp_path_factory.mktemp("versions")
    prebuilt, site = write_prebuilt(base / "prebuilt"), base / "site"
    ours, others = set(), set()
    for number, (paths, more) in enumerate(versions):
        source = base / f"page{number}"
        source.mkdir()
        (source / "index.html").write_text(f"page {number}")
        write_files(source, paths, f"page {number}")
        site.mkdir(exist_ok=True)
        others |= write_files(site, {path for path in more if path != "built/x"}, "other")
        page = PageBuild(source, site, prebuilt, scratch=base / "scratch", compress=lambda _: None)
        try:
            build_page(page)
        except SiteError as error:
            assert "was not written by this command" in str(error)  # noqa: PT017  # or no error
        else:
            ours = {file.relative_to(source).as_posix() for file in sources(source)}
        assert names(site) == ours | others
        assert {(site / path).read_text() for path in others} <= {"other"}
