"""Fixtures: a page that starts plain Pyodide, with the wheels and a model beside it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import clear_storage
from tests.browser.support.site_server import SiteServer
from tests.support.small_models import counter, write_model
from tests.support.user_models import write_user_models
from tools import wheels
from tools.env import npm

WORLD = Path(__file__).parent / "world"
PLACES = ("main", "worker", "blob")
"""Where Python runs: on the main thread, in a worker, in a worker that was started from a Blob."""


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
def world_folder(tmp_path_factory):
    """Return a folder with the page, Pyodide, onnxruntime-web, the wheels, and models."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copytree(WORLD, folder, dirs_exist_ok=True)
    (folder / "pyodide").symlink_to(npm.PACKAGES / "pyodide")
    (folder / "ort").symlink_to(npm.PACKAGES / "onnxruntime-web" / "dist")
    wheels.write(folder)
    write_user_models(folder)
    write_model(folder, counter(), "counter")
    return folder


def open_world(page, server, place):
    """Start plain Pyodide in a page, in a place of PLACES, and return the world."""
    page.goto(f"{server.address}#{place}")
    page.locator("html[data-world=ready]").wait_for(state="attached")
    return World(page, server, sorted(file.name for file in server.folder.glob("*.whl")))


@pytest.fixture
def start_world(shared_context, page, world_folder):
    """Return a function that starts plain Pyodide in a place of PLACES, without any wheel."""
    server = SiteServer(world_folder)

    yield lambda place: open_world(page, server, place)
    if not server.is_down:
        server.stop()
    clear_storage(shared_context, server, "all")
