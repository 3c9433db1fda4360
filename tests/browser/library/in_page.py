"""Run Python in the library's page, as a developer would write it there."""

import json

from tests.support.small_models import adder, write_model

KIB = 1024
MODEL = "adder.onnx"
PADDING = 2000 * KIB
CHUNK = 32 * KIB

RUN = """async (code) => {
  const globals = pyodide.globals.get("dict")();
  return await pyodide.runPythonAsync(code, {globals});
}"""

PRELUDE = """
import asyncio, json
from offline_onnx import *
from offline_onnx.browser import *

models = Models()

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
    """Open the page, and wait until the tests can use its Python."""
    page.goto(server.address)
    wait_until_ready(page)
    return page


def wait_until_ready(page):
    page.locator("html[data-probe=ready]").wait_for(state="attached")


def python(page, code):
    """Run Python in the page and return the last line's value, which has to fit into JSON."""
    *lines, last = code.strip().splitlines()
    code = "\n".join([PRELUDE, *lines, f"json.dumps({last})"])
    return json.loads(page.evaluate(RUN, code))


# Returns the number of records in each store of the page's real IndexedDB.
COUNT = """async () => {
  const opened = indexedDB.open("offline-onnx");
  const database = await new Promise((done) => { opened.onsuccess = () => done(opened.result); });
  const counts = await Promise.all([...database.objectStoreNames].map((name) => {
    const asked = database.transaction(name).objectStore(name).count();
    return new Promise((done) => { asked.onsuccess = () => done([name, asked.result]); });
  }));
  database.close();
  return Object.fromEntries(counts);
}"""


def databases(page):
    return page.evaluate(COUNT)


def publish_adder(folder, bias, padding=PADDING, chunk_size=CHUNK):
    """Publish the model that adds a bias, with the bias as its version; replace an earlier one."""
    for name in (MODEL, "adder.json"):
        (folder / name).unlink(missing_ok=True)
    content = adder(bias, padding)
    return write_model(
        folder, content, "adder", str(bias), labels=["a", "b"], chunk_size=chunk_size
    )
