"""The contents of the wheels that `build.py wheels` writes, and of those that pip builds."""

import base64
import csv
import email
import hashlib
import io
import json
import os
import tomllib
import zipfile

import pytest

from tests.support import bundling
from tools import wheels
from tools.console import BuildError


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the files of all wheels."""
    with bundling.lock(), bundling.without_compression():
        return wheels.write(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def contents(written):
    """Return the content of all wheels: a dictionary of bytes by path for each package."""
    found = {}
    for wheel in written:
        with zipfile.ZipFile(wheel) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        found[wheel.name.split("-")[0]] = content
    return found


def dist_info_text(content, name):
    """Return the text of a file in the folder `.dist-info` of a wheel."""
    (path,) = [path for path in content if path.endswith(f".dist-info/{name}")]
    return content[path].decode()


def test_record_lists_every_file_with_its_digest(contents):
    for content in contents.values():
        rows = list(csv.reader(io.StringIO(dist_info_text(content, "RECORD"))))
        assert [path for path, *_ in rows] == list(content)
        for path, digest, size in rows[:-1]:
            sha256 = base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=")
            assert sha256 == hashlib.sha256(content[path]).digest()
            assert int(size) == len(content[path])


def test_the_wheel_of_the_library_has_all_its_modules(contents):
    folder = wheels.PACKAGES / "offline_onnx"
    expected = {f"offline_onnx/{file.relative_to(folder)}" for file in folder.rglob("*.py")}
    assert expected < set(contents["offline_onnx"])
    assert "offline_onnx/py.typed" in contents["offline_onnx"]


@pytest.mark.parametrize("package", wheels.ALL)
def test_the_wheel_that_pip_builds_has_every_file_of_the_package(package):
    folder = wheels.PACKAGES / package
    settings = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    patterns = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]
    files = [file.relative_to(folder) for file in folder.rglob("*.py")]
    assert [file for file in files if not any(map(file.full_match, patterns))] == []


def test_metadata_has_the_fields_of_pyproject(contents):
    library = email.message_from_string(dist_info_text(contents["offline_onnx"], "METADATA"))
    assert library["Name"] == "offline-onnx"
    assert library.get_all("Requires-Dist") == [
        "argcomplete; sys_platform != 'emscripten'",
        "offline-onnx-page==0.2.0; sys_platform != 'emscripten'",
        "tqdm; sys_platform != 'emscripten'",
        'numpy; extra == "native"',
        'onnxruntime; extra == "native"',
        'playwright; extra == "browser"',
    ]
    assert "from offline_onnx import load" in library.get_payload()
    metadata = dist_info_text(contents["offline_onnx_runtime"], "METADATA")
    runtime = email.message_from_string(metadata)
    assert runtime["License-File"] == "LICENSE"


def test_the_wheel_of_the_runtime_has_the_files_that_its_digests_list(contents):
    content, folder = contents["offline_onnx_runtime"], "offline_onnx_runtime/files/"
    digests = json.loads(content[f"{folder}digests.json"])
    assert sorted(digests) == sorted(file.name for file in wheels.RUNTIME_FILES)
    for name, digest in digests.items():
        assert hashlib.sha256(content[folder + name]).hexdigest() == digest
    assert "Microsoft" in dist_info_text(content, "licenses/LICENSE")


def test_the_files_of_a_wheel_are_sorted_and_have_fixed_permissions_and_dates(written):
    for wheel in written:
        with zipfile.ZipFile(wheel) as archive:
            entries = archive.infolist()
        files = [entry.filename for entry in entries if ".dist-info/" not in entry.filename]
        assert files == sorted(files)
        assert entries[-1].filename.endswith(".dist-info/RECORD")
        assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
        assert {entry.create_system for entry in entries} == {3}  # Unix, on every machine
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_files_give_the_same_wheel(written, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    before = os.umask(0o077)
    try:
        with bundling.lock(), bundling.without_compression():
            again = wheels.write(tmp_path / "another é")
    finally:
        os.umask(before)
    assert [each.read_bytes() for each in again] == [each.read_bytes() for each in written]


def test_a_package_with_another_version_than_its_runtime_is_refused(monkeypatch):
    monkeypatch.setattr(wheels, "_project", lambda _: {"version": "0.0.1"})
    with pytest.raises(BuildError, match=r"has the version 0\.0\.1, but onnxruntime-web is"):
        wheels._runtime_files()
