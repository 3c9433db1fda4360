"""The library in PyScript, on the main thread of a page and in a worker."""

import pytest

from tests.browser.worlds.documented import (
    FAILURE,
    ORIGIN_AND_OUTPUTS,
    add_iris,
    documented,
    expect_stored_model,
)
from tests.browser.worlds.world import CHANNEL, CODE_RUNNER, wait_for_world
from tools.env import npm

DOCUMENT = "pyscript.md"
SERVER = 'str(js.URL.new("offline-onnx/", js.location).href)'
RUNTIME = ', "offline_onnx_runtime-1.30.0-py3-none-any.whl"'
"""Parts of the documented cell: the address of the models, and the wheel of the runtime."""


@pytest.fixture
def start_pyscript(page, world_server, world_folder, world_packages, tmp_path_factory):
    """Return a function that starts the documented page, with the documented cell as its main.py.

    Its arguments are where Python runs, "main" or "worker"; the content of pyscript.json; and a
    function that changes the code of the cell. It returns the `World` and the cell.
    """

    def start(place, configuration, change=lambda cell: cell):
        folder = world_server.folder
        (folder / "pyodide").symlink_to(npm.PACKAGES / "pyodide")
        (folder / "pyscript").symlink_to(world_packages / "@pyscript" / "core" / "dist")
        (html,) = documented(DOCUMENT, world_server, "html")
        if place == "worker":
            html = html.replace('<script type="py"', '<script type="py" worker')
        (folder / "index.html").write_text(html, "utf-8")
        (folder / "pyscript.json").write_text(configuration, "utf-8")
        cell = add_iris("pyscript", folder, world_folder, tmp_path_factory.mktemp("models"))
        if place == "worker":
            cell = cell.replace(SERVER, f'"{world_server.address}offline-onnx/"')
        cell = change(cell)
        (folder / "main.py").write_text(f"{cell}\n{CODE_RUNNER}", "utf-8")
        page.add_init_script(path=CHANNEL)
        page.goto(world_server.address)
        return wait_for_world(page, world_server), cell

    return start


@pytest.mark.parametrize("place", ["main", "worker"])
def test_the_documented_page_loads_a_model_by_address_and_from_storage(
    start_pyscript, world_server, place
):
    configuration, _ = documented(DOCUMENT, world_server, "json")
    world, cell = start_pyscript(place, configuration)
    has_document = place == "main"
    expect_stored_model(world, cell, has_document=has_document)
    # A worker from a Blob has no base address.
    kind = world.run("(await failure(BrowserModelStore().load('other.json')))[0]")
    assert kind == ("ModelUnavailable" if has_document else "BaseMissing")


@pytest.mark.parametrize("place", ["main", "worker"])
def test_the_runtime_can_be_one_of_the_modules_of_the_configuration(
    start_pyscript, world_server, place
):
    _, configuration = documented(DOCUMENT, world_server, "json")
    world, _ = start_pyscript(place, configuration, lambda cell: cell.replace(RUNTIME, ""))
    assert world.run(ORIGIN_AND_OUTPUTS)[0] == "stored"
    # Untrusted models need the wheel.
    assert world.run(f"{FAILURE}\n(await failure(isolated_runtime()))[0]") == "RuntimeMissing"
