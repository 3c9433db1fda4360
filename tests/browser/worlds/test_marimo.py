"""The library in a notebook that marimo has exported to WebAssembly. Pyodide runs in a worker."""

import os
import sys

import pytest

from tests.browser.worlds import distribution, packages
from tests.browser.worlds.documented import add_iris, documented, expect_stored_model
from tests.browser.worlds.world import CHANNEL, CODE_RUNNER, wait_for_world
from tools.console import run

DOCUMENT = "marimo.md"
NOTEBOOK = """---
title: Irises
---

```python {{.marimo}}
{cell}
```

```python {{.marimo}}
print(model)  # `model` is named here so that marimo runs this cell second
{code_runner}
```
"""
"""A notebook. It is Markdown because marimo would download a linter to export a notebook written in
Python."""
ELEMENT = "<marimo-wasm"
PYODIDE = (
    ' data-pyodide-index-url="../pyodide/" data-pyodide-lockfile-url="../pyodide/pyodide-lock.json"'
)
"""The attributes that `marimo export html-wasm --offline` would add to ELEMENT. Without them, the
page downloads Pyodide from a CDN. The test does not use `--offline`, which downloads files while
it exports."""


@pytest.fixture
def marimo(world_server, world_folder, world_packages, tmp_path_factory):
    """Export a notebook with the documented cell; return the page's address and the cell."""
    tools, sources = packages.install_tools(), tmp_path_factory.mktemp("marimo")
    distribution.write(
        world_server.folder / "pyodide",
        world_packages / "pyodide-of-marimo",
        [*packages.download_wheels(), distribution.write_yaml_wheel(sources, tools)],
        extra_requirements=[("marimo-base", "pyodide-http")],
    )
    folder = world_server.folder / "marimo"
    (documented_cell,) = documented(DOCUMENT, world_server)
    notebook = sources / "notebook.md"
    notebook.write_text(NOTEBOOK.format(cell=documented_cell, code_runner=CODE_RUNNER), "utf-8")
    run(
        "Exporting the notebook",
        [sys.executable, "-m", "marimo", "export", "html-wasm", notebook, "--output", folder],
        env={**os.environ, "PYTHONPATH": str(tools), "XDG_CONFIG_HOME": str(sources)},
    )
    printed_cell = add_iris("marimo", folder, world_folder, tmp_path_factory.mktemp("models"))
    page = folder / "index.html"
    html = page.read_text("utf-8")
    assert html.count(ELEMENT) == 1
    page.write_text(html.replace(ELEMENT, ELEMENT + PYODIDE), "utf-8")
    return f"{world_server.address}marimo/index.html", printed_cell


def test_the_documented_cell_runs_in_an_exported_notebook(notebook_page, world_server, marimo):
    notebook_page.add_init_script(path=CHANNEL)
    address, cell = marimo
    notebook_page.goto(address)
    world = wait_for_world(notebook_page, world_server)
    expect_stored_model(world, cell, has_document=False)
    kind, message = world.run("await failure(BrowserModelStore().load('other.json'))")
    assert kind == "ModelUnavailable"
    assert "/marimo/assets/other.json" in message
