"""Fixtures: a server with the wheels and models, and a page that starts plain Pyodide."""

import pytest

from tests.browser.conftest import clear_storage
from tests.browser.support.site_server import SiteServer
from tests.browser.worlds import packages
from tests.browser.worlds.world import FOLDER, wait_for_world
from tests.support import time_limits
from tests.support.onnxruntime_user.models import write_user_models
from tests.support.small_models import counter, write_model
from tools import wheels
from tools.env import npm

PLAIN = FOLDER / "plain"
PLACES = ("main", "worker", "blob")
"""Where Python runs: on the page's main thread, in a worker, or in a worker started from a Blob."""
VERSIONS = ("314", "0.29")
"""The versions of Pyodide that the tests run in."""


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory):
    """Return a folder with the wheels, models and onnxruntime-web."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "ort").symlink_to(npm.PACKAGES / "onnxruntime-web" / "dist")
    wheels.write(folder, (wheels.LIBRARY, wheels.RUNTIME))
    write_user_models(folder)
    write_model(folder, counter(), "counter")
    return folder


@pytest.fixture(scope="session")
def world_packages():
    """Install the npm packages that only tests in this folder need, and return their folder."""
    return packages.install_npm()


@pytest.fixture
def world_server(shared_context, world_folder, tmp_path):
    """Return a server whose folder has the wheels and the models; a test adds a world's files.

    Its pages are not cross-origin isolated, because most pages on the web are not. Afterwards,
    delete what they have stored.
    """
    for file in world_folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    server = SiteServer(tmp_path)
    server.is_isolated = False
    yield server
    if not server.is_down:
        server.stop()
    clear_storage(shared_context, server, "all")


def open_world(page, server, place, pyodide=npm.PACKAGES / "pyodide"):
    """Start plain Pyodide in a page, without installing a wheel, and return the `World`.

    Args:
        page: the tab.
        server: a server; the page's files are added to its folder.
        place: where Python runs: one of PLACES.
        pyodide: the folder of npm's package `pyodide`.
    """
    for file in (*PLAIN.iterdir(), pyodide):
        (server.folder / file.name).symlink_to(file)
    page.goto(f"{server.address}#{place}")
    return wait_for_world(page, server)


@pytest.fixture
def start_world(page, world_server, world_packages):
    """Return a function that starts plain Pyodide and returns the `World`: see `open_world`.

    Its arguments are one of PLACES and one of VERSIONS.
    """
    folders = dict(zip(VERSIONS, (npm.PACKAGES, world_packages), strict=True))
    return lambda place, version="314": open_world(
        page, world_server, place, folders[version] / "pyodide"
    )


@pytest.fixture
def notebook_page(page):
    """Return a new tab with longer time limits, because a notebook starts with many packages."""
    page.set_default_timeout(4000 * time_limits.TIMEOUT)
    return page
