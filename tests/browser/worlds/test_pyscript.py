"""The library in PyScript, on the main thread of a page and in a worker."""

import pytest

from tests.browser.worlds.documented import (
    FAILURE,
    ORIGIN_AND_OUTPUTS,
    documented,
    expect_stored_model,
)
from tests.browser.worlds.world import ANSWER, CHANNEL, wait_for_world
from tools.env import npm

DOCUMENT = "pyscript.md"


@pytest.fixture
def start_pyscript(page, world_server, world_packages):
    """Return a function that starts the documented page, with a cell as its main.py.

    Its arguments are where Python runs, "main" or "worker"; the code of the cell; and the content
    of pyscript.json. It returns the `World`.
    """

    def start(place, cell, configuration):
        folder = world_server.folder
        (folder / "pyodide").symlink_to(npm.PACKAGES / "pyodide")
        (folder / "pyscript").symlink_to(world_packages / "@pyscript" / "core" / "dist")
        (html,) = documented(DOCUMENT, world_server, "html")
        if place == "worker":
            html = html.replace('<script type="py"', '<script type="py" worker')
        (folder / "index.html").write_text(html, "utf-8")
        (folder / "pyscript.json").write_text(configuration, "utf-8")
        (folder / "main.py").write_text(f"{cell}\n{ANSWER}", "utf-8")
        page.add_init_script(path=CHANNEL)
        page.goto(world_server.address)
        return wait_for_world(page, world_server)

    return start


@pytest.mark.parametrize("place", ["main", "worker"])
def test_the_documented_page_loads_a_model_by_address_and_from_storage(
    start_pyscript, world_server, place
):
    (cell,) = documented(DOCUMENT, world_server)
    configuration, _ = documented(DOCUMENT, world_server, "json")
    world = start_pyscript(place, cell, configuration)
    has_document = place == "main"
    expect_stored_model(world, cell, has_document=has_document)
    kind = world.run("(await failure(BrowserModelStore().load('other.json')))[0]")
    assert kind == ("ModelUnavailable" if has_document else "BaseMissing")


@pytest.mark.parametrize("place", ["main", "worker"])
def test_the_runtime_can_be_one_of_the_modules_of_the_configuration(
    start_pyscript, world_server, place
):
    (cell,) = documented(DOCUMENT, world_server)
    _, configuration = documented(DOCUMENT, world_server, "json")
    library_only = cell.replace("(library, runtime)", "(library,)")
    world = start_pyscript(place, library_only, configuration)
    assert world.run(ORIGIN_AND_OUTPUTS)[0] == "stored"
    assert world.run(f"{FAILURE}\n(await failure(isolated_runtime()))[0]") == "RuntimeMissing"
