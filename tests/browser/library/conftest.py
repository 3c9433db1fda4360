import shutil
from pathlib import Path

import pytest

from tests.browser.library.in_page import publish_adder, visit
from tools import bundle

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library") / "page"
    shutil.copytree(HERE / "page", folder)
    bundle.bundle_page(folder)
    return folder


@pytest.fixture
def folder(built, tmp_path):
    """The page's folder with a model of its own."""
    copy = tmp_path / "page"
    shutil.copytree(built, copy, copy_function=lambda a, b: Path(b).hardlink_to(a))
    publish_adder(copy, 1)
    return copy


@pytest.fixture
def site(folder):
    return folder


@pytest.fixture
def library(page, server):
    return visit(page, server)
