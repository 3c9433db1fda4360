"""The cells in docs/worlds/, and checks of a world in which such a cell has run."""

import re
from concurrent.futures import ThreadPoolExecutor

from offline_onnx.command.manifest import write as write_manifest
from offline_onnx_page.site import into
from tests.support.small_models import iris
from tools.env.venv import ROOT

DOCUMENTS = ROOT / "docs" / "worlds"
EXAMPLE_ADDRESS = "https://example.org/"
"""The address that the documents use for the server with the wheels and the model."""
FAILURE = """
from offline_onnx import *
from offline_onnx.browser import *
from offline_onnx.errors import *

async def failure(call):
    try:
        await call
    except OfflineModelError as error:
        return type(error).__name__, str(error)
"""
"""Python that defines `failure`: it returns the class and the text of the library's error that a
call raises."""
ORIGIN_AND_OUTPUTS = "[model.origin.value, outputs['probabilities'].tolist()]"
"""Python that returns what a documented cell has computed."""


def documented(name, server, language="python"):
    """Return a document's code blocks in a language, in which EXAMPLE_ADDRESS is replaced.

    Args:
        name: the file name of the document.
        server: the server with the wheels and the models; its address is the replacement.
        language: the word after the three backticks.
    """
    document = (DOCUMENTS / name).read_text("utf-8").replace(EXAMPLE_ADDRESS, server.address)
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)


def add_iris(world, site, wheels, folder):
    """Add a model to a site, as `offline-onnx bundle --into` does; return the written cell.

    Args:
        world: a key of WORLDS. The cell has to be the first block of Python in its document.
        site: the folder of the site.
        wheels: a folder with the wheels of the library and of its runtime.
        folder: an empty folder, for the model and its manifest.
    """
    (folder / "iris.onnx").write_bytes(iris())
    sample = {"features": [[5.1, 3.5, 1.4, 0.2]]}
    with ThreadPoolExecutor(1) as executor:  # Playwright's event loop runs in this thread
        executor.submit(write_manifest, folder / "iris.onnx", sample=sample).result()
    cell = into.add_to_site(folder, site, into.WORLDS[world], wheels)[-1].read_text("utf-8")
    document = (DOCUMENTS / f"{world}.md").read_text("utf-8")
    assert document.partition("```python\n")[2].partition("```")[0] == cell
    return cell


def expect_stored_model(world, cell, *, has_document):
    """Check the model that a cell has loaded; stop the server, and load the model from storage.

    Also check an isolated model, and saving a model to disk.

    Args:
        world: a world in which the cell has run.
        cell: a documented cell, which installs the wheels and loads the model "iris".
        has_document: whether Python runs on the main thread of a page, where it has a document.
    """
    server = world.server
    origin, (probabilities,) = world.run(ORIGIN_AND_OUTPUTS)
    assert origin == "stored"
    assert probabilities.index(max(probabilities)) == 0
    assert len(server.requests_for("iris.onnx")) == 1
    isolated = f"""
models = BrowserModelStore()
isolated = BrowserModelStore(runtime=await isolated_runtime())
counter = await isolated.load("{server.address}counter.json")
(await counter.run({{"times": 3}}))["count"].values[0]
"""
    assert world.run(FAILURE + isolated) == 3
    server.stop()
    from_storage = cell[cell.index('model = await load("indexeddb://') :]
    assert world.run(f"{from_storage}\n{ORIGIN_AND_OUTPUTS}") == ["stored", [probabilities]]
    unreachable = f"await failure(models.load('{server.address}other.json'))"
    assert world.run(unreachable)[0] == "ModelUnavailable"
    expect_save_to_disk(world, has_document=has_document)


def expect_save_to_disk(world, *, has_document):
    """Check that a model is saved to disk; without a document, that an error says why it is not.

    The server must be stopped: the error has to come before anything is fetched.
    """
    if not has_document:
        address = f"{world.server.address}other.json"
        kind, message = world.run(f"await failure(models.copy('{address}', 'downloads://'))")
        assert kind == "DocumentMissing"
        assert "indexeddb://" in message
        return
    with (
        world.page.expect_download(lambda d: d.suggested_filename == "iris.onnx"),
        world.page.expect_download(lambda d: d.suggested_filename == "iris.json"),
    ):
        world.run("await models.copy('indexeddb://iris', 'downloads://')")
