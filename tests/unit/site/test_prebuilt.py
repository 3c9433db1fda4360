"""The prebuilt files of every page, and what happens if they are missing or damaged."""

import gzip
import shutil

import pytest

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site import prebuilt as module
from offline_onnx_page.site.prebuilt import LIST, Prebuilt
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER

SCRIPT = f"{BUILT}/run.js"


def leave_only_compressed_copy(prebuilt):
    """Leave only the compressed copy of the script, as the wheel does; return it."""
    script = prebuilt.folder / SCRIPT
    copy = script.with_name("run.js.gz")
    copy.write_bytes(gzip.compress(script.read_bytes()))
    script.unlink()
    return copy


def test_files_are_copied_with_their_compressed_copies(prebuilt, tmp_path):
    leave_only_compressed_copy(prebuilt)
    prebuilt.copy_into(tmp_path / "site")
    assert (tmp_path / "site" / SCRIPT).read_text() == "run()"
    assert gzip.decompress((tmp_path / "site" / f"{SCRIPT}.gz").read_bytes()) == b"run()"
    assert not (tmp_path / "site" / SERVICE_WORKER).exists()


@pytest.mark.parametrize("cut", [0, 1, 12, -1, -8])
def test_a_damaged_copy_is_refused(prebuilt, tmp_path, cut):
    copy = leave_only_compressed_copy(prebuilt)
    copy.write_bytes(copy.read_bytes()[:cut])
    with pytest.raises(SiteError, match=r"run\.js is missing or damaged: install its wheel again"):
        prebuilt.copy_into(tmp_path / "site")


@pytest.mark.parametrize("position", range(25))
def test_a_copy_with_a_changed_byte_is_refused_or_has_the_same_content(
    prebuilt, tmp_path, position
):
    copy = leave_only_compressed_copy(prebuilt)
    content = bytearray(copy.read_bytes())
    content[position] ^= 255
    copy.write_bytes(content)
    try:
        prebuilt.copy_into(tmp_path / "site")
    except SiteError:
        return
    assert (
        tmp_path / "site" / SCRIPT
    ).read_text() == "run()"  # the changed byte was a date, for example


def test_missing_and_changed_files_are_refused(prebuilt, tmp_path):
    (prebuilt.folder / SERVICE_WORKER).unlink()
    with pytest.raises(SiteError, match=r"service-worker\.js is missing or damaged"):
        _ = prebuilt.service_worker_template
    (prebuilt.folder / SCRIPT).write_text("another script")
    with pytest.raises(SiteError, match=r"run\.js is missing or damaged"):
        prebuilt.copy_into(tmp_path / "site")


def test_a_missing_or_damaged_list_is_refused(prebuilt):
    (prebuilt.folder / LIST).write_text("{")
    with pytest.raises(SiteError, match=r"files\.json is missing or damaged"):
        _ = Prebuilt(prebuilt.folder).contents
    (prebuilt.folder / LIST).unlink()
    with pytest.raises(SiteError, match=r"files\.json is missing or damaged"):
        _ = Prebuilt(prebuilt.folder).key


def test_a_package_that_was_installed_from_its_sources_says_so(prebuilt, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "site" / "prebuilt.py"))
    with pytest.raises(SiteError, match="installed from its sources: install the wheel"):
        Prebuilt.installed()
    shutil.copytree(prebuilt.folder, tmp_path / "files")
    assert Prebuilt.installed().contents == prebuilt.contents
