"""The library in a notebook of JupyterLite, whose kernel is Pyodide in a worker."""

import json
import os
import sys

import pytest

from tests.browser.worlds import distribution, packages
from tests.browser.worlds.documented import add_iris, documented, expect_stored_model
from tests.browser.worlds.world import CHANNEL, CODE_RUNNER, wait_for_world
from tools.console import run
from tools.env import npm

DOCUMENT = "jupyterlite.md"
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"


@pytest.fixture
def jupyterlite(world_server, tmp_path_factory):
    """Build JupyterLite with the documented configuration; return the address of its JupyterLab."""
    tools = packages.install_tools()
    pyodide = world_server.folder / "pyodide"
    distribution.write(pyodide, npm.PACKAGES / "pyodide", packages.download_wheels())
    sources = tmp_path_factory.mktemp("jupyterlite")
    (configuration,) = documented(DOCUMENT, world_server, "json")
    (sources / "jupyter-lite.json").write_text(configuration, "utf-8")
    options = {
        "apps": ["lab"],
        "federated_extensions": [str(tools / KERNEL)],
        "ignore_sys_prefix": True,
        "output_dir": str(world_server.folder / "jupyterlite"),
    }
    settings = json.dumps({"LiteBuildConfig": options})
    (sources / "jupyter_lite_config.json").write_text(settings, "utf-8")
    run(
        "Building JupyterLite",
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=sources,
        env={**os.environ, "PYTHONPATH": str(tools)},
    )
    return f"{world_server.address}jupyterlite/lab/index.html"


def test_the_documented_cell_runs_in_a_notebook(
    notebook_page, world_server, world_folder, jupyterlite, tmp_path_factory
):
    site, models = world_server.folder / "jupyterlite", tmp_path_factory.mktemp("models")
    cell = add_iris("jupyterlite", site, world_folder, models)
    notebook_page.add_init_script(path=CHANNEL)
    notebook_page.goto(jupyterlite)
    notebook_page.locator('.jp-LauncherCard[data-category="Notebook"]').click()
    # JupyterLab does not run a cell that is started before it is connected to the kernel.
    notebook_page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    run_cell(notebook_page, 0, cell)
    output = notebook_page.locator(".jp-OutputArea-output").first.inner_text()
    assert output.startswith("stored [["), output
    run_cell(notebook_page, 1, CODE_RUNNER)
    world = wait_for_world(notebook_page, world_server)
    expect_stored_model(world, cell, has_document=False)
    kind, message = world.run("await failure(BrowserModelStore().load('other.json'))")
    assert kind == "ModelUnavailable"
    assert "/pyodide-kernel-extension/static/other.json" in message


def run_cell(page, number, code):
    """Write code into a cell of the notebook, and run it."""
    page.locator(".jp-Notebook .cm-content").nth(number).click()
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
