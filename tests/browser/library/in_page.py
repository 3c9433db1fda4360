"""Helpers that run Python in the library's test page."""

import json

from tests.support.small_models import adder, write_model

KIB = 1024
MODEL = "adder.onnx"
PADDING = 2000 * KIB
"""The size of the unused weights that `publish_adder` adds to the model, in bytes."""
CHUNK = 32 * KIB
"""The size of the model's chunks in bytes."""

# Runs Python in the page and returns its result.
RUN = """async (code) => {
  const globals = pyodide.globals.get("dict")();
  return await pyodide.runPythonAsync(code, {globals});
}"""

# Runs before the Python of each test: imports and helpers.
PRELUDE = """
import asyncio, json
from offline_onnx import *
from offline_onnx.browser import *
from offline_onnx.errors import *

models = BrowserModelStore()

def summary(model, answer=None):
    warning = model.warning and type(model.warning).__name__
    values = answer and answer["y"].tolist()
    return [model.origin.value, model.manifest.version, warning, values]

async def load(address="adder.json", **options):
    model = await models.load(address, **options)
    return summary(model, await model.run({"x": [[1, 2]]}))

async def load_and_update(**options):
    checked = asyncio.Event()
    updates = []
    def report(update):
        error = update.error and type(update.error).__name__
        updates.append([update.state.value, update.manifest and update.manifest.version, error])
        checked.set()
    loaded = await load(on_update=report, **options)
    await checked.wait()
    return loaded, *updates
"""


def visit(page, server):
    """Open the page, wait until its Python has started, and return the page."""
    page.goto(server.address)
    wait_until_ready(page)
    return page


def wait_until_ready(page):
    """Wait until the page's Python has started."""
    page.locator("html[data-probe=ready]").wait_for(state="attached")


def run_python(page, code):
    """Run Python in the page; return the value of its last line, which json.dumps must accept."""
    *lines, last = code.strip().splitlines()
    code = "\n".join([PRELUDE, *lines, f"json.dumps({last})"])
    return json.loads(page.evaluate(RUN, code))


# Returns the number of records in each object store of the page's IndexedDB.
COUNT_RECORDS = """async () => {
  const opened = indexedDB.open("offline-onnx");
  const database = await new Promise((done) => { opened.onsuccess = () => done(opened.result); });
  const counts = await Promise.all([...database.objectStoreNames].map((name) => {
    const request = database.transaction(name).objectStore(name).count();
    return new Promise((done) => { request.onsuccess = () => done([name, request.result]); });
  }));
  database.close();
  return Object.fromEntries(counts);
}"""


def count_records(page):
    """Return the number of records in each object store of the page's IndexedDB, by name."""
    return page.evaluate(COUNT_RECORDS)


def publish_adder(folder, bias, padding=PADDING, chunk_size=CHUNK):
    """Write the model `adder`, which adds a bias, and its manifest; return the manifest.

    Args:
        folder: the folder of the page. A model `adder` that it already has is replaced.
        bias: the number that the model adds; it is also the model's version.
        padding: the size of unused weights in bytes, which make the file larger.
        chunk_size: the size of the chunks in bytes.
    """
    for name in (MODEL, "adder.json"):
        (folder / name).unlink(missing_ok=True)
    content = adder(bias, padding)
    return write_model(
        folder, content, "adder", str(bias), labels=["a", "b"], chunk_size=chunk_size
    )
