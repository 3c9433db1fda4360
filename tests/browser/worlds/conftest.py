"""Fixtures: a page that starts plain Pyodide, with the wheels and a model beside it."""

import json
from pathlib import Path

import pytest

from tests.browser.conftest import clear_storage
from tests.browser.support.site_server import SiteServer
from tests.browser.worlds import packages
from tests.support.small_models import counter, iris, write_model
from tools import wheels
from tools.env import npm

WORLD = Path(__file__).parent / "world"
PLACES = ("main", "worker", "blob")
"""Where Python runs: on the main thread, in a worker, in a worker that was started from a Blob."""
VERSIONS = ("314", "0.29")
"""The versions of Pyodide that the tests run in."""


class World:
    """A page in which plain Pyodide has started.

    Args:
        page: the page.
        server: the server of the page, the wheels and the model.
        wheels: the names of the wheels' files: the library's and the runtime's.
    """

    def __init__(self, page, server, wheels):
        self.page, self.server, self.wheels = page, server, wheels

    def run(self, code):
        """Run Python and return the value of its last line, which must be valid as JSON.

        Names that the code defines stay defined for further calls.
        """
        *lines, last = code.strip().splitlines()
        code = "\n".join([*lines, "import json", f"json.dumps({last})"])
        return json.loads(self.page.evaluate("(code) => run(code)", code))

    def install(self, *wheels):
        """Install wheels from the server; by default, both."""
        addresses = [self.server.address + name for name in wheels or self.wheels]
        self.run(f"import pyodide_js\nawait pyodide_js.loadPackage({addresses})\nNone")


@pytest.fixture(scope="session")
def served_files(tmp_path_factory):
    """Return a folder with the wheels, two models and onnxruntime-web."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "ort").symlink_to(npm.PACKAGES / "onnxruntime-web" / "dist")
    wheels.write(folder)
    write_model(folder, iris(), "iris", labels=["setosa", "versicolor", "virginica"])
    write_model(folder, counter(), "counter")
    return folder


@pytest.fixture(scope="session")
def world_packages():
    """Install the npm packages that only these tests need, and return their folder."""
    packages.install()
    return packages.PACKAGES


@pytest.fixture
def serve_world(shared_context, served_files, tmp_path):
    """Return a function that serves files, beside the wheels and the models, until the test ends.

    Its argument maps names to files or folders. It returns the server.
    """
    servers = []

    def serve(files):
        for name, path in {**{each.name: each for each in served_files.iterdir()}, **files}.items():
            (tmp_path / name).symlink_to(path)
        servers.append(SiteServer(tmp_path))
        return servers[-1]

    yield serve
    for server in servers:
        if not server.is_down:
            server.stop()
        clear_storage(shared_context, server, "all")


@pytest.fixture
def start_world(page, serve_world, served_files, world_packages):
    """Return a function that starts plain Pyodide in a place of PLACES, without any wheel."""

    pyodides = dict(zip(VERSIONS, (npm.PACKAGES, world_packages), strict=True))

    def start(place, version="314"):
        pyodide = {"pyodide": pyodides[version] / "pyodide"}
        server = serve_world({file.name: file for file in WORLD.iterdir()} | pyodide)
        page.goto(f"{server.address}#{place}")
        page.locator("html[data-world=ready]").wait_for(state="attached")
        names = sorted(file.name for file in served_files.glob("*.whl"))
        return World(page, server, names)

    return start
