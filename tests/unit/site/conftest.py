"""Fixtures: small prebuilt files, and a page that is built from them."""

import pytest

from offline_onnx_page.site.page import PageBuild
from offline_onnx_page.site.prebuilt import Prebuilt, write_list
from offline_onnx_page.site.sources import BUILT, SERVICE_WORKER
from tests.unit.site.small_wheels import LOCK


def write_prebuilt(folder):
    """Write prebuilt files, one script and a template of a service worker; return them."""
    (folder / BUILT).mkdir(parents=True)
    (folder / BUILT / "run.js").write_text("run()")
    (folder / SERVICE_WORKER).write_text('[{url:"FILES",revision:null}] "CACHE"')
    write_list(folder, {}, "offline_onnx.browser", LOCK)
    return Prebuilt(folder)


@pytest.fixture
def prebuilt(tmp_path):
    """Return prebuilt files: one script, and a template of a service worker."""
    return write_prebuilt(tmp_path / "prebuilt")


@pytest.fixture
def make_page(tmp_path, prebuilt):
    """Return a function that writes a page's files, and returns how to build it.

    Its arguments are the files' contents by their paths, and further attributes of `PageBuild`.
    The site is built in another folder.
    """

    def make_page(files=None, **attributes):
        source = tmp_path / "page"
        source.mkdir(exist_ok=True)
        for path, content in ({"index.html": "<p>"} | (files or {})).items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (source / path).write_bytes(data)
        scratch = tmp_path / "scratch"
        return PageBuild(source, tmp_path / "site", prebuilt, scratch=scratch, **attributes)

    return make_page
